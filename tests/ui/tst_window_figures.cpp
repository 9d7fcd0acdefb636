// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The ways from the views to their figures: menus, keys, what the dialog starts from, copies without a dialog.
#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QMenu>
#include <QMimeData>
#include <QRegularExpression>
#include <QtTest>

#include "test_files.h"
#include "ui/export/export_dialog.h"
#include "ui/export/figure_preview.h"
#include "ui/figures/figure.h"
#include "ui/grid/head_grid_view.h"
#include "ui/pages/chart_views.h"
#include "ui/pages/session_view.h"
#include "ui/text/text.h"
#include "ui/window/main_window.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef at(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

}  // namespace

class TestWindowFigures : public QObject {
    Q_OBJECT

    TestSurroundings m_surroundings;

private Q_SLOTS:
    void init() { QSettings().clear(); }

    void viewsOpenItWithWhatTheyShow() {
        MainWindow window;
        window.resize(1440, 900);
        window.show();
        window.openPath(m_surroundings.writeSession(u"a.h5"_s));
        QTRY_VERIFY_WITH_TIMEOUT(window.shownSession(), patience);
        window.findChild<Selection*>()->setCurrent(at(11, 4));
        const SessionView& view = *window.sessionView();
        const auto kindFrom = [&window](QWidget* from) {
            for (auto* action : from->actions())
                if (action->text().remove(u'&') == u"Export Figure…"_s)
                    action->trigger();
            auto* dialog = window.findChild<ExportDialog*>();
            const QString kind = dialog ? toQString(figureKindInfo(dialog->request().kind).id) : QString();
            delete dialog;
            return kind;
        };
        QCOMPARE(kindFrom(view.grid()), u"grid"_s);
        QCOMPARE(kindFrom(view.scree()->view()), u"scree"_s);
        QCOMPARE(kindFrom(view.depth()), u"depth"_s);
        // The menu means the view with the focus, else the page.
        QAction* exported = nullptr;
        for (auto* action : window.findChildren<QAction*>())
            if (action->shortcut() == QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E))
                exported = action;
        QVERIFY(exported);
        const auto kindFromMenu = [&window, exported] {
            exported->trigger();
            auto* dialog = window.findChild<ExportDialog*>();
            const FigureRequest request = dialog ? dialog->request() : FigureRequest();
            delete dialog;
            return request;
        };
        window.sessionView()->showPage(2);
        window.sessionView()->setFocus();
        QCOMPARE(kindFromMenu().kind, FigureKind::distribution);
        view.scree()->view()->setFocus();
        QTRY_VERIFY_WITH_TIMEOUT(view.scree()->view()->hasFocus(), patience);
        const FigureRequest scree = kindFromMenu();
        QCOMPARE(scree.kind, FigureKind::scree);
        QCOMPARE(scree.scree.heads.size(), 1u);
        QVERIFY(scree.scree.heads.front() == at(11, 4));
    }

    void zoomedChartsStayZoomed() {
        MainWindow window;
        window.resize(1440, 900);
        window.show();
        window.openPath(m_surroundings.writeSession(u"a.h5"_s));
        QTRY_VERIFY_WITH_TIMEOUT(window.shownSession(), patience);
        auto* scree = window.sessionView()->scree()->view();
        QTRY_VERIFY_WITH_TIMEOUT(!scree->scree().curves.empty(), patience);
        scree->setFocus();
        QTest::keyClick(scree, Qt::Key_Plus);
        QVERIFY(scree->visiblePart().width() < 1);
        for (auto* action : scree->actions())
            if (action->text().remove(u'&') == u"Export Figure…"_s)
                action->trigger();
        auto* dialog = window.findChild<ExportDialog*>();
        QVERIFY(dialog);
        QCOMPARE(dialog->request().visible, scree->visiblePart());
        QTRY_VERIFY_WITH_TIMEOUT(dialog->preview()->upToDate(), patience);
        const QImage part = dialog->preview()->picture().toImage();
        const QString path = m_surroundings.path(u"part.svg"_s);
        QVERIFY(dialog->writeTo(path));
        // Nothing is drawn beyond the edges of the page.
        static const QRegularExpression points(u"points=\"([^\"]*)\""_s);
        auto matches = points.globalMatch(QString::fromUtf8(contentsOf(path)));
        int lines = 0;
        while (matches.hasNext())
            for (const QString& pair : matches.next().captured(1).split(u' ', Qt::SkipEmptyParts)) {
                ++lines;
                const QStringList numbers = pair.split(u',');
                const double x = numbers[0].toDouble(), y = numbers[1].toDouble();
                const QSizeF paper = figureSize(*window.shownSession(), dialog->request()) * 100;
                QVERIFY2(x >= 0 && x <= paper.width() && y >= 0 && y <= paper.height(), qPrintable(pair));
            }
        QVERIFY(lines > 20);
        QCheckBox* visible = nullptr;
        for (auto* box : dialog->findChildren<QCheckBox*>())
            if (box->text() == u"Only the visible part"_s)
                visible = box;
        QVERIFY(visible && visible->isVisible() && visible->isChecked());
        visible->toggle();
        QCOMPARE(dialog->request().visible, QRectF(0, 0, 1, 1));
        QTRY_VERIFY_WITH_TIMEOUT(dialog->preview()->upToDate(), patience);
        QVERIFY(dialog->preview()->picture().toImage() != part);
        QVERIFY(visible->isVisible());
        visible->toggle();
        QCOMPARE(dialog->request().visible, scree->visiblePart());
    }

    void copiesNeedNoDialog() {
        MainWindow window;
        window.show();
        window.openPath(m_surroundings.writeSession(u"a.h5"_s));
        QTRY_VERIFY_WITH_TIMEOUT(window.shownSession(), patience);
        const auto trigger = [&window](const char* text) {
            for (auto* action : window.sessionView()->grid()->actions())
                if (action->text().remove(u'&') == QLatin1String(text))
                    action->trigger();
        };
        QGuiApplication::clipboard()->clear();
        trigger("Copy Caption");
        QVERIFY(QGuiApplication::clipboard()->text().contains(u"SmolLM2-135M-Instruct"_s));
        trigger("Copy Figure");
        QVERIFY(QGuiApplication::clipboard()->mimeData()->hasImage());
        QVERIFY(!QGuiApplication::clipboard()->mimeData()->hasText());
    }

    void chartsHaveAMenu() {
        MainWindow window;
        window.show();
        window.openPath(m_surroundings.writeSession(u"a.h5"_s));
        QTRY_VERIFY_WITH_TIMEOUT(window.shownSession(), patience);
        window.sessionView()->showPage(1);
        auto* depth = window.sessionView()->depth();
        const QPoint centre = depth->rect().center();
        QContextMenuEvent event(QContextMenuEvent::Keyboard, centre, depth->mapToGlobal(centre));
        QCoreApplication::sendEvent(depth, &event);
        auto* menu = depth->findChild<QMenu*>();
        QVERIFY(menu);
        QStringList entries;
        for (const auto* action : menu->actions())
            entries << action->text().remove(u'&');
        for (const char* text : {"Whole Chart", "Export Figure…", "Copy Figure", "Copy Caption"})
            QVERIFY2(entries.contains(QString::fromUtf8(text)), text);
        menu->close();
    }
};

QTEST_MAIN(TestWindowFigures)
#include "tst_window_figures.moc"
