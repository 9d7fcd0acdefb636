// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Position codes against published numbers: frequencies of each scaling rule, amplitudes, ALiBi's slopes.
#include <QtTest>
#include <cmath>
#include <numeric>

#include "core/model/hyperparameters.h"
#include "core/model/position_code.h"
#include "core/model/rotation.h"

using namespace rankscope;

namespace {
bool near(double found, double expected, double relative = 1e-7) {
    return std::abs(found - expected) <= relative * std::abs(expected);
}
}  // namespace

class TestRotation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void plain() {
        const std::vector<double> theta = plainFrequencies(10000, 64);
        QCOMPARE(theta.size(), std::size_t{32});
        QCOMPARE(theta[0], 1.0);
        QVERIFY(near(theta[16], 0.01, 1e-12));
        QVERIFY(near(theta[31], std::pow(10000.0, -62.0 / 64), 1e-12));
    }

    // Llama 3.2: d_h 64, base 500000, factor 32.
    void llama3_data() {
        QTest::addColumn<int>("index");
        QTest::addColumn<double>("expected");
        QTest::newRow("kept") << 14 << 0.003211446;
        QTest::newRow("blended, short") << 15 << 0.0012905479;
        QTest::newRow("blended, long") << 16 << 0.0004295568;
        QTest::newRow("divided") << 31 << 9.4183067e-08;
    }
    void llama3() {
        QFETCH(int, index);
        QFETCH(double, expected);
        std::vector<double> theta = plainFrequencies(500000, 64);
        applyLlama3Scaling(theta,
                           {.factor = 32, .lowFrequencyFactor = 1, .highFrequencyFactor = 4, .originalContext = 8192});
        QVERIFY(near(theta[index], expected, 2e-7));
    }

    void yarn() {
        const std::vector<double> plain = plainFrequencies(10000, 128);
        std::vector<double> theta = plain;
        applyYarnScaling(theta, 10000, {.factor = 4, .originalContext = 4096});
        QCOMPARE(theta.front(), plain.front());           // turns more than 32 times in 4096 tokens: kept
        QVERIFY(near(theta.back(), plain.back() / 4));    // turns less than once: divided
        for (std::size_t m = 1; m < theta.size(); ++m) {  // in between, and never out of order
            QVERIFY(theta[m] < theta[m - 1]);
            QVERIFY(theta[m] <= plain[m] * (1 + 1e-12) && theta[m] >= plain[m] / 4 * (1 - 1e-12));
        }
        QVERIFY(near(yarnAmplitude(4), 1.13863, 1e-5));
        QCOMPARE(yarnAmplitude(1), 1.0);
    }

    void longrope() {
        QVERIFY(near(longropeAmplitude(131072.0 / 4096, 4096), 1.190238, 1e-6));
        QCOMPARE(longropeAmplitude(1, 4096), 1.0);
        Rotation rotation;
        rotation.frequencies = {1.0, 0.1};
        rotation.longFrequencies = {0.5, 0.05};
        rotation.originalContext = 4096;
        QCOMPARE(frequenciesFor(rotation, 4096), rotation.frequencies);
        QCOMPARE(frequenciesFor(rotation, 4097), rotation.longFrequencies);
    }

    void dynamicNtk() {
        QCOMPARE(dynamicBase(10000, 128, 2, 2048, 100), 10000.0);  // no effect inside the context
        QCOMPARE(dynamicBase(10000, 128, 2, 2048, 2048), 10000.0);
        QVERIFY(near(dynamicBase(10000, 128, 2, 2048, 4096), 10000 * std::pow(3.0, 128.0 / 126)));
    }

    void alibi_data() {
        QTest::addColumn<int>("heads");
        QTest::addColumn<QList<double>>("expected");  // the last ones
        QTest::newRow("8") << 8 << QList<double>{0.015625, 0.0078125, 0.00390625};
        QTest::newRow("12") << 12 << QList<double>{0.00390625, 0.70710678, 0.35355339, 0.17677670, 0.08838835};
        QTest::newRow("1") << 1 << QList<double>{0.00390625};
    }
    void alibi() {
        QFETCH(int, heads);
        QFETCH(QList<double>, expected);
        const std::vector<double> slopes = alibiSlopes(heads);
        QCOMPARE(int(slopes.size()), heads);
        for (qsizetype i = 0; i < expected.size(); ++i)
            QVERIFY(near(slopes[slopes.size() - expected.size() + i], expected[i]));
    }

    void bfloat16() {
        QCOMPARE(roundedToBfloat16(0.5), 0.5);
        QCOMPARE(roundedToBfloat16(257), 256.0);  // halfway: to even
        QCOMPARE(roundedToBfloat16(259), 260.0);
        QCOMPARE(roundedToBfloat16(0.70710678), 0.70703125);
    }
};

QTEST_GUILESS_MAIN(TestRotation)
#include "tst_rotation.moc"
