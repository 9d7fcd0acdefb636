// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Comparisons: the view models against numbers that are known, and the page of the window by mouse and keyboard.
#include <QAbstractItemView>
#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QMenu>
#include <QMenuBar>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QToolTip>
#include <cmath>

#include "flat_session.h"
#include "ui/charts/chart_view.h"
#include "ui/grid/head_grid_view.h"
#include "ui/pages/comparison_view.h"
#include "ui/pages/session_view.h"
#include "ui/plots/comparison_pair.h"
#include "ui/plots/finding.h"
#include "ui/plots/scree.h"
#include "ui/text/text.h"
#include "ui/widgets/buttons.h"
#include "ui/window/main_window.h"
#include "ui/window/session_list.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef head(int layer, int index) {
    return {LayerIndex(layer), HeadIndex(index)};
}

SessionPointer shared(const Session& session) {
    return std::make_shared<const Session>(session);
}

// Ranks 1 … 12 from head to head; the control has one more everywhere.
FlatSession text() {
    return {.rank = [](int layer, int index) { return 1 + layer * 4 + index; }, .interactionRank = {}};
}
FlatSession shuffled() {
    FlatSession flat = text();
    flat.rank = [](int layer, int index) { return 2 + layer * 4 + index; };
    flat.control = "shuffled";
    return flat;
}
FlatSession smaller() {
    return {.layers = 2,
            .heads = 3,
            .kvHeads = 3,
            .rank = [](int layer, int) { return layer == 0 ? 2 : 6; },
            .interactionRank = {},
            .model = "smaller"};
}

const ComparisonChoice fieldByParticipation{{Variant::field, false}, parseMeasure("participation")};

}  // namespace

class TestComparison : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesSayOnlyWhatDiffers_data();
    void namesSayOnlyWhatDiffers();
    void gridOfBothAndTheirDifference();
    void failedAndPendingHeads();
    void keyValueHeads();
    void bandsCountKeyValueHeadsOnce();
    void cellTexts();
    void sentences_data();
    void sentences();
    void warnsOfOtherSettings();
    void onlyCommonHeads();
    void depthPlots();
    void distributionPlots();
    void spectrumPlots();
    void partners_data();
    void partners();
    void pairFollowsTheWorkspace();
    void pageByMouse();
    void pageByKeyboard();
    void otherShapesAreComparedAsCurves();
    void differencesAreSaved();
    void withoutASecondSessionThereAreOffers();

private:
    QAction* action(const MainWindow& window, const QString& text) const;
    void openBoth(MainWindow& window);

    TestSurroundings m_surroundings;
};

void TestComparison::namesSayOnlyWhatDiffers_data() {
    QTest::addColumn<std::vector<SessionPointer>>("sessions");
    QTest::addColumn<QStringList>("names");
    FlatSession elsewhere = text();
    elsewhere.corpus = "code.py";
    Session longer = flatSession(text());
    longer.corpus.windowLength = 1024;
    const SessionPointer plain = shared(flatSession(text()));
    using Sessions = std::vector<SessionPointer>;
    QTest::newRow("control") << Sessions{plain, shared(flatSession(shuffled()))} << QStringList{"text", "shuffled"};
    QTest::newRow("corpus") << Sessions{plain, shared(flatSession(elsewhere))} << QStringList{"text.txt", "code.py"};
    QTest::newRow("model") << Sessions{plain, shared(flatSession(smaller()))} << QStringList{"flat", "smaller"};
    QTest::newRow("length") << Sessions{plain, shared(longer)} << QStringList{"64 tokens", "1024 tokens"};
    QTest::newRow("nothing") << Sessions{plain, plain} << QStringList{"text.txt", "text.txt (2)"};
    QTest::newRow("three") << Sessions{plain, shared(flatSession(shuffled())), shared(flatSession(smaller()))}
                           << QStringList{"flat, text", "flat, shuffled", "smaller, text"};
}

void TestComparison::namesSayOnlyWhatDiffers() {
    QFETCH(std::vector<SessionPointer>, sessions);
    QFETCH(QStringList, names);
    const std::vector<QString> found = sessionNames(sessions);
    QCOMPARE(QStringList(found.begin(), found.end()), names);
}

