// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pictures of the window in its states, for a look with one's own eyes: screenshots FOLDER [PART]; of the pages of a
// head of a session with factors: screenshots FOLDER SESSION.h5. Not a test.
#include <QApplication>
#include <QDialog>
#include <QLabel>
#include <QMenu>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTextBrowser>
#include <QThread>

#include "chart_fixture.h"
#include "core/session_file/session_file.h"
#include "head_pictures.h"
#include "screenshots.h"
#include "session_fixture.h"
#include "tests/ui/synthetic_grid.h"
#include "ui/grid/grid_menus.h"
#include "ui/grid/head_grid_view.h"
#include "ui/pages/comparison_view.h"
#include "ui/pages/session_view.h"
#include "ui/run/job_bar.h"
#include "ui/viewmodels/cell_text.h"
#include "ui/widgets/theme.h"
#include "ui/window/main_window.h"

using namespace rankscope;

namespace {

QString saved(const QTemporaryDir& folder, const QString& name, const FixtureChoice& choice) {
    const QString path = folder.filePath(name);
    saveSession(*smolSession(choice), path.toStdString());
    return path;
}

HeadRef head(int layer, int index) {
    return {LayerIndex(layer), HeadIndex(index)};
}

Selection& selectionOf(MainWindow& window) {
    return *window.findChild<Selection*>();
}

void openAndWait(MainWindow& window, const QString& path) {
    window.openPath(path);
    for (int i = 0; i < 100 && !window.workspace().findPath(path); ++i)
        wait(20);
}

// Every page of the middle, the comparison in each of its kinds.
void shootPages(const Camera& camera, MainWindow& window, const QString& suffix) {
    SessionView& view = *window.sessionView();
    for (int page = 1; page < view.pageCount(); ++page) {
        view.showPage(page);
        const QString name = QStringLiteral("page-%1%2").arg(view.pageTitle(page).replace(u' ', u'-'), suffix);
        if (page != view.comparisonPage()) {
            camera.shoot(window, name);
            continue;
        }
        for (int kind = 0; kind < 4; ++kind) {
            view.comparison()->setPage(ComparisonPage(kind));
            camera.shoot(window, QStringLiteral("%1-%2").arg(name).arg(kind));
        }
        view.comparison()->setPage(ComparisonPage::difference);
    }
    view.showPage(0);
}

void shootSessions(const Camera& camera, const QTemporaryDir& files) {
    MainWindow window;
    window.show();
    openAndWait(window, saved(files, QStringLiteral("text.h5"), {}));
    FixtureChoice shuffled;
    shuffled.control = "shuffled";
    shuffled.fieldFrom = Variant::fieldBeforeRotation;
    openAndWait(window, saved(files, QStringLiteral("shuffled.h5"), shuffled));
    openAndWait(window, files.filePath(QStringLiteral("text.h5")));
    camera.shoot(window, QStringLiteral("session-no-selection"));
    selectionOf(window).setCurrent(head(11, 4));
    selectionOf(window).togglePin(head(3, 7));
    camera.shoot(window, QStringLiteral("session"));
    shootPages(camera, window, {});
    selectionOf(window).setHovered(head(20, 1));
    window.findChild<ViewOptions*>()->setQuantity(ScreeQuantity::sigma);
    window.findChild<ViewOptions*>()->setLogarithmic(true);
    camera.shoot(window, QStringLiteral("session-sigma-log-hover"));
    selectionOf(window).setHovered({});
    window.findChild<ViewOptions*>()->setQuantity(ScreeQuantity::share);
    window.findChild<ViewOptions*>()->setMeasure(parseMeasure("entropy"));
    camera.shoot(window, QStringLiteral("session-share-entropy"));
    window.findChild<ViewOptions*>()->setQuantity(ScreeQuantity::cumulative);
    window.findChild<ViewOptions*>()->setMeasure(MeasureChoice());
    window.resize(1024, 640);
    camera.shoot(window, QStringLiteral("session-small"));
    shootPages(camera, window, QStringLiteral("-small"));
}

// The grid in its ways: the example has several windows and KV heads.
void shootGrid(const Camera& camera) {
    MainWindow window;
    window.show();
    openAndWait(window, QStringLiteral(RANKSCOPE_SOURCE_DIR "/resources/example/smollm2-example.h5"));
    auto* options = window.findChild<ViewOptions*>();
    selectionOf(window).setCurrent(head(12, 2));
    selectionOf(window).togglePin(head(7, 6));
    selectionOf(window).togglePin(head(7, 1));
    options->grid()->setOrder(HeadOrder::field);
    options->grid()->setFilter({GridQuantity::gap, 3, std::nullopt});
    camera.shoot(window, QStringLiteral("grid-sorted-filtered"));
    options->grid()->setFilter({});
    options->grid()->setOrder(HeadOrder::index);
    options->setHeads(HeadKind::keyValue);
    window.sessionView()->grid()->setFocus(Qt::TabFocusReason);
    camera.shoot(window, QStringLiteral("grid-kv-focus"));
    options->setHeads(HeadKind::query);
    GridColours colours;
    colours.ranks = colours.gaps = ColourMap::grey;
    colours.locked = {ColourRange{0, 20}, ColourRange{10, 40}, ColourRange{1, 4}};
    options->grid()->setColours(colours);
    camera.shoot(window, QStringLiteral("grid-grey-locked"));
    options->grid()->setColours({});
    const HeadGridView& grid = *window.sessionView()->grid();
    QLabel tip(
        cellText(*window.shownSession(), options->gridChoice(*window.shownSession()), head(12, 2), GridQuantity::gap));
    tip.setWordWrap(true);
    tip.setMargin(spacingUnit);
    tip.resize(420, tip.heightForWidth(420));
    camera.shoot(tip, QStringLiteral("grid-tooltip"));
    QMenu menu;
    window.sessionView()->gridMenus()->addTo(&menu);
    for (QAction* action : menu.actions())
        if (action->menu() && action->text().contains(QStringLiteral("Colo"))) {
            action->menu()->popup(QPoint());
            camera.shoot(*action->menu(), QStringLiteral("grid-colours-menu"));
            action->menu()->close();
        }
    HeadGridView differences(&selectionOf(window));
    HeadGrid difference = grid.grid();
    for (GridPanel& panel : difference.panels) {
        panel.difference = true;
        for (double& value : panel.values)
            value -= panel.quantity == GridQuantity::gap ? 3 : panel.quantity == GridQuantity::field ? 11 : 37;
    }
    differences.setGrid(difference);
    differences.resize(760, 700);
    camera.shoot(differences, QStringLiteral("grid-difference"));
    HeadGridView large(&selectionOf(window));
    large.setGrid(syntheticGrid(80, 128));
    large.resize(1000, 700);
    camera.shoot(large, QStringLiteral("grid-80x128"));
}

void shootStates(const Camera& camera, const QTemporaryDir& files) {
    MainWindow window;
    window.show();
    camera.shoot(window, QStringLiteral("start"));
    FixtureChoice bad;
    bad.failedHead = bad.misread = true;
    openAndWait(window, saved(files, QStringLiteral("failed.h5"), bad));
    selectionOf(window).setCurrent(head(7, 3));
    window.showError(files.filePath(QStringLiteral("nowhere.gguf")) +
                     QStringLiteral(": file: expected an existing file, found none"));
    camera.shoot(window, QStringLiteral("failed-head"));
}

void setCharts(MainWindow& window, const std::function<void(ChartOptions&)>& change) {
    auto* options = window.findChild<ViewOptions*>();
    ChartOptions charts = options->charts();
    change(charts);
    options->setCharts(charts);
}

// The charts on their own, at the sizes they have in the window, and in a window of twice the resolution.
void shootCharts(const Camera& camera, const QTemporaryDir& files) {
    const QString windows = files.filePath(QStringLiteral("windows.h5"));
    saveSession(*sessionWithBaseline(*sessionOfWindows({0.85, 0.95, 1, 1.1, 1.25})), windows.toStdString());
    MainWindow window;
    window.show();
    openAndWait(window, windows);
    auto* options = window.findChild<ViewOptions*>();
    selectionOf(window).setCurrent(head(11, 4));
    camera.shoot(window, QStringLiteral("charts-windows"));
    setCharts(window, [](ChartOptions& charts) { charts.band = ScreeBand::layer; });
    for (const int pin : {3, 7, 12, 15, 20, 21, 25, 28})
        selectionOf(window).togglePin(head(pin, pin % 9));
    camera.shoot(window, QStringLiteral("charts-many-pins"));
    options->setQuantity(ScreeQuantity::share);
    options->setLogarithmic(true);
    setCharts(window, [](ChartOptions& charts) { charts.logarithmicComponents = true; });
    camera.shoot(window, QStringLiteral("charts-share-log-log"));
    options->setQuantity(ScreeQuantity::cumulative);
    setCharts(window, [](ChartOptions& charts) { charts = {}; });
    while (selectionOf(window).pinned().size() > 2)
        selectionOf(window).unpin();
    window.sessionView()->setSession(sweptSession());
    for (int page = 1; page < window.sessionView()->pageCount(); ++page) {
        window.sessionView()->showPage(page);
        camera.shoot(window, QStringLiteral("charts-page-%1").arg(page));
    }
    setCharts(window, [](ChartOptions& charts) {
        charts.matrices = ChartMatrices::gap;
        charts.form = DistributionForm::histogram;
    });
    for (int page = 1; page < 3; ++page) {
        window.sessionView()->showPage(page);
        camera.shoot(window, QStringLiteral("charts-gap-%1").arg(page));
    }
    setCharts(window, [](ChartOptions& charts) { charts.matrices = ChartMatrices::ranks; });
    camera.shoot(window, QStringLiteral("charts-histogram"));
    setCharts(window, [](ChartOptions& charts) { charts = {}; });
}

// Twelve layers arrive, then the job goes on without an end until it is cancelled.
SessionPointer slowAnalysis(const AnalysisRequest&, const JobContext& context, const SessionCallback& onLayer) {
    FixtureChoice choice;
    for (choice.finishedLayers = 1; choice.finishedLayers <= 12; ++choice.finishedLayers) {
        onLayer(smolSession(choice));
        context.report({"forward pass", choice.finishedLayers * 33, choice.finishedLayers, 30, 7.0});
    }
    for (;;) {
        context.throwIfStopped();
        QThread::msleep(10);
    }
}

void shootRun(const Camera& camera, const QTemporaryDir& files) {
    MainWindow window(slowAnalysis);
    window.show();
    RunOrder order;
    order.model = smolInfo();
    order.request.corpora = {"wikitext2-valid.txt"};
    order.outputPath = files.filePath(QStringLiteral("run.h5"));
    window.run(order);
    wait(300);
    selectionOf(window).setCurrent(head(5, 2));
    camera.shoot(window, QStringLiteral("running"));
    window.findChild<AnalysisController*>()->cancel();
    camera.shoot(window, QStringLiteral("cancelled"));
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QStandardPaths::setTestModeEnabled(true);
    const QTemporaryDir settings, files;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    QCoreApplication::setOrganizationName(QStringLiteral("RankscopeTests"));
    QCoreApplication::setApplicationName(QStringLiteral("screenshots"));
    QCoreApplication::setApplicationVersion(QStringLiteral("0.1.0"));
    const QString folder = application.arguments().value(1, QStringLiteral("screenshots"));
    for (const auto theme : {ThemeChoice::system, ThemeChoice::light, ThemeChoice::dark}) {
        applyTheme(theme);
        QSettings().clear();
        const Camera camera(folder + u'/' + themeId(theme));
        if (application.arguments().value(2).endsWith(QLatin1String(".h5"))) {
            shootHeadPages(application.arguments()[2],
                           [&](QWidget& widget, const QString& name) { camera.shoot(widget, name); });
            continue;
        }
        const QString part = application.arguments().value(2);  // of them; empty: all
        const auto wanted = [&](const char* name) { return part.isEmpty() || part == QLatin1String(name); };
        if (wanted("states"))
            shootStates(camera, files);
        if (wanted("sessions"))
            shootSessions(camera, files);
        if (wanted("charts"))
            shootCharts(camera, files);
        if (wanted("grid"))
            shootGrid(camera);
        if (wanted("run"))
            shootRun(camera, files);
        if (wanted("dialogs"))
            shootDialogs(camera, saved(files, QStringLiteral("dialogs.h5"), {}));
        if (wanted("opening"))
            shootOpening(camera, files.path(), qEnvironmentVariable("RANKSCOPE_SMOLLM2"));
    }
    return 0;
}
