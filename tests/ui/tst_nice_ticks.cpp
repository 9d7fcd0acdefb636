// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <limits>
#include <random>

#include "ui/drawing/nice_ticks.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

QList<double> listOf(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

bool closeTo(const QList<double>& a, const QList<double>& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) {
               return std::abs(x - y) <= 1e-9 * std::max(1.0, std::abs(y));
           });
}

QString listed(const QList<double>& values) {
    QStringList texts;
    for (const double value : values)
        texts << QString::number(value);
    return texts.join(u", "_s);
}

// 1, 2 or 5 times a power of ten.
bool isNice(double step) {
    const double mantissa = step / std::pow(10, std::floor(std::log10(step) + 1e-9));
    return std::abs(mantissa - 1) < 1e-6 || std::abs(mantissa - 2) < 1e-6 || std::abs(mantissa - 5) < 1e-6;
}

}  // namespace

class TestNiceTicks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void linear_data() {
        QTest::addColumn<double>("minimum");
        QTest::addColumn<double>("maximum");
        QTest::addColumn<int>("most");
        QTest::addColumn<double>("smallestStep");
        QTest::addColumn<QList<double>>("expected");
        QTest::newRow("percent") << 0.0 << 100.0 << 6 << 0.0 << QList<double>{0, 20, 40, 60, 80, 100};
        QTest::newRow("percent, narrow") << 0.0 << 100.0 << 3 << 0.0 << QList<double>{0, 50, 100};
        QTest::newRow("inside the range only") << 0.4 << 9.5 << 6 << 0.0 << QList<double>{2, 4, 6, 8};
        QTest::newRow("across zero") << -3.0 << 2.0 << 6 << 0.0 << QList<double>{-3, -2, -1, 0, 1, 2};
        QTest::newRow("hundredths") << 0.0 << 0.05 << 6 << 0.0 << QList<double>{0, 0.01, 0.02, 0.03, 0.04, 0.05};
        QTest::newRow("sums of 0.1 reach 0.3") << 0.0 << 0.3 << 4 << 0.0 << QList<double>{0, 0.1, 0.2, 0.3};
        QTest::newRow("counts stay whole") << 0.0 << 3.0 << 12 << 1.0 << QList<double>{0, 1, 2, 3};
        QTest::newRow("components") << 0.0 << 64.0 << 8 << 1.0 << QList<double>{0, 10, 20, 30, 40, 50, 60};
        QTest::newRow("one value") << 7.0 << 7.0 << 5 << 0.0 << QList<double>{7};
        QTest::newRow("upside down") << 2.0 << 1.0 << 5 << 0.0 << QList<double>{};
        QTest::newRow("not a number") << std::nan("") << 1.0 << 5 << 0.0 << QList<double>{};
        QTest::newRow("infinite") << 0.0 << std::numeric_limits<double>::infinity() << 5 << 0.0 << QList<double>{};
    }

    void linear() {
        QFETCH(double, minimum);
        QFETCH(double, maximum);
        QFETCH(int, most);
        QFETCH(double, smallestStep);
        QFETCH(QList<double>, expected);
        const QList<double> found = listOf(niceTicks(minimum, maximum, most, smallestStep).values);
        QVERIFY2(closeTo(found, expected), qPrintable(listed(found)));
    }

    void everyRangeGetsNiceTicks() {
        std::mt19937 random(7);
        std::uniform_real_distribution<double> exponent(-6, 6), offset(-3, 3);
        for (int i = 0; i < 2000; ++i) {
            const double size = std::pow(10, exponent(random)), low = offset(random) * size;
            const int most = 2 + i % 11;
            const Ticks ticks = niceTicks(low, low + size, most);
            QVERIFY(isNice(ticks.step));
            QVERIFY(int(ticks.values.size()) <= most);
            // A finer nice step would give too many.
            const double finer = ticks.step / (std::fmod(std::log10(ticks.step) + 100, 1) > 0.5 ? 2.5 : 2);
            QVERIFY(std::floor((low + size) / finer + 1e-9) - std::ceil(low / finer - 1e-9) + 1 > most);
            for (const double value : ticks.values) {
                QVERIFY(value >= low - 1e-9 * size && value <= low + size + 1e-9 * size);
                // Its label tells it from the next one.
                QVERIFY(tickText(value, ticks.decimals) != tickText(value + ticks.step, ticks.decimals));
            }
        }
    }

    void range_data() {
        QTest::addColumn<double>("minimum");
        QTest::addColumn<double>("maximum");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::newRow("ranks") << 4.0 << 47.0 << 0.0 << 50.0;
        QTest::newRow("gap") << 0.4 << 9.5 << 0.0 << 10.0;
        QTest::newRow("already nice") << 0.0 << 50.0 << 0.0 << 50.0;
        QTest::newRow("one value") << 12.0 << 12.0 << 12.0 << 13.5;
        QTest::newRow("zero only") << 0.0 << 0.0 << 0.0 << 1.0;
        QTest::newRow("nothing") << std::nan("") << std::nan("") << 0.0 << 1.0;
    }

    void range() {
        QFETCH(double, minimum);
        QFETCH(double, maximum);
        QFETCH(double, low);
        QFETCH(double, high);
        const NiceRange found = niceRange(minimum, maximum, 6);
        QVERIFY(std::abs(found.minimum - low) < 1e-9);
        QVERIFY2(std::abs(found.maximum - high) < 1e-9, qPrintable(QString::number(found.maximum)));
    }

    void decades_data() {
        QTest::addColumn<double>("minimum");
        QTest::addColumn<double>("maximum");
        QTest::addColumn<int>("most");
        QTest::addColumn<QList<double>>("expected");
        QTest::newRow("powers of ten") << 0.01 << 100.0 << 6 << QList<double>{0.01, 0.1, 1, 10, 100};
        QTest::newRow("thinned to every second") << 1e-4 << 100.0 << 4 << QList<double>{1e-4, 0.01, 1, 100};
        QTest::newRow("1, 2, 5 where there is room") << 1.0 << 20.0 << 12 << QList<double>{1, 2, 5, 10, 20};
        QTest::newRow("none at or below zero") << 0.0 << 10.0 << 6 << QList<double>{};
    }

    void decades() {
        QFETCH(double, minimum);
        QFETCH(double, maximum);
        QFETCH(int, most);
        QFETCH(QList<double>, expected);
        const QList<double> found = listOf(decadeTicks(minimum, maximum, most).values);
        QVERIFY2(closeTo(found, expected), qPrintable(listed(found)));
    }

    void labelSteps_data() {
        QTest::addColumn<double>("spacing");
        QTest::addColumn<double>("label");
        QTest::addColumn<int>("step");
        QTest::newRow("room for all") << 20.0 << 18.0 << 1;
        QTest::newRow("every second") << 10.0 << 18.0 << 2;
        QTest::newRow("every fifth") << 5.0 << 18.0 << 5;
        QTest::newRow("every twentieth") << 1.0 << 18.0 << 20;
        QTest::newRow("no room at all") << 0.0 << 18.0 << 1;
    }

    void labelSteps() {
        QFETCH(double, spacing);
        QFETCH(double, label);
        QTEST(labelStep(spacing, label), "step");
    }

    void texts() {
        QCOMPARE(tickText(0.1 + 0.2, 1), u"0.3"_s);
        QCOMPARE(tickText(-5, 0), u"\u22125"_s);
        QCOMPARE(tickText(-0.0001, 1), u"0.0"_s);
        QCOMPARE(decadeText(0.01, false), u"0.01"_s);
        QCOMPARE(decadeText(1000, false), u"1000"_s);
        QCOMPARE(decadeText(1e-4, true), u"10<sup>\u22124</sup>"_s);
        QCOMPARE(decadeText(2e5, true), u"2·10<sup>5</sup>"_s);
    }
};

QTEST_MAIN(TestNiceTicks)
#include "tst_nice_ticks.moc"