void TestComparison::gridOfBothAndTheirDifference() {
    const Session a = flatSession(text()), b = flatSession(shuffled());
    const HeadGrid grid = makeComparisonGrid(a, b, compareSessions(a, b, fieldByParticipation));
    QCOMPARE(grid.layers, 3);
    QCOMPARE(grid.heads, 4);
    QCOMPARE(grid.panels.size(), 3u);
    QCOMPARE(grid.panels[0].plainTitle, u"text"_s);
    QCOMPARE(grid.panels[2].plainTitle, u"text − shuffled"_s);
    QVERIFY(grid.panels[2].difference && !grid.panels[0].difference);
    for (std::size_t i = 0; i < 12; ++i) {
        QCOMPARE(grid.panels[0].values[i], double(i + 1));
        QCOMPARE(grid.panels[1].values[i], double(i + 2));
        QCOMPARE(grid.panels[2].values[i], -1.0);
    }
    QVERIFY(grid.panels[0].definition.contains(toQString(variantInfo(Variant::field).formula)));
    QVERIFY(grid.panels[0].definition.contains(toQString(fieldByParticipation.measure.formula())));
}

void TestComparison::failedAndPendingHeads() {
    Session a = flatSession(text()), b = flatSession(shuffled());
    failHead(a, 0, 1, "query: expected finite values, found NaN");
    b.layers[2].reset();
    const HeadGrid grid = makeComparisonGrid(a, b, compareSessions(a, b, fieldByParticipation));
    QVERIFY(grid.panels[0].states[1] == HeadState::failed && grid.panels[1].states[1] == HeadState::done);
    QVERIFY(grid.states[1] == HeadState::failed);
    QCOMPARE(grid.reasons[1], u"query: expected finite values, found NaN"_s);
    QCOMPARE(grid.panels[1].values[1], 3.0);  // what there is is shown
    QVERIFY(grid.panels[0].states[8] == HeadState::done && grid.panels[1].states[8] == HeadState::pending);
    QVERIFY(grid.states[8] == HeadState::pending && std::isnan(grid.panels[2].values[8]));
    QVERIFY(comparisonCellText(a, b, fieldByParticipation, head(0, 1)).contains(u"text: failed: query"_s));
    QVERIFY(comparisonCellText(a, b, fieldByParticipation, head(2, 0)).contains(u"not computed yet"_s));
    QVERIFY(!comparisonCellText(a, b, fieldByParticipation, head(2, 0)).contains(u"difference:"_s));
}

void TestComparison::keyValueHeads() {
    const Session a = flatSession(text()), b = flatSession(shuffled());
    const ComparisonChoice choice{{Variant::kvField, false}, parseMeasure("participation")};
    const HeadGrid grid = makeComparisonGrid(a, b, compareSessions(a, b, choice));
    QCOMPARE(grid.heads, 2);
    QCOMPARE(grid.states.size(), 6u);
    QVERIFY(comparisonCellText(a, b, choice, head(2, 1)).contains(u"text: 10.0"_s));
}

// Shares of the fourth component of three KV heads: 0, 1/4 and 1/8; each is read by two query heads.
void TestComparison::bandsCountKeyValueHeadsOnce() {
    Session session = flatSession(
        {.layers = 2, .rank = [](int layer, int head) { return layer ? 8 : 2 + 2 * head; }, .interactionRank = {}});
    failHead(session, 1, 3, "key: expected finite values, found NaN");
    ScreeChoice choice;
    choice.field = Variant::kvField;
    choice.quantity = ScreeQuantity::share;
    choice.band = ScreeBand::model;
    const auto curve = medianCurve(session, choice, CurveRole::field);
    QVERIFY(curve);
    QCOMPARE(curve->y[3], 0.125);
    QCOMPARE(curve->lower[3], 0.0625);
    QCOMPARE(curve->upper[3], 0.1875);
}

void TestComparison::cellTexts() {
    const Session a = flatSession(text()), b = flatSession(shuffled());
    const QString field = comparisonCellText(a, b, fieldByParticipation, head(1, 2));
    QVERIFY2(field.startsWith(u"L01H02\ntext: 7.0\nshuffled: 8.0\ndifference: −1.0\n"_s), qPrintable(field));
    const QString gap = comparisonCellText(a, b, {{Variant::field, true}, fieldByParticipation.measure}, head(0, 0));
    QVERIFY2(gap.contains(u"text: 16.0×\nshuffled: 8.0×\ndifference: +8.0×"_s), qPrintable(gap));
}

