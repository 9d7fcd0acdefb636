// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QHelpEvent>
#include <QLineEdit>
#include <QMenuBar>
#include <QSignalSpy>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>
#include <QToolTip>
#include <memory>

#include "ui/export/export_dialog.h"
#include "ui/grid/grid_menus.h"
#include "ui/grid/head_grid_view.h"
#include "ui/head/head_detail_view.h"
#include "ui/pages/chart_views.h"
#include "ui/pages/session_view.h"
#include "ui/text/text.h"
#include "ui/viewmodels/guide.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/theme.h"
#include "ui/window/bars.h"
#include "ui/window/main_window.h"
#include "ui/window/session_list.h"
#include "ui/window/start_page.h"
#include "ui/window/view_bar.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef head(int layer, int index) {
    return {LayerIndex(layer), HeadIndex(index)};
}

QList<QAction*> allActions(const QMenu* menu) {
    QList<QAction*> actions;
    for (QAction* action : menu->actions())
        if (action->menu())
            actions << allActions(action->menu());
        else if (!action->isSeparator())
            actions << action;
    return actions;
}

}  // namespace

class TestMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void startPageUntilASessionIsOpen();
    void theMenusHoldWhatTheyShould_data();
    void theMenusHoldWhatTheyShould();
    void keysAreUnique();
    void openingASessionShowsIt();
    void pagesAreSwitched();
    void keysMeanThePageInSight();
    void arrowsMoveOnTheGrid();
    void clickSelectsAndPins();
    void hoverPreviews();
    void tooltipsDefineTheNumbers();
    void findGoesToAHead();
    void theGridIsArrangedFromTheMenus();
    void measureAndFieldAreOneChoiceEverywhere();
    void themesChangeThePalette();
    void findingIsCopied();
    void sessionsAreGroupedAndSwitched();
    void recentFilesDropTheDead();
    void saveAsWritesASession();
    void exportWritesAFigure();
    void failuresAreOneLine_data();
    void failuresAreOneLine();
    void theExampleOpens();
    void theExampleNeedsNoHome();
    void helpDialogsOpen();
    void firstFrameWithinASecond();

private:
    QAction* action(const QString& text) const;
    void open(const QString& path);
    Selection& selection() const { return *m_window->findChild<Selection*>(); }
    HeadGridView& grid() const { return *m_window->sessionView()->grid(); }
    QPoint centreOf(int layer, int index) const {
        return grid().cells().cellRect(0, head(layer, index)).center().toPoint();
    }

    TestSurroundings m_surroundings;
    std::unique_ptr<MainWindow> m_window;
};

void TestMainWindow::init() {
    QSettings().clear();
    m_window = std::make_unique<MainWindow>();
    m_window->resize(1440, 900);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void TestMainWindow::cleanup() {
    m_window.reset();
}

QAction* TestMainWindow::action(const QString& text) const {
    for (QAction* menu : m_window->menuBar()->actions())
        for (QAction* action : allActions(menu->menu()))
            if (action->text().remove(u'&') == text)
                return action;
    qFatal("no action %s", qPrintable(text));
}

void TestMainWindow::open(const QString& path) {
    const std::size_t before = m_window->workspace().ids().size();
    m_window->openPath(path);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->workspace().ids().size(), before + 1, patience);
}

void TestMainWindow::startPageUntilASessionIsOpen() {
    QVERIFY(m_window->findChild<StartPage*>()->isVisible());
    QVERIFY(!m_window->sessionView()->isVisible());
    for (const char* text :
         {"Save Session As…", "Export Figure…", "Copy Finding", "Find Head", "Close Session", "Cancel"})
        QVERIFY2(!action(QString::fromUtf8(text))->isEnabled(), text);
    open(m_surroundings.writeSession(u"a.h5"_s));
    QVERIFY(m_window->sessionView()->isVisible());
    for (const char* text : {"Save Session As…", "Export Figure…", "Copy Finding", "Find Head", "Close Session"})
        QVERIFY2(action(QString::fromUtf8(text))->isEnabled(), text);
    action(u"Close Session"_s)->trigger();
    QVERIFY(m_window->findChild<StartPage*>()->isVisible());
}

