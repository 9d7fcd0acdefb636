// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Intervals over windows, the gap of noise, and whether numbers still change with the window: on sessions whose ranks
// are chosen.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/numbers/session_at_length.h"
#include "core/numbers/session_comparison.h"
#include "core/numbers/session_warnings.h"
#include "core/numbers/uncertainty.h"
#include "core/session/model_identity.h"
#include "flat_session.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

const MeasureChoice participation = parseMeasure("participation");

FlatSession flatOf(int windows) {
    return {.layers = 4,
            .heads = 4,
            .windows = windows,
            .rank = {},
            .interactionRank = [](int, int head) { return 12 + head; },
            .rankIn = [](int layer, int head, int window) { return 3 + (layer + head + window * 5) % 7; }};
}

// The median over heads of medians over the windows that `counts` draws, from the definition.
Distribution byDefinition(const Session& session, std::span<const std::int32_t> counts, bool gap) {
    std::vector<double> heads;
    for (int layer = 0; layer < session.model.layers; ++layer)
        for (int head = 0; head < session.model.heads; ++head) {
            const HeadRef ref{LayerIndex(layer), HeadIndex(head)};
            std::vector<double> drawn;
            for (int window = 0; window < session.corpus.windows; ++window)
                drawn.insert(drawn.end(), std::size_t(counts[std::size_t(window)]),
                             participation(*session.spectrum(Variant::field, ref, window)));
            const double median = distributionOf(drawn).median;
            heads.push_back(gap ? headValue(session, Variant::interaction, ref, participation)->median / median
                                : median);
        }
    return distributionOf(heads);
}

void compare(const DistributionIntervals& found, const Session& session, bool gap) {
    const Resamples resamples(session.corpus.windows, session.corpus.seed);
    std::vector<double> medians, lower, upper;
    for (int draw = 0; draw < bootstrapDraws; ++draw) {
        const Distribution values = byDefinition(session, resamples.counts(draw), gap);
        medians.push_back(values.median);
        lower.push_back(values.lowerQuartile);
        upper.push_back(values.upperQuartile);
    }
    QCOMPARE(found.median, percentileInterval(medians));
    QCOMPARE(found.lowerQuartile, percentileInterval(lower));
    QCOMPARE(found.upperQuartile, percentileInterval(upper));
    QVERIFY(found.median.high > found.median.low);
}

// Two lengths: from 32 to 64 tokens the rank of a head grows by growth(layer, head).
Session sweepWith(const std::function<int(int, int)>& growth) {
    FlatSession flat{.layers = 10, .heads = 4, .rank = [](int, int) { return 6; }};
    const Session shorter = flatSession(flat);
    flat.rank = [&](int layer, int head) { return 6 + growth(layer, head); };
    Session session = flatSession(flat);
    auto at = std::make_shared<Session>(cutOff(session, 32));
    at->layers = shorter.layers;
    session.sweep.push_back(std::move(at));
    return session;
}

using Growth = std::function<int(int, int)>;

}  // namespace

Q_DECLARE_METATYPE(Growth)