void TestComparison::sentences_data() {
    QTest::addColumn<bool>("sameShape");
    QTest::addColumn<QString>("measure");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("same shape")
        << true << "numerical"
        << "numerical rank of Ẽ: text 6.5 (1–12), shuffled 7.5 (2–13), difference of medians −1; "
           "heads lower in text: 12 of 12, equal: 0";
    QTest::newRow("real-valued")
        << true << "participation"
        << "participation ratio of Ẽ: text 6.5 (1.0–12.0), shuffled 7.5 (2.0–13.0), difference "
           "of medians −1.0; heads lower in text: 12 of 12, equal: 0";
    // Of 1 … 12 against 2, 2, 2, 6, 6, 6: below 2 ½ + 1, below 6 3 + ½ + 1 …: 3·(1 + ½) + 3·(5 + ½) = 21 of 72.
    QTest::newRow("other shape")
        << false << "numerical"
        << "numerical rank of Ẽ: flat 6.5 (1–12), smaller 4 (2–6), difference of medians +2.5; "
           "a head of flat is lower than one of smaller with probability 0.29";
}

void TestComparison::sentences() {
    QFETCH(bool, sameShape);
    QFETCH(QString, measure);
    QFETCH(QString, sentence);
    const Session a = flatSession(text()), b = flatSession(sameShape ? shuffled() : smaller());
    const ComparisonChoice choice{{Variant::field, false}, parseMeasure(measure.toStdString())};
    const ComparisonText found = makeComparisonText(a, b, compareSessions(a, b, choice));
    QCOMPARE(found.plain, sentence);
    QVERIFY(found.warning.isEmpty());
    QCOMPARE(found.paired.isEmpty(), !sameShape);
    if (sameShape) {
        QVERIFY2(found.paired.startsWith(u"Head by head: median difference −1"_s), qPrintable(found.paired));
        QVERIFY(found.paired.contains(u"sign test p = 0.00049"_s));
        QVERIFY2(found.paired.endsWith(u"; layers 2–2 lower in 100 %, higher in 0 %."_s), qPrintable(found.paired));
    }
    QVERIFY(found.tooltip.contains(toQString(choice.measure.formula())));
}

void TestComparison::warnsOfOtherSettings() {
    const Session a = flatSession(text());
    Session b = flatSession(shuffled());
    b.corpus.windowLength = 128;
    b.corpus.stride = 128;
    b.corpus.bos = true;
    b.layers[1].reset();
    const QString warning = makeComparisonText(a, b, compareSessions(a, b, fieldByParticipation)).warning;
    QCOMPARE(warning, u"Not the same in both: window length 64 / 128, BOS off / on, finished layers 3 / 2."_s);
    for (auto& layer : b.layers)
        layer.reset();
    const QString nothing = makeComparisonText(a, b, compareSessions(a, b, fieldByParticipation)).plain;
    QVERIFY2(nothing.startsWith(u"There is nothing to compare yet"_s), qPrintable(nothing));
}

// A session that was asked for one layer, beside a whole one: what is said of both is said of that layer; what is shown
// of each is all of it.
void TestComparison::onlyCommonHeads() {
    const Session whole = flatSession(text());
    Session part = flatSession(shuffled());
    part.layers[0].reset();
    part.layers[1].reset();
    part.run.scope = RunScope{.firstLayer = 2, .lastLayer = 2};
    const ComparisonChoice choice{{Variant::field, false}, parseMeasure("numerical")};
    const SessionComparison comparison = compareSessions(whole, part, choice);
    QCOMPARE(makeComparisonText(whole, part, comparison).plain,
             u"numerical rank of Ẽ: text 10.5 (9–12), shuffled 11.5 (10–13), difference of medians −1; over "
             "the heads that both have, without 8 of text; heads lower in text: 4 of 4, equal: 0"_s);
    const HeadGrid grid = makeComparisonGrid(whole, part, comparison);
    QCOMPARE(grid.panels[0].values[0], 1.0);
    QVERIFY(std::isnan(grid.panels[2].values[0]));
    QVERIFY(comparisonCellText(whole, part, choice, head(0, 0))
                .contains(u"shuffled: not asked for: the run was one of other layers"_s));
    const ChartModel plot = makeDistributionPlot(makeComparisonData({shared(whole), shared(part)}, choice));
    QCOMPARE(plot.series[0].points.front().x(), 9.0);
    QVERIFY(plot.labels.back().text.endsWith(u"only those that all sessions have"_s));
    const GridChoice shown{parseMeasure("numerical"), Variant::field, Variant::interaction};
    QVERIFY2(
        makeFinding(part, shown, &whole)
            .context.startsWith(u"as written: Ẽ 10.5 (9–12) against 11.5 (10–13) over the 4 heads that both have"_s),
        qPrintable(makeFinding(part, shown, &whole).context));
    const Session all = flatSession(shuffled());
    QVERIFY(!makeFinding(all, shown, &whole).context.contains(u"heads that both have"_s));
}