void TestMainWindow::theMenusHoldWhatTheyShould_data() {
    QTest::addColumn<QString>("menu");
    QTest::addColumn<QStringList>("entries");
    QTest::newRow("File") << "File"
                          << QStringList{"Open Model…",    "Open Corpus…",  "Open Session…", "Save Session As…",
                                         "Export Figure…", "Close Session", "Quit"};
    QTest::newRow("Analysis") << "Analysis" << QStringList{"Run…", "Cancel"};
    QTest::newRow("Help") << "Help"
                          << QStringList{"Open Example Session", "First Tour", "Guide", "Definitions",
                                         "About Rankscope"};
}

void TestMainWindow::theMenusHoldWhatTheyShould() {
    QFETCH(QString, menu);
    QFETCH(QStringList, entries);
    for (QAction* top : m_window->menuBar()->actions()) {
        if (top->text().remove(u'&') != menu)
            continue;
        QStringList found;
        for (QAction* entry : allActions(top->menu()))
            found << entry->text().remove(u'&');
        for (const QString& entry : entries)
            QVERIFY2(found.contains(entry), qPrintable(entry));
        return;
    }
    QFAIL("no such menu");
}

void TestMainWindow::keysAreUnique() {
    QStringList keys;
    for (QAction* menu : m_window->menuBar()->actions())
        for (QAction* entry : allActions(menu->menu()))
            if (!entry->shortcut().isEmpty()) {
                const QString key = entry->shortcut().toString();
                QVERIFY2(!keys.contains(key), qPrintable(key));
                keys << key;
            }
    for (const char* key : {"F5", "Ctrl+Shift+E", "Ctrl+F", "F1", "Ctrl+Tab", "Ctrl+O", "Ctrl+W", "Ctrl+Q"})
        QVERIFY2(keys.contains(QString::fromLatin1(key)), key);
}

void TestMainWindow::openingASessionShowsIt() {
    open(m_surroundings.writeSession(u"a.h5"_s));
    QCOMPARE(grid().grid().layers, 30);
    QTRY_COMPARE_WITH_TIMEOUT(grid().grid().panels[0].values[11 * 9 + 4], 15.0, patience);
    QVERIFY(m_window->windowTitle().contains(u"SmolLM2-135M-Instruct"_s));
    QVERIFY(m_window->findChild<FindingBar*>()->finding().plain.contains(u"Ẽ 12 (4–26)"_s));
    const auto again = m_surroundings.path(u"a.h5"_s);
    m_window->openPath(again);  // is shown again, not read twice
    QTest::qWait(100);
    QCOMPARE(m_window->workspace().ids().size(), 1u);
}

void TestMainWindow::pagesAreSwitched() {
    SessionView& view = *m_window->sessionView();
    QVERIFY(!action(view.pageTitle(0))->isEnabled());
    open(m_surroundings.writeSession(u"a.h5"_s));
    QCOMPARE(view.currentPage(), 0);
    const auto buttons = view.findChild<TextTabs*>()->findChildren<TextButton*>();
    QCOMPARE(buttons.size(), view.pageCount());
    for (int page = view.pageCount() - 1; page >= 0; --page) {
        QTest::keyClick(m_window.get(), Qt::Key(Qt::Key_1 + page), Qt::ControlModifier);
        QCOMPARE(view.currentPage(), page);
        QVERIFY(action(view.pageTitle(page))->isChecked());
        QVERIFY(buttons[page]->isChecked());
    }
    for (int page = 0; page < view.pageCount(); ++page) {
        QTest::mouseClick(buttons[page], Qt::LeftButton);
        QCOMPARE(view.currentPage(), page);
        QVERIFY(action(view.pageTitle(page))->isChecked());
        QVERIFY(!view.pageTooltip(page).isEmpty());
    }
    view.showPage(1);
    m_window->close();
    MainWindow again;
    QCOMPARE(again.sessionView()->currentPage(), 1);
}

