// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The tests and intervals against SciPy 1.10, against all choices of signs, and against their definitions.
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "core/statistics/distribution.h"
#include "core/statistics/paired_tests.h"
#include "core/statistics/rank_correlation.h"
#include "core/statistics/resampling.h"

using namespace rankscope;

namespace {

using Values = std::vector<double>;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

// By trying all signs: the share of them with a rank sum as far out, both ways.
double signedRankByEnumeration(Values differences) {
    std::erase(differences, 0.0);
    std::vector<double> ranks;
    for (const double value : differences) {
        double below = 0, same = 0;
        for (const double other : differences) {
            below += std::abs(other) < std::abs(value);
            same += std::abs(other) == std::abs(value);
        }
        ranks.push_back(below + (same + 1) / 2);
    }
    double positive = 0;
    for (std::size_t i = 0; i < ranks.size(); ++i)
        positive += differences[i] > 0 ? ranks[i] : 0;
    const double all = std::accumulate(ranks.begin(), ranks.end(), 0.0);
    const double smaller = std::min(positive, all - positive);
    int asSmall = 0;
    for (unsigned signs = 0; signs < 1u << ranks.size(); ++signs) {
        double sum = 0;
        for (std::size_t i = 0; i < ranks.size(); ++i)
            sum += (signs >> i & 1u) ? ranks[i] : 0;
        asSmall += sum <= smaller;
    }
    return std::min(1.0, 2.0 * asSmall / double(1u << ranks.size()));
}

double close(double found, double expected) {
    return std::abs(found - expected) <= 1e-12 * std::max(1.0, std::abs(expected));
}

// What sorting all drawn values gives.
double medianOfDrawn(const Values& values, std::span<const std::int32_t> counts) {
    Values drawn;
    for (std::size_t i = 0; i < values.size(); ++i)
        drawn.insert(drawn.end(), std::size_t(counts[i]), values[i]);
    return distributionOf(drawn).median;
}

}  // namespace

Q_DECLARE_METATYPE(Values)