void TestComparison::depthPlots() {
    const ChartModel plot = makeDepthPlot(
        makeComparisonData({shared(flatSession(text())), shared(flatSession(smaller()))}, fieldByParticipation));
    QCOMPARE(plot.series.size(), 2u);
    QCOMPARE(plot.series[0].points, (std::vector<QPointF>{{0, 2.5}, {0.5, 6.5}, {1, 10.5}}));
    QCOMPARE(plot.series[1].points, (std::vector<QPointF>{{0, 2}, {1, 6}}));
    QCOMPARE(plot.series[0].lower[0], 1.75);  // of 1, 2, 3, 4
    QCOMPARE(plot.series[0].upper[0], 3.25);
    QCOMPARE(plot.series[0].upper[2], 11.25);
    QCOMPARE(plot.y.maximum, 15.0);
    QCOMPARE(plot.series[1].plainName, u"smaller"_s);
}

void TestComparison::distributionPlots() {
    const ChartModel plot = makeDistributionPlot(
        makeComparisonData({shared(flatSession(text())), shared(flatSession(smaller()))}, fieldByParticipation));
    QCOMPARE(plot.series[1].points, (std::vector<QPointF>{{2, 0}, {2, 50}, {6, 50}, {6, 100}, {12, 100}}));
    QCOMPARE(plot.series[0].points.size(), 24u);
    QCOMPARE(plot.series[0].points.back(), QPointF(12, 100));
    QCOMPARE(plot.x.maximum, 15.0);
    QCOMPARE(plot.y.maximum, 100.0);
    for (const ChartSeries& curve : plot.series)
        QVERIFY(!curve.text(curve.points.size() - 1).isEmpty());
}

void TestComparison::spectrumPlots() {
    const Sessions sessions{shared(flatSession(text())), shared(flatSession(shuffled())),
                            shared(flatSession(smaller()))};
    const ChartModel plot = makeSpectrumPlot(sessions, fieldByParticipation, head(0, 3));
    QCOMPARE(plot.series.size(), 2u);                    // the third has no such head
    QCOMPARE(plot.series[0].points[1], QPointF(2, 50));  // rank 4: equal shares of 25 %
    QCOMPARE(plot.series[1].points[1], QPointF(2, 40));
    QVERIFY(makeSpectrumPlot(sessions, fieldByParticipation, {}).series.empty());
    QVERIFY(makeSpectrumPlot(sessions, {{Variant::field, true}, MeasureChoice()}, head(0, 3)).series.empty());
}

void TestComparison::partners_data() {
    QTest::addColumn<int>("shown");
    QTest::addColumn<int>("partner");
    QTest::newRow("a text against its control") << 2 << 4;
    QTest::newRow("a control against its text") << 4 << 2;
    QTest::newRow("another model against any") << 1 << 2;
    QTest::newRow("another text against the same model") << 3 << 2;
}

void TestComparison::partners() {
    QFETCH(int, shown);
    QFETCH(int, partner);
    FlatSession elsewhere = text();
    elsewhere.corpus = "code.py";
    Workspace workspace;
    for (const FlatSession& flat : {smaller(), text(), elsewhere, shuffled()})
        workspace.add(shared(flatSession(flat)), {}, true);
    QCOMPARE(bestPartner(workspace, shown), partner);
}

void TestComparison::pairFollowsTheWorkspace() {
    Workspace workspace;
    ComparisonPair pair(&workspace);
    QSignalSpy changes(&pair, &ComparisonPair::changed);
    const int first = workspace.add(shared(flatSession(text())), {}, true);
    pair.setA(first);
    QVERIFY(!pair.complete());
    const int other = workspace.add(shared(flatSession(smaller())), {}, true);
    QCOMPARE(pair.b(), other);
    const int control = workspace.add(shared(flatSession(shuffled())), {}, true);
    QCOMPARE(pair.b(), control);  // the better partner
    pair.setA(control);           // what was A becomes B
    QCOMPARE(pair.b(), first);
    pair.setB(other);
    pair.setA(first);
    QCOMPARE(pair.b(), other);  // the user's choice stays
    pair.setOther(control, true);
    QCOMPARE(pair.ids(), (std::vector<int>{first, other, control}));
    QVERIFY(changes.count() > 0);
    workspace.remove(other);
    QCOMPARE(pair.b(), control);
    QCOMPARE(pair.ids(), (std::vector<int>{first, control}));
    workspace.remove(control);
    QVERIFY(!pair.complete());
    QCOMPARE(pair.sessions().size(), 1u);
    workspace.remove(first);
    QCOMPARE(pair.a(), 0);
}