// Arrows, F1 and the export go by the focus: it is on the page that was opened, not on what happens to come next.
void TestMainWindow::keysMeanThePageInSight() {
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_window->findChild<StartPage*>()->findChild<LinkButton*>()->setFocus();
    open(m_surroundings.writeSession(u"a.h5"_s));
    QCOMPARE(m_window->focusWidget(), &grid());
    SessionView* view = m_window->sessionView();
    const QStringList chapters{u"overview.html"_s, u"depth.html"_s,   u"distribution.html"_s,
                               u"length.html"_s,   u"compare.html"_s, u"causal.html"_s};
    QCOMPARE(view->pageCount(), int(chapters.size()));
    for (const int page : {0, 1, 2, 3, 4, 5}) {
        view->scree()->view()->setFocus();
        QTest::keyClick(m_window.get(), Qt::Key(Qt::Key_1 + page), Qt::ControlModifier);
        QCOMPARE(view->currentPage(), page);
        QCOMPARE(guidePageFor(m_window->focusWidget()), chapters[page]);
    }
    auto* tabs = view->findChild<TextTabs*>();
    const QList<TextButton*> buttons = tabs->findChildren<TextButton*>();
    QTest::mouseClick(buttons[1], Qt::LeftButton);
    QCOMPARE(guidePageFor(m_window->focusWidget()), chapters[1]);
    buttons[1]->setFocus();  // by Tab: it stays there, for the arrows to go on
    QTest::keyClick(buttons[1], Qt::Key_Right);
    QCOMPARE(m_window->focusWidget(), buttons[2]);
}

void TestMainWindow::arrowsMoveOnTheGrid() {
    open(m_surroundings.writeSession(u"a.h5"_s));
    grid().setFocus(Qt::TabFocusReason);
    QTest::keyClick(&grid(), Qt::Key_Down);
    QCOMPARE(*selection().current(), head(0, 0));  // the first key shows where one is
    const struct {
        Qt::Key key;
        Qt::KeyboardModifiers modifiers;
        HeadRef expected;
    } steps[] = {{Qt::Key_Down, {}, head(1, 0)},     {Qt::Key_Right, {}, head(1, 1)},
                 {Qt::Key_End, {}, head(1, 8)},      {Qt::Key_Right, {}, head(1, 8)},
                 {Qt::Key_PageDown, {}, head(9, 8)}, {Qt::Key_Home, {}, head(9, 0)},
                 {Qt::Key_PageUp, {}, head(1, 0)},   {Qt::Key_Up, {}, head(0, 0)},
                 {Qt::Key_Up, {}, head(0, 0)},       {Qt::Key_End, Qt::ControlModifier, head(29, 8)},
                 {Qt::Key_Left, {}, head(29, 7)},    {Qt::Key_Home, Qt::ControlModifier, head(0, 0)}};
    for (const auto& step : steps) {
        QTest::keyClick(&grid(), step.key, step.modifiers);
        QCOMPARE(toQString(headName(*selection().current())), toQString(headName(step.expected)));
    }
    QTest::keyClick(&grid(), Qt::Key_Return);
    QVERIFY(selection().isPinned(head(0, 0)));
    QTest::keyClick(&grid(), Qt::Key_Escape);
    QVERIFY(selection().pinned().empty());
    QVERIFY(grid().accessibleDescription().startsWith(u"L00H00, Ẽ k90 10"_s));
    QCOMPARE(m_window->sessionView()->detail()->table().table().cells[0][0].text, u"10"_s);
}

void TestMainWindow::clickSelectsAndPins() {
    open(m_surroundings.writeSession(u"a.h5"_s));
    QTest::mouseClick(&grid(), Qt::LeftButton, {}, centreOf(11, 4));
    QCOMPARE(*selection().current(), head(11, 4));
    QTest::mouseClick(&grid(), Qt::LeftButton, Qt::ControlModifier, centreOf(3, 7));
    QCOMPARE(*selection().current(), head(11, 4));
    QCOMPARE(selection().pinned(), (std::vector<HeadRef>{head(3, 7)}));
    QTest::mouseClick(&grid(), Qt::LeftButton, {}, QPoint(1, 1));  // beside the cells
    QCOMPARE(*selection().current(), head(11, 4));
}

void TestMainWindow::hoverPreviews() {
    open(m_surroundings.writeSession(u"a.h5"_s));
    QTest::mouseMove(&grid(), centreOf(20, 1));
    QTRY_COMPARE_WITH_TIMEOUT(selection().hovered().value_or(head(0, 0)), head(20, 1), patience);
    QVERIFY(!selection().current());
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(&grid(), &leave);
    QVERIFY(!selection().hovered());
}

