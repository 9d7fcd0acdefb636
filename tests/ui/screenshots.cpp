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

#include "causal_fixture.h"
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

using namespace Qt::StringLiterals;

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
        const QString name = u"page-%1%2"_s.arg(view.pageTitle(page).replace(u' ', u'-'), suffix);
        if (page != view.comparisonPage()) {
            camera.shoot(window, name);
            continue;
        }
        for (int kind = 0; kind < 4; ++kind) {
            view.comparison()->setPage(ComparisonPage(kind));
            camera.shoot(window, u"%1-%2"_s.arg(name).arg(kind));
        }
        view.comparison()->setPage(ComparisonPage::difference);
    }
    view.showPage(0);
}

void shootSessions(const Camera& camera, const QTemporaryDir& files) {
    MainWindow window;
    window.show();
    openAndWait(window, saved(files, u"text.h5"_s, {}));
    FixtureChoice shuffled;
    shuffled.control = "shuffled";
    shuffled.fieldFrom = Variant::fieldBeforeRotation;
    openAndWait(window, saved(files, u"shuffled.h5"_s, shuffled));
    openAndWait(window, files.filePath(u"text.h5"_s));
    camera.shoot(window, u"session-no-selection"_s);
    selectionOf(window).setCurrent(head(11, 4));
    selectionOf(window).togglePin(head(3, 7));
    camera.shoot(window, u"session"_s);
    shootPages(camera, window, {});
    selectionOf(window).setHovered(head(20, 1));
    window.findChild<ViewOptions*>()->setQuantity(ScreeQuantity::sigma);
    window.findChild<ViewOptions*>()->setLogarithmic(true);
    camera.shoot(window, u"session-sigma-log-hover"_s);
    selectionOf(window).setHovered({});
    window.findChild<ViewOptions*>()->setQuantity(ScreeQuantity::share);
    window.findChild<ViewOptions*>()->setMeasure(parseMeasure("entropy"));
    camera.shoot(window, u"session-share-entropy"_s);
    window.findChild<ViewOptions*>()->setQuantity(ScreeQuantity::cumulative);
    window.findChild<ViewOptions*>()->setMeasure(MeasureChoice());
    window.resize(1024, 640);
    camera.shoot(window, u"session-small"_s);
    shootPages(camera, window, u"-small"_s);
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
    camera.shoot(window, u"grid-sorted-filtered"_s);
    options->grid()->setFilter({});
    options->grid()->setOrder(HeadOrder::index);
    options->setHeads(HeadKind::keyValue);
    window.sessionView()->grid()->setFocus(Qt::TabFocusReason);
    camera.shoot(window, u"grid-kv-focus"_s);
    options->setHeads(HeadKind::query);
    GridColours colours;
    colours.ranks = colours.gaps = ColourMap::grey;
    colours.locked = {ColourRange{0, 20}, ColourRange{10, 40}, ColourRange{1, 4}};
    options->grid()->setColours(colours);
    camera.shoot(window, u"grid-grey-locked"_s);
    options->grid()->setColours({});
    const HeadGridView& grid = *window.sessionView()->grid();
    QLabel tip(
        cellText(*window.shownSession(), options->gridChoice(*window.shownSession()), head(12, 2), GridQuantity::gap));
    tip.setWordWrap(true);
    tip.setMargin(spacingUnit);
    tip.resize(420, tip.heightForWidth(420));
    camera.shoot(tip, u"grid-tooltip"_s);
    QMenu menu;
    window.sessionView()->gridMenus()->addTo(&menu);
    for (QAction* action : menu.actions())
        if (action->menu() && action->text().contains(u"Colo"_s)) {
            action->menu()->popup(QPoint());
            camera.shoot(*action->menu(), u"grid-colours-menu"_s);
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
    camera.shoot(differences, u"grid-difference"_s);
    HeadGridView large(&selectionOf(window));
    large.setGrid(syntheticGrid(80, 128));
    large.resize(1000, 700);
    camera.shoot(large, u"grid-80x128"_s);
}

void shootStates(const Camera& camera, const QTemporaryDir& files) {
    MainWindow window;
    window.show();
    camera.shoot(window, u"start"_s);
    FixtureChoice bad;
    bad.failedHead = bad.misread = true;
    openAndWait(window, saved(files, u"failed.h5"_s, bad));
    selectionOf(window).setCurrent(head(7, 3));
    window.showError(files.filePath(u"nowhere.gguf"_s) + u": file: expected an existing file, found none"_s);
    camera.shoot(window, u"failed-head"_s);
}

void setCharts(MainWindow& window, const std::function<void(ChartOptions&)>& change) {
    auto* options = window.findChild<ViewOptions*>();
    ChartOptions charts = options->charts();
    change(charts);
    options->setCharts(charts);
}

// The charts on their own, at the sizes they have in the window, and in a window of twice the resolution.
void shootCharts(const Camera& camera, const QTemporaryDir& files) {
    const QString windows = files.filePath(u"windows.h5"_s);
    saveSession(*sessionWithBaseline(*sessionOfWindows({0.85, 0.95, 1, 1.1, 1.25})), windows.toStdString());
    MainWindow window;
    window.show();
    openAndWait(window, windows);
    auto* options = window.findChild<ViewOptions*>();
    selectionOf(window).setCurrent(head(11, 4));
    camera.shoot(window, u"charts-windows"_s);
    setCharts(window, [](ChartOptions& charts) { charts.band = ScreeBand::layer; });
    for (const int pin : {3, 7, 12, 15, 20, 21, 25, 28})
        selectionOf(window).togglePin(head(pin, pin % 9));
    camera.shoot(window, u"charts-many-pins"_s);
    options->setQuantity(ScreeQuantity::share);
    options->setLogarithmic(true);
    setCharts(window, [](ChartOptions& charts) { charts.logarithmicComponents = true; });
    camera.shoot(window, u"charts-share-log-log"_s);
    options->setQuantity(ScreeQuantity::cumulative);
    setCharts(window, [](ChartOptions& charts) { charts = {}; });
    while (selectionOf(window).pinned().size() > 2)
        selectionOf(window).unpin();
    window.sessionView()->setSession(sweptSession());
    for (int page = 1; page < window.sessionView()->pageCount(); ++page) {
        window.sessionView()->showPage(page);
        camera.shoot(window, u"charts-page-%1"_s.arg(page));
    }
    setCharts(window, [](ChartOptions& charts) {
        charts.matrices = ChartMatrices::gap;
        charts.form = DistributionForm::histogram;
    });
    for (int page = 1; page < 3; ++page) {
        window.sessionView()->showPage(page);
        camera.shoot(window, u"charts-gap-%1"_s.arg(page));
    }
    setCharts(window, [](ChartOptions& charts) { charts.matrices = ChartMatrices::ranks; });
    camera.shoot(window, u"charts-histogram"_s);
    setCharts(window, [](ChartOptions& charts) { charts = {}; });
}

// The page of the causal check in its states, at two sizes.
void shootCausal(const Camera& camera, const QTemporaryDir& files) {
    MainWindow window;
    window.show();
    openAndWait(window, saved(files, u"text.h5"_s, {}));
    SessionView& view = *window.sessionView();
    view.showPage(view.pageCount() - 1);
    selectionOf(window).setCurrent(head(11, 4));
    window.resize(1280, 860);
    camera.shoot(window, u"causal-none"_s);
    view.setSession(causalSession({.computed = 12, .layers = false, .heads = false, .attention = false}));
    camera.shoot(window, u"causal-partial"_s);
    view.setSession(causalSession({.ownWindow = true}));
    for (const QSize size : {QSize(1280, 860), QSize(1024, 700), QSize(1800, 900)}) {
        window.resize(size);
        camera.shoot(window, u"causal-%1"_s.arg(size.width()));
    }
    window.resize(1280, 860);
    selectionOf(window).togglePin(head(3, 7));
    setCharts(window, [](ChartOptions& charts) { charts.logarithmicCost = true; });
    camera.shoot(window, u"causal-log"_s);
    setCharts(window, [](ChartOptions& charts) {
        charts.causalValue = CausalValue::sameTop;
        charts.against = RankAgainst::layer;
    });
    camera.shoot(window, u"causal-top-layers"_s);
    setCharts(window, [](ChartOptions& charts) {
        charts.causalValue = CausalValue::recovered;
        charts.against = RankAgainst::cost;
    });
    camera.shoot(window, u"causal-recovered-cost"_s);
    setCharts(window, [](ChartOptions& charts) {
        charts = {};
        charts.causalScope = CausalScope::layer;
    });
    camera.shoot(window, u"causal-layer"_s);
    setCharts(window, [](ChartOptions& charts) { charts = {}; });
    window.findChild<ViewOptions*>()->setNumber(headDeltaId);
    view.showPage(0);
    camera.shoot(window, u"causal-grid-cost"_s);
    window.findChild<ViewOptions*>()->setNumber(attentionRankId);
    camera.shoot(window, u"causal-grid-attention"_s);
    window.findChild<ViewOptions*>()->setNumber({});
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
    RunRequest order;
    order.model = smolInfo();
    order.request.corpora = {"wikitext2-valid.txt"};
    order.outputPath = files.filePath(u"run.h5"_s);
    window.run(order);
    wait(300);
    selectionOf(window).setCurrent(head(5, 2));
    camera.shoot(window, u"running"_s);
    window.findChild<AnalysisController*>()->cancel();
    camera.shoot(window, u"cancelled"_s);
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QStandardPaths::setTestModeEnabled(true);
    const QTemporaryDir settings, files;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    QCoreApplication::setOrganizationName(u"RankscopeTests"_s);
    QCoreApplication::setApplicationName(u"screenshots"_s);
    QCoreApplication::setApplicationVersion(u"0.1.0"_s);
    const QString folder = application.arguments().value(1, u"screenshots"_s);
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
        if (wanted("causal"))
            shootCausal(camera, files);
        if (wanted("grid"))
            shootGrid(camera);
        if (wanted("run"))
            shootRun(camera, files);
        if (wanted("dialogs"))
            shootDialogs(camera, saved(files, u"dialogs.h5"_s, {}));
        if (wanted("opening"))
            shootOpening(camera, files.path(), qEnvironmentVariable("RANKSCOPE_SMOLLM2"));
    }
    return 0;
}