QAction* TestComparison::action(const MainWindow& window, const QString& text) const {
    for (QAction* menu : window.menuBar()->actions())
        if (menu->text() == u"&Compare"_s)
            for (QAction* entry : menu->menu()->actions())
                if (entry->text().remove(u'&') == text)
                    return entry;
    qFatal("no action %s", qPrintable(text));
}

void TestComparison::openBoth(MainWindow& window) {
    QSettings().clear();
    window.resize(1440, 900);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    FixtureChoice control;
    control.control = "shuffled";
    control.fieldFrom = Variant::fieldBeforeRotation;
    window.openPath(m_surroundings.writeSession(u"control.h5"_s, control));
    window.openPath(m_surroundings.writeSession(u"text.h5"_s));
    QTRY_COMPARE_WITH_TIMEOUT(window.workspace().ids().size(), 2u, patience);
    QTRY_COMPARE_WITH_TIMEOUT(window.shownSession()->corpus.control, "none", patience);
}

void TestComparison::pageByMouse() {
    MainWindow window;
    openBoth(window);
    SessionView& view = *window.sessionView();
    ComparisonView& comparison = *view.comparison();
    const auto tabs = view.findChild<TextTabs*>()->findChildren<TextButton*>();
    QTest::mouseClick(tabs[view.comparisonPage()], Qt::LeftButton);
    QVERIFY(comparison.isVisible());
    QVERIFY2(comparison.text().plain.startsWith(
                 u"k90 of Ẽ: text 12 (4–26), shuffled 6 (1–20), difference of medians +6; "_s),
             qPrintable(comparison.text().plain));
    HeadGridView& grid = *comparison.grid();
    const QPoint cell = grid.cells().cellRect(2, head(11, 4)).center().toPoint();
    QTest::mouseMove(&grid, cell);
    auto& selection = *window.findChild<Selection*>();
    QTRY_COMPARE_WITH_TIMEOUT(selection.hovered().value_or(head(0, 0)), head(11, 4), patience);
    QTest::mouseClick(&grid, Qt::LeftButton, {}, cell);
    QCOMPARE(selection.current().value_or(head(0, 0)), head(11, 4));
    QCOMPARE(grid.grid().panels[2].values[11 * 9 + 4], 5.0);  // 15 − 10
    QHelpEvent help(QEvent::ToolTip, cell, grid.mapToGlobal(cell));
    QCoreApplication::sendEvent(&grid, &help);
    QVERIFY2(QToolTip::text().contains(u"difference: +5"_s), qPrintable(QToolTip::text()));

    const auto swaps = comparison.findChildren<QToolButton*>();
    QTest::mouseClick(*std::find_if(swaps.begin(), swaps.end(), [](QToolButton* b) { return b->text() == u"⇄"_s; }),
                      Qt::LeftButton);
    QCOMPARE(window.shownSession()->corpus.control, "shuffled");
    QCOMPARE(grid.grid().panels[2].values[11 * 9 + 4], -5.0);
    QCOMPARE(window.findChild<SessionList*>()->selected(), window.findChild<ComparisonPair*>()->a());
    QCOMPARE(view.currentPage(), view.comparisonPage());
}

