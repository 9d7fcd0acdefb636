// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs of close singular values: where they begin and end, and what is no run.
#include <QtTest>
#include <vector>

#include "core/measures/degenerate_runs.h"

using namespace rankscope;

class TestDegenerateRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runs_data() {
        QTest::addColumn<QList<double>>("sigma");
        QTest::addColumn<QList<int>>("expected");  // first, count, first, count, …
        QTest::newRow("empty") << QList<double>{} << QList<int>{};
        QTest::newRow("one value") << QList<double>{3} << QList<int>{};
        QTest::newRow("zero matrix") << QList<double>{0, 0, 0} << QList<int>{};
        QTest::newRow("well apart") << QList<double>{4, 2, 1, 0.5} << QList<int>{};
        QTest::newRow("all equal") << QList<double>{2, 2, 2, 2} << QList<int>{0, 4};
        QTest::newRow("exactly one percent is apart") << QList<double>{100, 99, 50} << QList<int>{};
        QTest::newRow("just below one percent is close") << QList<double>{100, 99.01, 50} << QList<int>{0, 2};
        QTest::newRow("a chain is one run") << QList<double>{100, 99.1, 98.2, 97.3, 50} << QList<int>{0, 4};
        QTest::newRow("two runs") << QList<double>{10, 9.95, 5, 3, 2.99, 2.98, 1} << QList<int>{0, 2, 3, 3};
        QTest::newRow("neighbouring runs stay apart") << QList<double>{10, 9.95, 9.5, 9.48} << QList<int>{0, 2, 2, 2};
        QTest::newRow("at the end") << QList<double>{10, 5, 4.99} << QList<int>{1, 2};
        QTest::newRow("null directions are no run") << QList<double>{1, 0.5, 1e-9, 1e-9, 0, 0} << QList<int>{};
        // The published case of a null tolerance taken for a gap: 8e-3 and 2e-4 are far apart.
        QTest::newRow("small but not null, far apart") << QList<double>{1, 8e-3, 2e-4} << QList<int>{};
        QTest::newRow("small but not null, close") << QList<double>{1, 2e-4, 1.999e-4} << QList<int>{1, 2};
        QTest::newRow("huge") << QList<double>{1e300, 0.995e300, 1e299} << QList<int>{0, 2};
        QTest::newRow("tiny") << QList<double>{1e-300, 0.995e-300, 1e-301} << QList<int>{0, 2};
    }
    void runs() {
        QFETCH(QList<double>, sigma);
        QFETCH(QList<int>, expected);
        const std::vector<double> values(sigma.begin(), sigma.end());
        QList<int> found;
        for (const DegenerateRun& run : degenerateRuns({values, 0, 0, 0}))
            found << run.first << run.count;
        QCOMPARE(found, expected);
    }

    void nullBoundGrowsWithTheMatrix() {
        const std::vector<double> sigma{1, 1e-4, 1e-4};
        QCOMPARE(degenerateRuns({sigma, 0, 100, 100}), (std::vector<DegenerateRun>{{1, 2}}));
        QCOMPARE(degenerateRuns({sigma, 0, 1000, 100}), std::vector<DegenerateRun>());  // 1000 · 2⁻²³ = 1.19e-4
    }

    void difference() {
        const std::vector<double> sigma{100, 97, 90};
        QCOMPARE(degenerateRuns({sigma, 0, 3, 3}, 0.05), (std::vector<DegenerateRun>{{0, 2}}));
        const DegenerateRun run{3, 2};
        QVERIFY(!run.contains(2) && run.contains(3) && run.contains(4) && !run.contains(5));
    }
};

QTEST_APPLESS_MAIN(TestDegenerateRuns)
#include "tst_degenerate_runs.moc"