void TestMainWindow::tooltipsDefineTheNumbers() {
    open(m_surroundings.writeSession(u"a.h5"_s));
    const auto tooltipAt = [this](QPoint point) {
        QHelpEvent help(QEvent::ToolTip, point, grid().mapToGlobal(point));
        QCoreApplication::sendEvent(&grid(), &help);
        return QToolTip::text();
    };
    const QString cell = tooltipAt(centreOf(11, 4));
    QVERIFY2(cell.contains(u"k90 of Ẽ: <b>15</b>"_s), qPrintable(cell));
    QVERIFY(cell.contains(toQString(variantInfo(Variant::field).formula)));
    const QString title = tooltipAt(grid().cells().titles[2].center().toPoint());
    QVERIFY2(title.contains(u"Spectral gap"_s), qPrintable(title));
}

void TestMainWindow::findGoesToAHead() {
    open(m_surroundings.writeSession(u"a.h5"_s));
    action(u"Find Head"_s)->trigger();
    auto* find = m_window->findChild<ViewBar*>()->findChild<QLineEdit*>(u"find"_s);
    QTest::keyClicks(find, u"l29h9"_s);  // there is no head 9
    QTest::keyClick(find, Qt::Key_Return);
    QVERIFY(!selection().current());
    QVERIFY(find->toolTip().contains(u"0–8"_s));
    find->clear();
    QTest::keyClicks(find, u"L5H7"_s);
    QTest::keyClick(find, Qt::Key_Return);
    QCOMPARE(selection().current().value_or(head(0, 0)), head(5, 7));
}

void TestMainWindow::theGridIsArrangedFromTheMenus() {
    open(m_surroundings.writeSession(u"a.h5"_s));
    action(u"By Gap"_s)->trigger();
    QCOMPARE(grid().grid().order, HeadOrder::gap);
    action(u"By Index"_s)->trigger();
    QCOMPARE(grid().grid().order, HeadOrder::index);
    auto* bar = m_window->findChild<GridFilterBar*>();
    QVERIFY(!bar->isVisible());
    m_window->sessionView()->showPage(1);
    action(u"Filter by Value…"_s)->trigger();
    QCOMPARE(m_window->sessionView()->currentPage(), 0);
    QVERIFY(bar->isVisible());
    QTest::keyClick(bar, Qt::Key_Escape);
    QVERIFY(!bar->isVisible());
    // A double click opens the field of a head.
    QTest::mouseDClick(&grid(), Qt::LeftButton, {}, centreOf(11, 4));
    QCOMPARE(m_window->sessionView()->detail()->tab(), HeadDetailView::fieldTab);
    QStringList entries;
    for (const QAction* entry : grid().actions())
        entries << entry->text().remove(u'&');
    for (const char* text : {"Export Figure…", "Copy Figure", "Copy Caption"})
        QVERIFY2(entries.contains(QString::fromUtf8(text)), text);
}

void TestMainWindow::measureAndFieldAreOneChoiceEverywhere() {
    open(m_surroundings.writeSession(u"a.h5"_s));
    auto* options = m_window->findChild<ViewOptions*>();
    for (const RankMeasure& measure : rankMeasures()) {
        if (measure.usesThreshold)
            continue;
        action(toQString(measure.label))->trigger();
        QCOMPARE(options->measure().measure->id, measure.id);
        const double expected =
            headValue(*m_window->shownSession(), Variant::field, head(11, 4), options->measure())->median;
        QTRY_COMPARE_WITH_TIMEOUT(grid().grid().panels[0].values[11 * 9 + 4], expected, patience);
    }
    action(u"k99"_s)->trigger();
    QCOMPARE(options->measure().threshold, 0.99);
    auto* threshold = m_window->findChild<ViewBar*>()->findChild<QDoubleSpinBox*>();
    QCOMPARE(threshold->value(), 99.0);
    threshold->setValue(95);
    QTRY_COMPARE_WITH_TIMEOUT(grid().grid().panels[0].values[11 * 9 + 4], 21.0, patience);
    QVERIFY(action(u"k95"_s)->isChecked());
    action(u"k90"_s)->trigger();
    action(variantName(Variant::fieldBeforeRotation))->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(grid().grid().panels[0].values[11 * 9 + 4], 10.0, patience);
    QVERIFY(m_window->findChild<FindingBar*>()->finding().plain.contains(u"before rotation 6"_s));
}