void TestComparison::pageByKeyboard() {
    MainWindow window;
    openBoth(window);
    ComparisonView& comparison = *window.sessionView()->comparison();
    for (int page = 0; page < 4; ++page) {
        QTest::keyClick(&window, Qt::Key(Qt::Key_1 + page), Qt::AltModifier);
        QCOMPARE(int(comparison.page()), page);
        QVERIFY(comparison.isVisible());
    }
    window.findChild<Selection*>()->setCurrent(head(3, 3));
    QCOMPARE(comparison.plot()->model().series.size(), 2u);
    QVERIFY(comparison.plot()->model().labels.back().text.endsWith(u" · L03H03"_s));
    action(window, u"Compare the Gap"_s)->trigger();
    QVERIFY(comparison.plot()->model().series.empty());
    QVERIFY(comparison.text().plain.startsWith(u"k90 of gap: "_s));
    action(window, u"Compare W_QᵀW_K"_s)->trigger();
    QVERIFY(comparison.text().plain.contains(u"difference of medians 0; heads lower in text: 0 of 270"_s));
    QTest::keyClick(&window, Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(window.shownSession()->corpus.control, "shuffled");
    QTest::keyClick(&window, Qt::Key_M, Qt::ControlModifier);
    const auto choosers = comparison.findChildren<QComboBox*>();
    auto* chooser = *std::find_if(choosers.begin(), choosers.end(),
                                  [](const QComboBox* box) { return box->accessibleName() == u"Session B"_s; });
    QVERIFY(chooser->view()->isVisible());
    QTest::keyClick(chooser->view(), Qt::Key_Escape);
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    action(window, u"Copy Comparison"_s)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), comparison.text().plain);
    // Without the second session the page offers to open one, and the menu is off.
    window.findChild<SessionList*>()->select(window.findChild<ComparisonPair*>()->b());
    QTest::keyClick(&window, Qt::Key_W, Qt::ControlModifier);
    QCOMPARE(window.workspace().ids().size(), 1u);
    QVERIFY(!action(window, u"Swap A and B"_s)->isEnabled());
}

void TestComparison::otherShapesAreComparedAsCurves() {
    MainWindow window;
    openBoth(window);
    const QString path = m_surroundings.path(u"smaller.h5"_s);
    saveSession(flatSession(smaller()), path.toStdString());
    window.openPath(path);
    QTRY_COMPARE_WITH_TIMEOUT(window.workspace().ids().size(), 3u, patience);
    ComparisonView& comparison = *window.sessionView()->comparison();
    window.sessionView()->showPage(window.sessionView()->comparisonPage());
    QVERIFY(comparison.text().plain.contains(u"with probability"_s));
    QVERIFY(!comparison.grid()->isVisible());
    comparison.setPage(ComparisonPage::depth);
    QCOMPARE(comparison.plot()->model().series.size(), 2u);
    QCOMPARE(comparison.othersMenu()->actions().size(), 1);
    comparison.othersMenu()->actions()[0]->trigger();
    QCOMPARE(comparison.plot()->model().series.size(), 3u);
    comparison.setPage(ComparisonPage::distribution);
    QCOMPARE(comparison.plot()->model().series.size(), 3u);
}

void TestComparison::differencesAreSaved() {
    MainWindow window;
    openBoth(window);
    action(window, u"Save Differences As…"_s)->trigger();
    auto* dialog = window.findChild<QFileDialog*>();
    QVERIFY(dialog);
    const QString path = m_surroundings.path(u"differences.csv"_s);
    Q_EMIT dialog->fileSelected(path);
    dialog->close();
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(path), patience);
    QFile csv(path);
    QVERIFY(csv.open(QIODevice::ReadOnly));
    QVERIFY(csv.readLine().startsWith("layer,head,field_k90_a,field_k90_b,field_k90_difference,"));
    QVERIFY(csv.readLine().startsWith("0,0,10,1,9,"));
    QCOMPARE(csv.readAll().count('\n'), 269);
}

void TestComparison::withoutASecondSessionThereAreOffers() {
    MainWindow window;
    QSettings().clear();
    window.show();
    window.openPath(m_surroundings.writeSession(u"only.h5"_s));
    QTRY_COMPARE_WITH_TIMEOUT(window.workspace().ids().size(), 1u, patience);
    window.sessionView()->showPage(window.sessionView()->comparisonPage());
    ComparisonView& comparison = *window.sessionView()->comparison();
    QVERIFY(!comparison.grid()->isVisible());
    for (const char* text : {"Compare With…", "Swap A and B", "Difference", "Copy Comparison", "Save Differences As…"})
        QVERIFY2(!action(window, QString::fromUtf8(text))->isEnabled(), text);
    const auto buttons = comparison.findChildren<QAbstractButton*>();
    const auto offer = std::find_if(buttons.begin(), buttons.end(), [](const QAbstractButton* button) {
        return button->isVisible() && button->text().contains(u"Session"_s);
    });
    QVERIFY(offer != buttons.end());
    QTest::mouseClick(*offer, Qt::LeftButton);
    QVERIFY(window.findChild<QFileDialog*>());
}

QTEST_MAIN(TestComparison)
#include "tst_comparison.moc"