class TestUncertainty : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void intervalsAreOfTheDefinition() {
        const Session session = flatSession(flatOf(9));
        const WindowUncertainty found = windowUncertainty(session, Variant::field, participation);
        QCOMPARE(QString::fromStdString(found.reason), QString());
        QCOMPARE(found.windows, 9);
        compare(found.field.value(), session, false);
        compare(found.gap.value(), session, true);
        QCOMPARE(medianInterval(session, Variant::field, participation).value(), found.field->median);
        QVERIFY(!medianInterval(session, Variant::interaction, participation));
    }

    void layersHaveTheirOwn() {
        FlatSession flat = flatOf(9);
        flat.rankIn = [](int layer, int head, int window) { return layer == 2 ? 5 : 3 + (head + window * 5) % 7; };
        const auto intervals = layerIntervals(flatSession(flat), Variant::field, participation);
        QCOMPARE(intervals.size(), std::size_t(4));
        QCOMPARE(intervals[2].value(), (Interval{5, 5}));
        QVERIFY(intervals[1]->high > intervals[1]->low);
        QCOMPARE(intervals[0].value(), intervals[1].value());  // the same windows are drawn for all
    }

    void fewWindowsHaveARangeAndAReason() {
        FlatSession flat = flatOf(3);
        flat.rankIn = [](int, int, int window) { return 4 + window; };
        const WindowUncertainty found = windowUncertainty(flatSession(flat), Variant::field, participation);
        QVERIFY(!found.field && !found.gap);
        QCOMPARE(QString::fromStdString(found.reason), u"3 windows, and an interval takes 8"_s);
        QCOMPARE(found.fieldRange.value(), (Interval{4, 6}));
        QCOMPARE(found.gapRange.value(), (Interval{13.5 / 6, 13.5 / 4}));
    }

    void windowsThatShareTokensHaveNone() {
        Session session = flatSession(flatOf(9));
        session.corpus.stride = 16;
        const WindowUncertainty found = windowUncertainty(session, Variant::field, participation);
        QVERIFY(!found.field);
        QVERIFY(found.reason.find("share tokens") != std::string::npos);
        session.corpus.stride = 63;  // side by side: BOS stands in each
        session.corpus.bos = true;
        QVERIFY(windowUncertainty(session, Variant::field, participation).field);
    }

    // A head that failed has no say; heads of a group are one KV head.
    void headsThatCount() {
        Session session = flatSession(flatOf(9));
        failHead(session, 1, 2, "broken");
        const WindowValues values = windowValues(session, Variant::field, participation);
        QCOMPARE(values.heads.size(), std::size_t(15));
        QCOMPARE(values.values.size(), std::size_t(15 * 9));
        QCOMPARE(windowValues(session, Variant::kvField, participation).heads.size(), std::size_t(7));
        QCOMPARE(windowValues(session, Variant::interaction, participation).windows, 1);
    }

    void gapOfNoiseIsThatOfTheBaselines() {
        Session session = flatSession(flatOf(1));
        QVERIFY(!gapOfNoise(session, Variant::field, participation));
        session.baseline = {flatBaseline(Variant::field, 4), flatBaseline(Variant::interaction, 10)};
        QCOMPARE(gapOfNoise(session, Variant::field, participation).value(), 2.5);
        QVERIFY(!gapOfNoise(session, Variant::kvField, participation));
        QCOMPARE(baselinesBySeed(session, Variant::field, participation), (std::vector<double>{4}));
        Session again = drawnAgain(session, 1);
        again.baseline = {flatBaseline(Variant::field, 5)};
        session.draws.push_back(std::make_shared<const Session>(again));
        QCOMPARE(baselinesBySeed(session, Variant::field, participation), (std::vector<double>{4, 5}));
        QCOMPARE(mediansBySeed(session, Variant::field, participation).size(), std::size_t(1));
    }

    void lengthsThatStillChange_data() {
        QTest::addColumn<Growth>("growth");
        QTest::addColumn<bool>("warns");
        QTest::newRow("no head") << Growth([](int, int) { return 0; }) << false;
        QTest::newRow("all grow") << Growth([](int, int) { return 2; }) << true;
        QTest::newRow("most fall") << Growth([](int layer, int) { return layer < 8 ? -1 : 1; }) << true;
        QTest::newRow("as many up as down") << Growth([](int, int head) { return head % 2 ? 1 : -1; }) << false;
        QTest::newRow("two of forty") << Growth([](int layer, int head) { return layer == 3 && head < 2; }) << false;
    }
    void lengthsThatStillChange() {
        QFETCH(Growth, growth);
        const Session session = sweepWith(growth);
        const auto change = lengthChange(session, Variant::field, participation);
        QVERIFY(change);
        QCOMPARE(std::pair(change->from, change->to), std::pair(32, 64));
        QCOMPARE(change->tests.pairs, 40);
        QFETCH(bool, warns);
        QCOMPARE(change->stillChanges(), warns);
        const auto warning = lengthWarning(session, Variant::field, participation);
        QCOMPARE(warning.has_value(), warns);
        const auto all = warningsOf(session);  // says it of k90
        QCOMPARE(std::ranges::any_of(all, [](const auto& w) { return w.find("still changes") != w.npos; }), warns);
    }

    // The weights do not depend on the length: a shorter one takes those of the whole.
    void shorterLengthsHaveGaps() {
        FlatSession flat = flatOf(9);
        Session session = flatSession(flat);
        Session shorter = cutOff(session, 32);
        for (const auto& layer : session.layers) {
            auto fields = std::make_shared<LayerResult>(*layer);
            std::erase_if(fields->spectra, [](const LayerSpectra& s) { return s.variant == Variant::interaction; });
            shorter.layers[std::size_t(&layer - session.layers.data())] = fields;
        }
        shorter.baseline = {flatBaseline(Variant::field, 2)};
        session.baseline = {flatBaseline(Variant::field, 5), flatBaseline(Variant::interaction, 10)};
        QVERIFY(!windowUncertainty(shorter, Variant::field, participation).gap);
        session.sweep = {std::make_shared<const Session>(shorter)};
        const SessionPointer alone = sessionsAtLengths(session).front();
        compare(windowUncertainty(*alone, Variant::field, participation).gap.value(), session, true);
        QCOMPARE(gapOfNoise(*alone, Variant::field, participation).value(), 5.0);
    }

    void oneLengthSaysNothing() {
        const Session session = flatSession(flatOf(1));
        QVERIFY(!lengthChange(session, Variant::field, participation));
        QVERIFY(!lengthWarning(session, Variant::field, participation));
    }

    // Equal medians that hide opposite effects: lower in the first layers, higher in the last.
    void thirdsOfDepth() {
        FlatSession flat{.layers = 9, .heads = 4, .rank = [](int layer, int) { return 5 + (layer < 6 ? 0 : 4); }};
        const Session a = flatSession(flat);
        flat.rank = [](int layer, int) { return 5 + (layer < 6 ? 2 : 0); };
        const Session b = flatSession(flat);
        const SessionComparison comparison = compareSessions(a, b, {{Variant::field, false}, participation});
        QCOMPARE(comparison.thirds.size(), std::size_t(3));
        QCOMPARE(std::pair(comparison.thirds[0].firstLayer, comparison.thirds[0].lastLayer), std::pair(0, 2));
        QCOMPARE(comparison.thirds[0].tests.lower, 12);
        QCOMPARE(comparison.thirds[1].tests.median, -2.0);
        QCOMPARE(std::pair(comparison.thirds[2].tests.higher, comparison.thirds[2].tests.median), std::pair(12, 4.0));
        QCOMPARE(comparison.paired.pairs, 36);
        QCOMPARE(comparison.paired.clusters, 9);
        QVERIFY(comparison.paired.medianInterval);
        const auto json = comparisonJson(a, b, std::vector{participation});
        QCOMPARE(json["comparisons"][0]["thirds"][2]["tests"]["higher"].get<int>(), 12);
        QCOMPARE(json["comparisons"][0]["paired"]["pairs"].get<int>(), 36);
    }
};

QTEST_APPLESS_MAIN(TestUncertainty)
#include "tst_uncertainty.moc"
