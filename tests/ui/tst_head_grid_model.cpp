// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "session_fixture.h"
#include "tests/ui/synthetic_session.h"
#include "ui/grid/head_grid_model.h"
#include "ui/plots/finding.h"
#include "ui/viewmodels/cell_text.h"
#include "ui/viewmodels/head_identity.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef at(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

GridChoice kvChoice() {
    return {MeasureChoice(), Variant::kvField, Variant::kvInteraction};
}

// k_τ of r equal values.
double kOf(int rank, double threshold) {
    return std::ceil(rank * threshold - 1e-9);
}

}  // namespace

class TestHeadGridModel : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_settings;

private Q_SLOTS:
    void initTestCase() {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
        QCoreApplication::setOrganizationName(u"RankscopeTests"_s);
    }
    void init() { QSettings().clear(); }

    void everyMeasureThresholdAndVariant_data() {
        QTest::addColumn<QString>("measure");
        QTest::addColumn<int>("field");
        QTest::addColumn<int>("interaction");
        for (const char* measure :
             {"k50", "k90", "k99.99", "entropy", "roy-vetterli", "participation", "stable", "numerical"})
            for (const Variant field : {Variant::field, Variant::fieldBeforeRotation, Variant::kvField})
                for (const Variant interaction :
                     {Variant::interaction, Variant::interactionNormFolded, Variant::kvInteraction})
                    if (variantInfo(field).perKvHead == variantInfo(interaction).perKvHead)
                        QTest::addRow("%s %s %s", measure, variantInfo(field).id.data(),
                                      variantInfo(interaction).id.data())
                            << measure << int(field) << int(interaction);
    }

    void everyMeasureThresholdAndVariant() {
        QFETCH(QString, measure);
        QFETCH(int, field);
        QFETCH(int, interaction);
        const SyntheticShape shape{3, 8, 2, 3, 16};
        const auto session = syntheticSession(shape);
        const GridChoice choice{parseMeasure(measure.toStdString()), Variant(field), Variant(interaction)};
        const HeadGrid grid = makeHeadGrid(*session, choice);
        QCOMPARE(grid.heads, variantInfo(choice.field).perKvHead ? 2 : 8);
        const auto expected = [&](Variant variant, HeadRef cell, int window) {
            const int rank = syntheticRank(shape, variant, cell.layer.value, cell.head.value, window);
            return choice.measure.measure->usesThreshold ? kOf(rank, choice.measure.threshold) : double(rank);
        };
        for (int layer = 0; layer < grid.layers; ++layer)
            for (int head = 0; head < grid.heads; ++head) {
                const HeadRef cell = at(layer, head);
                std::vector<double> windows;
                for (int window = 0; window < 3; ++window)
                    windows.push_back(expected(choice.field, cell, window));
                std::sort(windows.begin(), windows.end());
                QVERIFY(std::abs(grid.panels[0].values[grid.index(cell)] - windows[1]) < 1e-9);
                const double weights = expected(choice.interaction, cell, 0);
                QVERIFY(std::abs(grid.panels[1].values[grid.index(cell)] - weights) < 1e-9);
                QVERIFY(std::abs(grid.panels[2].values[grid.index(cell)] - weights / windows[1]) < 1e-9);
            }
    }

    void smallestAndLargestModels() {
        const auto one = syntheticSession({1, 1, 1, 1, 4});
        const HeadGrid single = makeHeadGrid(*one, {});
        QCOMPARE(single.states.size(), 1u);
        QCOMPARE(single.name(at(0, 0)), u"L00H00"_s);
        QCOMPARE(single.cellOf(at(0, 0)), at(0, 0));
        const auto large = syntheticSession({80, 128, 16, 1, 8});
        QCOMPARE(makeHeadGrid(*large, {}).panels[2].values.size(), 80u * 128u);
        const HeadGrid kv = makeHeadGrid(*large, kvChoice());
        QCOMPARE(kv.heads, 16);
        QCOMPARE(kv.group, 8);
        QCOMPARE(kv.cellOf(at(7, 127)), at(7, 15));
        QCOMPARE(kv.queryHead(at(7, 15)), at(7, 120));
        QCOMPARE(kv.name(at(7, 15)), u"L07KV15"_s);
    }

    void aKvHeadFailsWithAnyOfItsHeads() {
        const auto whole = syntheticSession({3, 8, 2, 1, 16});
        auto session = withFailedHead(*whole, at(1, 6), "query: expected finite values, found NaN");
        session->layers[2] = nullptr;
        const HeadGrid grid = makeHeadGrid(*session, kvChoice());
        QCOMPARE(grid.states[grid.index(at(1, 0))], HeadState::done);
        QCOMPARE(grid.states[grid.index(at(1, 1))], HeadState::failed);
        QCOMPARE(grid.reasons[grid.index(at(1, 1))], u"L01H06: query: expected finite values, found NaN"_s);
        QCOMPARE(grid.states[grid.index(at(2, 0))], HeadState::pending);
        for (const GridPanel& panel : grid.panels) {
            QVERIFY(std::isfinite(panel.values[grid.index(at(1, 0))]));
            QVERIFY(std::isnan(panel.values[grid.index(at(1, 1))]));
            QVERIFY(std::isnan(panel.values[grid.index(at(2, 0))]));
        }
        // The stacked spectrum was never computed: a head that is done itself must not read it as zeros.
        QVERIFY(!session->spectrum(Variant::kvField, at(1, 5)));
        QVERIFY(session->spectrum(Variant::kvField, at(1, 0)));
        QVERIFY(cellText(*session, kvChoice(), at(1, 1), GridQuantity::field).contains(u"L01H06"_s));
    }

    void anInteractionOfTheOtherHeadsGivesWay() {
        const auto session = syntheticSession({2, 8, 2, 1, 16});
        const HeadGrid grid = makeHeadGrid(*session, {MeasureChoice(), Variant::kvField, Variant::interaction});
        QCOMPARE(grid.panels[1].plainTitle, toQString(variantInfo(Variant::kvInteraction).label));
    }

    void headsAreSortedWithinTheirLayer_data() {
        QTest::addColumn<int>("order");
        QTest::addColumn<int>("panel");
        QTest::newRow("by the field") << int(HeadOrder::field) << 0;
        QTest::newRow("by the interaction") << int(HeadOrder::interaction) << 1;
        QTest::newRow("by the gap") << int(HeadOrder::gap) << 2;
    }

    void headsAreSortedWithinTheirLayer() {
        QFETCH(int, order);
        QFETCH(int, panel);
        HeadGrid grid = makeHeadGrid(*smolSession({.finishedLayers = 20, .failedHead = true}), {});
        arrange(grid, HeadOrder(order), {});
        for (int layer = 0; layer < grid.layers; ++layer) {
            std::vector<bool> seen(std::size_t(grid.heads));
            double before = -1;
            for (int column = 0; column < grid.heads; ++column) {
                const HeadRef head = grid.headAt(layer, column);
                QCOMPARE(head.layer.value, layer);
                QVERIFY(!seen[std::size_t(head.head.value)]);
                seen[std::size_t(head.head.value)] = true;
                const double value = grid.panels[std::size_t(panel)].values[grid.index(head)];
                QVERIFY(std::isnan(value) || value >= before);
                before = std::isnan(value) ? 1e300 : value;  // nothing but missing values may follow
            }
        }
        QCOMPARE(grid.headAt(7, 8), at(7, 3));  // the failed one comes last
        arrange(grid, HeadOrder::index, {});
        QCOMPARE(grid.headAt(7, 3), at(7, 3));
    }

    void theFilterCountsAndLeavesOut() {
        HeadGrid grid = makeHeadGrid(*smolSession({.finishedLayers = 20, .failedHead = true}), {});
        const ValueFilter filter{GridQuantity::field, 10, 15};
        arrange(grid, HeadOrder::index, filter);
        int inside = 0;
        for (std::size_t i = 0; i < grid.states.size(); ++i) {
            const double value = grid.panels[0].values[i];
            QCOMPARE(bool(grid.outside[i]), !(value >= 10 && value <= 15));
            inside += value >= 10 && value <= 15;
        }
        QCOMPARE(countInside(grid, filter).inside, inside);
        QCOMPARE(countInside(grid, filter).all, 20 * 9 - 1);
        QVERIFY(inside > 20 && inside < 160);
        arrange(grid, HeadOrder::index, {GridQuantity::gap, std::nullopt, std::nullopt});
        QVERIFY(grid.outside.empty());
    }

    void theModelFollowsOptionsAndSession() {
        ViewOptions options;
        HeadGridModel model(&options);
        QSignalSpy changed(&model, &HeadGridModel::changed);
        const auto session = syntheticSession({3, 8, 2, 2, 16});
        model.setSession(session);
        QCOMPARE(changed.size(), 1);
        QVERIFY(model.isComplete());
        QCOMPARE(model.grid().heads, 8);
        options.setHeads(HeadKind::keyValue);
        QCOMPARE(model.grid().heads, 2);
        QCOMPARE(model.choice().interaction, Variant::kvInteraction);
        options.setQuantity(ScreeQuantity::sigma);  // no number of the grid's
        QCOMPARE(changed.size(), 2);
        options.setHeads(HeadKind::query);
        options.setInteraction(Variant::interactionNormFolded);
        QCOMPARE(model.choice().interaction, Variant::interactionNormFolded);
        options.setField(Variant::kvField);  // and with it the heads
        QCOMPARE(options.heads(), HeadKind::keyValue);
        options.setField(Variant::fieldBeforeRotation);
        QCOMPARE(options.heads(), HeadKind::query);
        QCOMPARE(model.choice().field, Variant::fieldBeforeRotation);
        options.grid()->setOrder(HeadOrder::gap);
        QVERIFY(!model.grid().columns.empty());
        // A session without KV heads shows query heads, and what is chosen comes back with the next session.
        options.setHeads(HeadKind::keyValue);
        model.setSession(smolSession());
        QCOMPARE(model.grid().kind, HeadKind::query);
        model.setSession(session);
        QCOMPARE(model.grid().kind, HeadKind::keyValue);
        model.setSession(nullptr);
        QCOMPARE(model.grid().layers, 0);
    }

    void aGrowingSessionKeepsItsLayers() {
        HeadValueCache cache;
        const auto whole = syntheticSession({3, 8, 2, 2, 16});
        Session part = *whole;
        part.layers[2] = nullptr;
        const auto first = cache.get(part, LayerIndex(0), Variant::field, {});
        QVERIFY(first);
        QVERIFY(!cache.get(part, LayerIndex(2), Variant::field, {}));
        QCOMPARE(cache.find(*whole, LayerIndex(0), Variant::field, {}), first);
        QVERIFY(!cache.find(*whole, LayerIndex(0), Variant::field, parseMeasure("k95")));
        QVERIFY(!cache.find(*whole, LayerIndex(0), Variant::kvField, {}));
        QCOMPARE(cache.get(*whole, LayerIndex(0), Variant::field, parseMeasure("entropy"))->size(), 8u);
        // The threshold is no part of a measure that does not use it.
        MeasureChoice entropy = parseMeasure("entropy");
        entropy.threshold = 0.7;
        QVERIFY(cache.find(*whole, LayerIndex(0), Variant::field, entropy));
    }

    void theCacheStaysSmall() {
        HeadValueCache cache;
        const auto session = syntheticSession({2, 1, 1, 1, 4});
        MeasureChoice measure;
        for (int i = 0; i < int(HeadValueCache::mostEntries); ++i) {
            measure.threshold = 0.5 + 0.4999 * i / double(HeadValueCache::mostEntries);
            for (int layer = 0; layer < 2; ++layer)
                cache.get(*session, LayerIndex(layer), Variant::field, measure);
            QVERIFY(cache.find(*session, LayerIndex(0), Variant::field, measure));  // what was used last stays
        }
        QVERIFY(cache.size() <= HeadValueCache::mostEntries);
        // Layers that are gone leave nothing behind that could be taken for a new layer at the same address.
        HeadValueCache reused;
        for (int i = 0; i < 50; ++i) {
            const auto other = syntheticSession({1, 1, 1, 1, 4 + i % 7});
            const double rank = syntheticRank({1, 1, 1, 1, 4 + i % 7}, Variant::kvInteraction, 0, 0, 0);
            QCOMPARE(reused.get(*other, LayerIndex(0), Variant::kvInteraction, parseMeasure("stable"))->front(), rank);
        }
    }

    void findSaysWhatIsExpected_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("keyValue");
        QTest::addColumn<QString>("found");  // a name, or part of the problem
        QTest::newRow("name") << "L02H07" << false << "L02H07";
        QTest::newRow("lower case") << "l2h7" << false << "L02H07";
        QTest::newRow("blanks") << " L02 H07 " << false << "L02H07";
        QTest::newRow("numbers") << "2.7" << false << "L02H07";
        QTest::newRow("numbers of KV heads") << "2.1" << true << "L02H04";
        QTest::newRow("KV name") << "L02KV01" << true << "L02H04";
        QTest::newRow("KV name in a grid of heads") << "l2kv1" << false << "L02H04";
        QTest::newRow("head in a grid of KV heads") << "L2H7" << true << "L02H07";
        QTest::newRow("no such head") << "L2H8" << false << "heads 0–7";
        QTest::newRow("no such KV head") << "2.2" << true << "KV heads 0–1";
        QTest::newRow("no such layer") << "L3H0" << false << "layers 0–2";
        QTest::newRow("word") << "head" << false << "such as L05H07";
        QTest::newRow("word for KV heads") << "L2K1" << true << "such as L05KV02";
        QTest::newRow("nothing") << "" << false << "such as";
        QTest::newRow("large number") << "L99999999999H0" << false << "such as";
    }

    void findSaysWhatIsExpected() {
        QFETCH(QString, text);
        QFETCH(bool, keyValue);
        QFETCH(QString, found);
        const auto session = syntheticSession({3, 8, 2, 1, 4});
        const HeadSearch search = findHead(*session, text, keyValue ? HeadKind::keyValue : HeadKind::query);
        if (search.head)
            QCOMPARE(toQString(headName(*search.head)), found);
        else
            QVERIFY2(search.problem.contains(found), qPrintable(search.problem));
    }

    void everyNumberSaysWhatItIs() {
        auto session = syntheticSession({2, 8, 2, 3, 16});
        session->baseline = {syntheticSpectra({1, 1, 1, 1, 16}, Variant::kvField, 0),
                             syntheticSpectra({1, 1, 1, 1, 16}, Variant::kvInteraction, 0)};
        const GridChoice choice{parseMeasure("k99.5"), Variant::kvField, Variant::kvInteraction};
        const QString field = cellText(*session, choice, at(1, 1), GridQuantity::field);
        for (const QString& part : {u"L01KV01"_s, u"read by heads 4–7"_s, u"k99.5 of Ẽ per KV head"_s,
                                    u"median of 3 windows ("_s, u"≥ 99.5 %"_s, u"3 × 512 tokens"_s,
                                    u"Gaussian matrix of the same shape: %1"_s.arg(
                                        kOf(syntheticRank({1, 1, 1, 1, 16}, Variant::kvField, 0, 0, 0), 0.995)),
                                    toQString(variantInfo(Variant::kvField).formula)})
            QVERIFY2(field.contains(part), qPrintable(part + u'\n' + field));
        const QString gap = cellText(*session, choice, at(1, 1), GridQuantity::gap);
        for (const QString& part : {u"Gap <b>"_s, u"over 3 windows"_s, u"Gaussian matrices of the same shapes: "_s})
            QVERIFY2(gap.contains(part), qPrintable(part + u'\n' + gap));
        const QString weights = cellText(*session, choice, at(0, 0), GridQuantity::interaction);
        QVERIFY(weights.contains(u"from the weights alone"_s));
        QVERIFY(weights.contains(u"W<sub>Q</sub><sup>T</sup>W<sub>K</sub> per KV head"_s));
        QVERIFY(!weights.contains(u"W_Q"_s));
        QVERIFY(panelText(*session, choice, GridQuantity::gap).contains(u"divided by"_s));
        QVERIFY(cellText(*session, {}, at(0, 5), GridQuantity::field).contains(u"reads KV head 1"_s));
        QVERIFY(!cellText(*session, {}, at(0, 5), GridQuantity::field).contains(u"Gaussian"_s));
    }

    void cellsInOneLineAndAsRows() {
        const auto session = smolSession({.finishedLayers = 20, .failedHead = true});
        const HeadGrid grid = makeHeadGrid(*session, {});
        QCOMPARE(cellSummary(grid, at(11, 4)), u"L11H04, Ẽ k90 15, W_QᵀW_K k90 44, Gap 2.9"_s);
        QVERIFY(cellSummary(grid, at(7, 3)).startsWith(u"L07H03, failed: query: expected finite"_s));
        QCOMPARE(cellSummary(grid, at(25, 0)), u"L25H00, not computed yet"_s);
        QCOMPARE(cellRows(grid, {at(11, 4), at(7, 3)}),
                 u"head\tk90 Ẽ\tk90 W_QᵀW_K\tGap\n"
                 "L11H04\t15\t44\t2.93333\nL07H03\t\t\t\n"_s);
    }

    void theFindingIsOfTheHeadsShown() {
        const auto session = syntheticSession({3, 8, 2, 1, 16});
        const FindingText heads = makeFinding(*session, {});
        QVERIFY(heads.context.startsWith(u"24 heads"_s));
        const FindingText kv = makeFinding(*session, kvChoice());
        QVERIFY2(kv.context.startsWith(u"6 KV heads"_s), qPrintable(kv.context));
        GridChoice folded;
        folded.interaction = Variant::interactionNormFolded;
        QVERIFY(makeFinding(*session, folded).plain.contains(u"norm folded"_s));
        std::vector<double> ranks;
        for (int layer = 0; layer < 3; ++layer)
            for (int head = 0; head < 8; ++head)
                ranks.push_back(
                    kOf(syntheticRank({3, 8, 2, 1, 16}, Variant::interactionNormFolded, layer, head, 0), 0.9));
        QCOMPARE(findingOf(makeHeadGrid(*session, folded)).interaction.median, distributionOf(ranks).median);
    }

    void coloursAreKept() {
        {
            GridOptions options;
            QCOMPARE(options.colours(), GridColours());
            GridColours colours;
            colours.ranks = ColourMap::grey;
            colours.shared = false;
            colours.locked[0] = ColourRange{0, 64};
            QSignalSpy changed(&options, &GridOptions::coloursChanged);
            options.setColours(colours);
            options.setColours(colours);
            QCOMPARE(changed.size(), 1);
        }
        GridOptions again;
        QCOMPARE(again.colours().ranks, ColourMap::grey);
        QCOMPARE(again.colours().gaps, ColourMap::cividis);
        QVERIFY(!again.colours().shared);
        QVERIFY(!again.colours().isLocked());  // a lock is about the sessions at hand
        QSettings().setValue(u"grid/rankMap"_s, u"diverging"_s);
        QCOMPARE(GridOptions().colours().ranks, ColourMap::viridis);  // differences only
    }

    void largeSessionsComeInSlices() {
        ViewOptions options;
        HeadGridModel model(&options);
        const auto session = syntheticSession({60, 128, 16, 8, 64});
        model.setSession(session);
        QTRY_VERIFY_WITH_TIMEOUT(model.isComplete(), 20000);
        const std::vector<double> k90 = model.grid().panels[0].values;
        QVERIFY(std::ranges::all_of(k90, [](double value) { return std::isfinite(value); }));
        options.setMeasure(parseMeasure("entropy"));
        if (!model.isComplete())
            QCOMPARE(model.grid().panels[0].values, k90);  // the old numbers until the new ones are complete
        QTRY_VERIFY_WITH_TIMEOUT(model.isComplete(), 20000);
        QVERIFY(model.grid().panels[0].values != k90);
        options.setMeasure(MeasureChoice());  // known
        QVERIFY(model.isComplete());
        QCOMPARE(model.grid().panels[0].values, k90);
    }
};

QTEST_GUILESS_MAIN(TestHeadGridModel)
#include "tst_head_grid_model.moc"