void TestMainWindow::themesChangeThePalette() {
    const QPalette before = QApplication::palette();
    open(m_surroundings.writeSession(u"a.h5"_s));  // buttons are shown in one theme and then in the other
    action(u"Dark"_s)->trigger();
    QVERIFY(isDark(QApplication::palette()));
    for (const auto* button : m_window->findChildren<QToolButton*>())
        QTRY_VERIFY2(!button->isVisible() || isDark(button->palette()),
                     qPrintable(button->accessibleName() + u' ' + button->objectName() + u' ' + button->text()));
    action(u"Light"_s)->trigger();
    QVERIFY(!isDark(QApplication::palette()));
    action(u"System"_s)->trigger();
    QCOMPARE(QApplication::palette().color(QPalette::Window), before.color(QPalette::Window));
}

void TestMainWindow::findingIsCopied() {
    open(m_surroundings.writeSession(u"a.h5"_s));
    action(u"Copy Finding"_s)->trigger();
    QVERIFY(QGuiApplication::clipboard()->text().startsWith(u"Median k90: Ẽ 12 (4–26)"_s));
}

void TestMainWindow::sessionsAreGroupedAndSwitched() {
    open(m_surroundings.writeSession(u"a.h5"_s));
    open(m_surroundings.writeSession(u"b.h5"_s, {.control = "shuffled"}));
    QCOMPARE(m_window->workspace().rowCount(), 1);
    QCOMPARE(m_window->shownSession()->corpus.control, "shuffled");
    action(u"Next Session"_s)->trigger();
    QCOMPARE(m_window->shownSession()->corpus.control, "none");
    action(u"Previous Session"_s)->trigger();
    QCOMPARE(m_window->shownSession()->corpus.control, "shuffled");
    action(u"Close Session"_s)->trigger();
    QCOMPARE(m_window->shownSession()->corpus.control, "none");
}

void TestMainWindow::recentFilesDropTheDead() {
    const QString alive = m_surroundings.writeSession(u"alive.h5"_s);
    const QString dead = m_surroundings.writeSession(u"dead.h5"_s);
    open(alive);
    open(dead);
    auto* recent = m_window->findChild<RecentFiles*>();
    QCOMPARE(recent->list(RecentFiles::Kind::session), (QStringList{dead, alive}));
    QVERIFY(QFile::remove(dead));
    m_window->findChild<SessionStore*>()->dropDeadEntries();
    QTRY_COMPARE_WITH_TIMEOUT(recent->list(RecentFiles::Kind::session), QStringList{alive}, patience);
}

void TestMainWindow::saveAsWritesASession() {
    open(m_surroundings.writeSession(u"a.h5"_s));
    action(u"Save Session As…"_s)->trigger();
    auto* dialog = m_window->findChild<QFileDialog*>();
    QVERIFY(dialog);
    const QString copy = m_surroundings.path(u"copy.h5"_s);
    Q_EMIT dialog->fileSelected(copy);
    dialog->close();
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(copy), patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_window->workspace().find(m_window->workspace().ids().front())->path, copy, patience);
    QCOMPARE(openSession(copy.toStdString())->finishedLayers(), 30);
}

void TestMainWindow::exportWritesAFigure() {
    open(m_surroundings.writeSession(u"a.h5"_s));
    selection().setCurrent(head(11, 4));
    action(u"Export Figure…"_s)->trigger();
    auto* dialog = m_window->findChild<ExportDialog*>();
    QVERIFY(dialog);
    QTRY_VERIFY_WITH_TIMEOUT(dialog->isVisible(), patience);
    for (const FigureFormat& format : figureFormats()) {
        const QString path = m_surroundings.path(u"figure."_s + toQString(format.extension));
        QVERIFY(dialog->writeTo(path));
        QVERIFY(QFile(path).size() > 500);
    }
    QVERIFY(dialog->suggestedName().startsWith(u"SmolLM2-135M-Instruct_wikitext2-valid_"_s));
    QVERIFY(!dialog->writeTo(m_surroundings.path(u"nowhere/figure.pdf"_s)));
    dialog->close();
}

