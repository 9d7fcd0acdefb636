// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Comparisons of sessions whose ranks are chosen, against numbers worked out by hand.
#include <QtTest>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/reports/comparison_table.h"
#include "flat_session.h"

using namespace rankscope;

namespace {

const MeasureChoice participation = parseMeasure("participation");

ComparisonChoice choiceOf(Variant variant, bool gap = false) {
    return {{variant, gap}, participation};
}

// A: 1 … 12 from head to head. B: one more in the first layer, the same in the second, two less in the third.
FlatSession a() {
    return {.rank = [](int layer, int head) { return 1 + layer * 4 + head; }, .interactionRank = {}};
}
FlatSession b() {
    FlatSession flat = a();
    flat.rank = [](int layer, int head) { return 1 + layer * 4 + head + (layer == 0 ? 1 : layer == 2 ? -2 : 0); };
    flat.control = "shuffled";
    return flat;
}
// Half as many layers, three heads: ranks 2, 2, 2 and 5, 6, 7.
FlatSession other() {
    return {.layers = 2,
            .heads = 3,
            .kvHeads = 3,
            .rank = [](int layer, int head) { return layer == 0 ? 2 : 5 + head; },
            .interactionRank = {},
            .model = "other"};
}

}  // namespace

class TestSessionComparison : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sameShape() {
        const auto comparison = compareSessions(flatSession(a()), flatSession(b()), choiceOf(Variant::field));
        QVERIFY(comparison.sameShape);
        QCOMPARE(comparison.differences, (std::vector<double>{-1, -1, -1, -1, 0, 0, 0, 0, 2, 2, 2, 2}));
        QCOMPARE(comparison.lowerInA, 4);
        QCOMPARE(comparison.equal, 4);
        QCOMPARE(comparison.lowerInB, 4);
        QCOMPARE(comparison.compared(), 12);
        QCOMPARE(comparison.a.distribution.median, 6.5);
        // B holds 2 3 4 5 5 6 7 7 8 8 9 10.
        QCOMPARE(comparison.b.distribution.median, 6.5);
        QCOMPARE(comparison.differenceOfMedians(), 0.0);
        QCOMPARE(comparison.difference.median, 0.0);
        QCOMPARE(comparison.difference.maximum, 2.0);
    }

    void failedAndPendingHeadsHaveNoDifference() {
        Session first = flatSession(a()), second = flatSession(b());
        failHead(first, 0, 1, "query: not finite");
        second.layers[2].reset();
        const auto comparison = compareSessions(first, second, choiceOf(Variant::field));
        QVERIFY(comparison.sameShape);
        QCOMPARE(comparison.compared(), 7);
        QCOMPARE(comparison.lowerInA, 3);
        QCOMPARE(comparison.equal, 4);
        QCOMPARE(comparison.lowerInB, 0);
        QVERIFY(std::isnan(comparison.differences[1]) && std::isnan(comparison.differences[8]));
        QCOMPARE(comparison.a.distribution.count, 7);  // over the heads that both have
        QCOMPARE(comparison.b.distribution.count, 7);
        QCOMPARE(comparison.leftOutOfA(), 4);
        QCOMPARE(comparison.leftOutOfB(), 1);
        QCOMPARE(comparison.wholeA[8], 9.0);  // what A has alone is still there to be shown
    }

    // A session of layer 2 alone against a whole one: medians over that layer in both, whichever comes first.
    void onlyCommonLayers() {
        const Session whole = flatSession(a());
        Session part = flatSession(b());
        part.layers[0].reset();
        part.layers[1].reset();
        const auto comparison = compareSessions(part, whole, choiceOf(Variant::field));
        QCOMPARE(comparison.a.distribution.median, 8.5);
        QCOMPARE(comparison.b.distribution.median, 10.5);
        QCOMPARE(comparison.differenceOfMedians(), comparison.difference.median);
        QCOMPARE(comparison.leftOutOfA(), 0);
        QCOMPARE(comparison.leftOutOfB(), 8);
        QCOMPARE(comparison.largestDistance, 0.5);  // 7 8 9 10 and 9 10 11 12
        const auto turned = compareSessions(whole, part, choiceOf(Variant::field));
        QCOMPARE(turned.differenceOfMedians(), 2.0);
        QCOMPARE(turned.probabilityLowerInA, 1 - comparison.probabilityLowerInA);
        const auto json = nlohmann::json::parse(comparisonJson(part, whole, std::span(&participation, 1)).dump());
        QCOMPARE(json.at("comparisons").at(0).at("left_out_of_b").get<int>(), 8);
        for (const auto& [key, meaning] : json.at("definitions").items())
            QVERIFY2(json.at("comparisons").at(0).contains(key) && !meaning.get<std::string>().empty(), key.c_str());
    }

    // Other shapes: only the stretches of depth in which both have numbers.
    void onlyCommonDepths() {
        Session part = flatSession(a());
        part.layers[1].reset();
        part.layers[2].reset();
        const auto comparison = compareSessions(part, flatSession(other()), choiceOf(Variant::field));
        QVERIFY(!comparison.sameShape);
        QCOMPARE(comparison.a.distribution.count, 4);
        QCOMPARE(comparison.b.distribution.count, 3);
        QCOMPARE(comparison.b.distribution.maximum, 2.0);
        QCOMPARE(comparison.leftOutOfB(), 3);
    }

    void keyValueHeadsAreCountedOnce() {
        const auto comparison = compareSessions(flatSession(a()), flatSession(b()), choiceOf(Variant::kvField));
        QCOMPARE(comparison.a.heads, 2);
        QCOMPARE(comparison.compared(), 6);
        QCOMPARE(comparison.a.values, (std::vector<double>{1, 2, 5, 6, 9, 10}));
    }

    void gaps() {
        const auto comparison = compareSessions(flatSession(a()), flatSession(b()), choiceOf(Variant::field, true));
        QCOMPARE(comparison.a.values[0], 16.0);
        QCOMPARE(comparison.b.values[0], 8.0);
        QCOMPARE(comparison.differences[0], 8.0);
        QCOMPARE(comparison.choice.matrix.id(), std::string("gap"));
    }

    void otherShapesByDepthAndDistribution() {
        const auto comparison = compareSessions(flatSession(a()), flatSession(other()), choiceOf(Variant::field));
        QVERIFY(!comparison.sameShape && comparison.differences.empty());
        // Heads of `other` above each of 1 … 12, ties half: 6, 4.5, 3, 3, 2.5, 1.5, 0.5, 0 …; of 12 × 6 pairs.
        QCOMPARE(comparison.probabilityLowerInA, 21.0 / 72);
        // At 7 all of `other` and 7 of 12 are reached: 5/12. At 2: 3/6 − 2/12 = 1/3.
        QCOMPARE(comparison.largestDistance, 5.0 / 12);
        QCOMPARE(comparison.depth.size(), 2u);
        QCOMPARE(comparison.depth[0].a.count, 4);  // layer 0 of 3; the middle one is at 0.5
        QCOMPARE(comparison.depth[1].a.count, 8);
        QCOMPARE(comparison.depth[1].a.median, 8.5);
        QCOMPARE(comparison.depth[0].b.median, 2.0);
        QCOMPARE(comparison.depth[1].b.median, 6.0);
    }

    void everyLayerIsInOneBin_data() {
        QTest::addColumn<int>("layersA");
        QTest::addColumn<int>("layersB");
        for (const auto& [first, second] : {std::pair(1, 1), {1, 30}, {2, 2}, {9, 10}, {10, 10}, {11, 48}, {80, 24}})
            QTest::addRow("%d and %d", first, second) << first << second;
    }
    void everyLayerIsInOneBin() {
        QFETCH(int, layersA);
        QFETCH(int, layersB);
        FlatSession first = a(), second = other();
        first.layers = layersA;
        second.layers = layersB;
        first.rank = second.rank = [](int, int) { return 3; };
        const auto comparison = compareSessions(flatSession(first), flatSession(second), choiceOf(Variant::field));
        QCOMPARE(comparison.depth.size(), std::size_t(std::min({10, layersA, layersB})));
        int countA = 0, countB = 0;
        for (const DepthBin& bin : comparison.depth) {
            QVERIFY(bin.a.count > 0 && bin.b.count > 0);
            countA += bin.a.count;
            countB += bin.b.count;
        }
        QCOMPARE(countA, layersA * 4);
        QCOMPARE(countB, layersB * 3);
        QCOMPARE(comparison.depth.front().from, 0.0);
        QCOMPARE(comparison.depth.back().to, 1.0);
        QCOMPARE(comparison.probabilityLowerInA, 0.5);
        QCOMPARE(comparison.largestDistance, 0.0);
    }

    void nothingToCompareIsNoNumber() {
        Session empty = flatSession(other());
        for (auto& layer : empty.layers)
            layer.reset();
        const auto comparison = compareSessions(flatSession(a()), empty, choiceOf(Variant::field));
        QCOMPARE(comparison.b.distribution.count, 0);
        QCOMPARE(comparison.probabilityLowerInA, 0.5);
        QVERIFY(comparedMatrices(flatSession(a()), empty).empty());
    }

    void controlsKnowTheirText() {
        const Session text = flatSession(a()), control = flatSession(b());
        QVERIFY(isControlOf(control, text));
        QVERIFY(!isControlOf(text, control));
        QVERIFY(!isControlOf(text, text));
        FlatSession flat = b();
        flat.corpus = "elsewhere.txt";
        QVERIFY(!isControlOf(flatSession(flat), text));
        flat = b();
        flat.model = "other";
        QVERIFY(!isControlOf(flatSession(flat), text));
    }

    void settingsThatDiffer() {
        Session first = flatSession(a()), second = flatSession(b());
        second.corpus.windowLength = second.corpus.stride = 128;
        second.layers[0].reset();
        const auto differences = settingDifferences(first, second);
        QCOMPARE(differences.size(), 3u);
        QCOMPARE(differences[0].setting, std::string_view("control"));
        QCOMPARE(differences[1].b, std::string("128"));
        QCOMPARE(differences[2].setting, std::string_view("finished layers"));
        QCOMPARE(settingDifferences(first, flatSession(other()))[0].setting, std::string_view("model"));
        // All that can change a number is named.
        Session third = first;
        third.model.weightTypes = "Q4_0 3";
        third.corpus.control = "shuffled";
        third.corpus.seed = 7;
        third.corpus.stride = 3;
        third.corpus.field = "text";
        third.corpus.bos = !first.corpus.bos;
        QStringList names;
        for (const SettingDifference& difference : settingDifferences(first, third))
            names << QString::fromStdString(std::string(difference.setting));
        for (const char* name : {"control", "seed", "weight types", "stride", "BOS", "field of the text"})
            QVERIFY2(names.contains(QString::fromUtf8(name)), name);
    }

    void tableOfHeads() {
        Session first = flatSession(a());
        failHead(first, 0, 1, "query: not finite");
        const SessionTable table = makeComparisonTable(first, flatSession(b()), std::span(&participation, 1));
        QCOMPARE(table.columns.size(), 2u + 5 * 3);  // four matrices and the gap
        QCOMPARE(table.columns[4], std::string("field_participation_ratio_difference"));
        QCOMPARE(table.rows.size(), 12u);
        QCOMPARE(std::get<std::int64_t>(table.rows[5][0]), 1);
        QCOMPARE(std::get<double>(table.rows[11][2]), 12.0);
        QCOMPARE(std::get<double>(table.rows[11][4]), 2.0);
        QVERIFY(std::holds_alternative<std::monostate>(table.rows[1][2]));
        QCOMPARE(std::get<double>(table.rows[1][3]), 3.0);
        QVERIFY(std::holds_alternative<std::monostate>(table.rows[1][4]));
        const auto column = std::ranges::find(table.columns, "kv_field_participation_ratio_a") - table.columns.begin();
        QCOMPARE(std::get<double>(table.rows[11][std::size_t(column)]), 10.0);  // query head 3 reads KV head 1
    }

    void tableByDepth() {
        const std::vector measures{participation, parseMeasure("stable")};
        const SessionTable table = makeComparisonTable(flatSession(a()), flatSession(other()), measures);
        QCOMPARE(table.rows.size(), 3u);
        QCOMPARE(table.columns[3], std::string("field_participation_ratio_a_median"));
        for (const auto& row : table.rows)
            QCOMPARE(row.size(), table.columns.size());
        QCOMPARE(std::get<std::string>(table.rows[0][0]), std::string("all"));
        QCOMPARE(std::get<double>(table.rows[0][3]), 6.5);
        QCOMPARE(std::get<double>(table.rows[2][1]), 0.5);
        QCOMPARE(std::get<double>(table.rows[2][3]), 8.5);
        const auto difference = std::ranges::find(table.columns, "field_participation_ratio_difference");
        QCOMPARE(std::get<double>(table.rows[2][std::size_t(difference - table.columns.begin())]), 2.5);
        QCOMPARE(csvText(table).substr(0, 24), std::string("part,depth_from,depth_to"));
    }

    void json() {
        const std::vector measures{participation};
        const auto same = comparisonJson(flatSession(a()), flatSession(b()), measures);
        QCOMPARE(same["comparisons"].size(), 5u);
        QCOMPARE(same["comparisons"][0]["lower_in_a"].get<int>(), 4);
        QCOMPARE(same["comparisons"][0]["difference"]["max"].get<double>(), 2.0);
        QCOMPARE(same["settings"][0]["setting"].get<std::string>(), std::string("control"));
        const auto different = comparisonJson(flatSession(a()), flatSession(other()), measures);
        QVERIFY(!different["same_shape"].get<bool>());
        QVERIFY(different["comparisons"][0]["lower_in_a"].is_null());
        QCOMPARE(different["comparisons"][0]["depth"].size(), 2u);
        QCOMPARE(different["comparisons"][0]["difference_of_medians"].get<double>(), 3.0);  // 6.5 − 3.5
    }
};

QTEST_APPLESS_MAIN(TestSessionComparison)
#include "tst_session_comparison.moc"