class TestStatistics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pairedAgainstSciPy_data() {
        QTest::addColumn<Values>("differences");
        QTest::addColumn<double>("sign");
        QTest::addColumn<double>("signedRank");
        QTest::newRow("no ties") << Values{1, 2, 3, 4, 5, 6, -7, 8} << 0.0703125 << 0.1484375;
        // scipy.stats.wilcoxon(mode="approx", correction=False) without the zeros; binomtest
        Values many;
        for (int i = 0; i < 60; ++i)
            many.push_back(i * 37 % 23 - 9);
        QTest::newRow("many, with ties and zeros") << many << 0.23704711476271959 << 0.04353205576279501;
        QTest::newRow("nothing differs") << Values{0, 0, 0} << 1.0 << 1.0;
        QTest::newRow("nothing there") << Values{none, none} << 1.0 << 1.0;
    }
    void pairedAgainstSciPy() {
        QFETCH(Values, differences);
        const PairedTests tests = pairedTests(differences, 1, 0);
        QFETCH(double, sign);
        QVERIFY2(close(tests.signTest, sign), qPrintable(QString::number(tests.signTest, 'g', 17)));
        QFETCH(double, signedRank);
        QVERIFY2(close(tests.signedRank, signedRank), qPrintable(QString::number(tests.signedRank, 'g', 17)));
    }

    // scipy.stats.spearmanr; a pair without a number counts for nothing.
    void rankCorrelationAgainstSciPy() {
        const Values x{12, 3, 3, 18, 7, 7, 7, 1, 30, 25, none, 4}, y{16, 4, 8, 32, 8, 4, 16, 2, 24, 48, 5, none};
        const RankCorrelation found = rankCorrelation(x, y);
        QCOMPARE(found.pairs, 10);
        QVERIFY(close(found.rho, 0.8820045911249169));
        QCOMPARE(meanRanks(Values{3, 1, 3, 2}), (Values{3.5, 1, 3.5, 2}));
        QVERIFY(close(rankCorrelation(Values{1, 2, 3}, Values{9, 4, 1}).rho, -1));
        QVERIFY(std::isnan(rankCorrelation(Values{1, 2, 3}, Values{5, 5, 5}).rho));
        QCOMPARE(rankCorrelation(Values{}, Values{}).pairs, 0);
    }

    void signedRankWithTies() {
        for (const Values& differences : {Values{0.5, -1, 2, 3, -0.5, 4, 1.5, 2.5, 0, 6}, Values{1, 1, 1, -1, 2, 2, -3},
                                          Values{-1}, Values{2, -2}, Values{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1}})
            QVERIFY(close(pairedTests(differences, 1, 0).signedRank, signedRankByEnumeration(differences)));
    }

    // Both ways to the same number, where one takes over from the other.
    void exactAndNormalAgree() {
        std::mt19937 engine(1);
        for (const int pairs : {exactPairs, exactPairs + 1}) {
            Values differences;
            for (int i = 0; i < pairs; ++i)
                differences.push_back(double(engine() % 1000) - 400);
            const double here = pairedTests(differences, 1, 0).signedRank;
            differences.push_back(differences.back() * 1.001);
            QVERIFY(std::abs(std::log(pairedTests(differences, 1, 0).signedRank / here)) < 0.5);
        }
    }

    void pairsAreCounted() {
        const PairedTests tests = pairedTests(Values{1, none, -2, 0, 3, none, none, none}, 2, 0);
        QCOMPARE(std::tuple(tests.pairs, tests.lower, tests.equal, tests.higher), std::tuple(4, 1, 1, 2));
        QCOMPARE(tests.median, 0.5);
        QCOMPARE(tests.clusters, 3);  // the last has no pair
        QVERIFY(!tests.medianInterval && !tests.excess);
    }

    // Where all heads of a layer agree, layers count and heads do not: as wide with 2 heads as with 64.
    void clustersSetTheWidth() {
        std::mt19937 engine(5);
        Values layers;
        for (int layer = 0; layer < 30; ++layer)
            layers.push_back(double(engine() % 100) / 10 - 4);
        const auto widthWith = [&](int heads) {
            Values differences;
            for (const double layer : layers)
                differences.insert(differences.end(), std::size_t(heads), layer);
            const Interval interval = pairedTests(differences, heads, 3).medianInterval.value();
            return interval.high - interval.low;
        };
        QVERIFY(widthWith(1) > 0);
        QCOMPARE(widthWith(64), widthWith(2));
        // Taken as independent they would look eight times as sure.
        Values differences;
        for (const double layer : layers)
            differences.insert(differences.end(), 64, layer);
        const Interval wrong = pairedTests(differences, 1, 3).medianInterval.value();
        QVERIFY(wrong.high - wrong.low < widthWith(64) / 2);
    }

    void resampledMedian() {
        std::mt19937 engine(2);
        for (const int items : {1, 2, 3, 7, 8, 33}) {
            Values values;
            for (int i = 0; i < items; ++i)
                values.push_back(double(engine() % 9));
            const Resamples resamples(items, 4);
            const ResampledMedian median(values);
            for (int draw = 0; draw < bootstrapDraws; ++draw) {
                const auto counts = resamples.counts(draw);
                QCOMPARE(std::accumulate(counts.begin(), counts.end(), 0), items);
                QCOMPARE(median(counts), medianOfDrawn(values, counts));
            }
        }
    }

    void drawsDependOnTheSeedOnly() {
        const Resamples a(9, 1), same(9, 1), other(9, 2);
        int differing = 0;
        for (int draw = 0; draw < bootstrapDraws; ++draw) {
            QVERIFY(std::ranges::equal(a.counts(draw), same.counts(draw)));
            differing += !std::ranges::equal(a.counts(draw), other.counts(draw));
        }
        QVERIFY(differing > bootstrapDraws / 2);
    }

    // 95 % intervals of the mean of 12 Gaussian values hold the true one about as often as they say.
    void coverage() {
        std::mt19937 engine(7);
        std::normal_distribution<double> normal;
        int held = 0, runs = 400;
        for (int run = 0; run < runs; ++run) {
            Values values(12), means;
            for (double& value : values)
                value = normal(engine);
            const Resamples resamples(12, std::uint64_t(run));
            for (int draw = 0; draw < bootstrapDraws; ++draw) {
                double sum = 0;
                for (int i = 0; i < 12; ++i)
                    sum += values[std::size_t(i)] * resamples.counts(draw)[std::size_t(i)];
                means.push_back(sum / 12);
            }
            const Interval interval = percentileInterval(means);
            held += interval.low <= 0 && 0 <= interval.high;
        }
        QVERIFY2(held > 0.86 * runs && held < 0.98 * runs, qPrintable(QString::number(held)));
    }

    void quantiles() {
        const Values values{1, 2, 4, 8};  // numpy.quantile: 1.075, 7.7
        QCOMPARE(quantile(values, 0.025), 1.075);
        QCOMPARE(quantile(values, 0.975), 7.7);
        QCOMPARE(quantile(Values{3}, 0.975), 3.0);
    }
};

QTEST_APPLESS_MAIN(TestStatistics)
#include "tst_statistics.moc"