void TestMainWindow::failuresAreOneLine_data() {
    QTest::addColumn<QString>("path");
    QTest::newRow("missing session") << m_surroundings.path(u"nowhere.h5"_s);
    QTest::newRow("not HDF5") << m_surroundings.writeFile(u"text.h5"_s, "no session");
    QTest::newRow("empty file") << m_surroundings.writeFile(u"empty.h5"_s, {});
    QTest::newRow("HDF5 of another kind") << QStringLiteral(RANKSCOPE_TEST_DATA "/gguf_blocks.h5");
}

void TestMainWindow::failuresAreOneLine() {
    QFETCH(QString, path);
    m_window->openPath(path);
    auto* bar = m_window->findChild<MessageBar*>();
    QTRY_VERIFY_WITH_TIMEOUT(bar->isVisible(), patience);
    QVERIFY2(bar->message().startsWith(path + u": "_s), qPrintable(bar->message()));
    QVERIFY(bar->message().contains(u": expected "_s));
    QVERIFY(!bar->message().contains(u'\n'));
    QCOMPARE(m_window->workspace().ids().size(), 0u);
}

void TestMainWindow::theExampleOpens() {
    action(u"Open Example Session"_s)->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->workspace().ids().size(), 1u, patience);
    QVERIFY(m_window->shownSession()->complete());
    const auto finding = [this] { return m_window->findChild<FindingBar*>()->finding(); };
    QVERIFY2(finding().warning.startsWith(u"k90 of Ẽ still changes with the window: from 256 to 512"_s),
             qPrintable(finding().warning));
    // Intervals come when they are computed.
    QTRY_VERIFY(finding().context.contains(u"single windows: Ẽ "_s));
    QVERIFY(finding().plain.contains(u"(noise alone "_s));
    action(u"Open Example Session"_s)->trigger();  // shown again, not opened twice
    QTest::qWait(100);
    QCOMPARE(m_window->workspace().ids().size(), 1u);
    QVERIFY(m_window->findChild<RecentFiles*>()->list(RecentFiles::Kind::session).isEmpty());
    // A command that was copied names the file: it is there when the window is not.
    const QString path = m_window->workspace().find(m_window->workspace().ids().front())->path;
    m_window.reset();
    QFile kept(path);
    QVERIFY(kept.exists());
    QVERIFY(kept.open(QIODevice::WriteOnly));
    QVERIFY(kept.write("of another version") > 0);
    kept.close();
    init();
    action(u"Open Example Session"_s)->trigger();
    QTRY_COMPARE(m_window->workspace().ids().size(), 1u);
    QVERIFY(QFileInfo(path).size() > 1'000'000);
}

// Where nothing can be kept it opens all the same.
void TestMainWindow::theExampleNeedsNoHome() {
    const QByteArray data = qgetenv("XDG_DATA_HOME");
    qputenv("XDG_DATA_HOME", m_surroundings.writeFile(u"no-folder"_s, "x").toUtf8());
    action(u"Open Example Session"_s)->trigger();
    QTRY_COMPARE(m_window->workspace().ids().size(), 1u);
    qputenv("XDG_DATA_HOME", data);
    QVERIFY(m_window->shownSession()->complete());
}

void TestMainWindow::helpDialogsOpen() {
    action(u"Definitions"_s)->trigger();
    auto* text = m_window->findChild<QTextBrowser*>();
    QVERIFY(text);
    for (const VariantInfo& variant : variantTable())
        QVERIFY2(text->toPlainText().contains(toQString(variant.id)), variant.id.data());
    for (const RankMeasure& measure : rankMeasures())
        if (!measure.usesThreshold)
            QVERIFY2(text->toPlainText().contains(toQString(measure.id)), measure.id.data());
    text->window()->close();
    action(u"About Rankscope"_s)->trigger();
    bool shown = false;
    for (const QWidget* widget : QApplication::topLevelWidgets())
        shown = shown || (widget->isVisible() && widget->windowTitle() == u"About Rankscope"_s);
    QVERIFY(shown);
}

void TestMainWindow::firstFrameWithinASecond() {
    m_window.reset();
    QElapsedTimer timer;
    timer.start();
    m_window = std::make_unique<MainWindow>();
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_window->grab();
    qInfo("first frame after %lld ms", timer.elapsed());
    QVERIFY(timer.elapsed() < 1000);
}

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
