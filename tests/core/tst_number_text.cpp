// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How numbers are rounded for people, and that a mean over tokens does not know how they were divided.
#include <QtTest>
#include <limits>
#include <random>

#include "core/base/number_text.h"
#include "core/base/token_mean.h"

using namespace rankscope;

class TestNumberText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fixed_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<int>("decimals");
        QTest::addColumn<QString>("text");
        const auto row = [](const char* name, double value, int decimals, const char* text) {
            QTest::newRow(name) << value << decimals << QString::fromLatin1(text);
        };
        row("a half up", 6.25, 1, "6.3");
        row("the other half up too", 5.75, 1, "5.8");
        row("a half away from zero", -6.25, 1, "-6.3");
        row("a half that binary does not have", 0.15, 1, "0.2");
        row("two decimals", 2.675, 2, "2.68");
        row("carried through nines", 9.95, 1, "10.0");
        row("to whole", 0.5, 0, "1");
        row("below a half", 0.49, 0, "0");
        row("negative zero", -0.0, 1, "0.0");
        row("rounds to zero", -0.04, 1, "0.0");
        row("far below", 1e-300, 2, "0.00");
        row("more decimals than it has", 12.5, 3, "12.500");
        row("large", 1e15, 1, "1000000000000000.0");
        row("not a number", std::numeric_limits<double>::quiet_NaN(), 1, "nan");
        row("infinite", -std::numeric_limits<double>::infinity(), 1, "-inf");
    }
    void fixed() {
        QFETCH(double, value);
        QFETCH(int, decimals);
        QTEST(QString::fromStdString(fixedText(value, decimals)), "text");
    }

    void general() {
        QCOMPARE(generalText(0.125, 2), std::string("0.13"));
        QCOMPARE(generalText(1e6, 6), std::string("1e+06"));
        QCOMPARE(generalText(0.25, 6), std::string("0.25"));
        QCOMPARE(generalText(-0.0, 3), std::string("0"));
    }

    void ranks() {
        QCOMPARE(rankText(12), std::string("12"));
        QCOMPARE(rankText(12.5), std::string("12.5"));
        QCOMPARE(rankText(6.25), std::string("6.3"));
    }

    // The texts subtract as the numbers do, with no more decimals than it takes.
    void differences() {
        QCOMPARE(decimalsOfDifference(12, 9), 0);
        QCOMPARE(decimalsOfDifference(12.5, 9), 1);
        QCOMPARE(decimalsOfDifference(6.5, 5.75), 2);
        QCOMPARE(decimalsOfDifference(12, 9, 1), 1);
        std::mt19937 random(1);
        std::uniform_int_distribution<int> quarters(0, 400);
        for (int i = 0; i < 1000; ++i) {
            const double a = quarters(random) / 4.0, b = quarters(random) / 4.0;
            const int decimals = decimalsOfDifference(a, b);
            const auto shown = [decimals](double value) { return std::stod(fixedText(value, decimals)); };
            QCOMPARE(fixedText(shown(a) - shown(b), decimals), fixedText(a - b, decimals));
            QVERIFY(decimals <= 2);
        }
    }

    void plurals() {
        QCOMPARE(counted(1, "window"), std::string("1 window"));
        QCOMPARE(counted(0, "window"), std::string("0 windows"));
        QCOMPARE(counted(8, "head"), std::string("8 heads"));
    }

    void meansOfParts() {
        std::mt19937 random(7);
        std::uniform_real_distribution<double> losses(0, 20);
        std::vector<double> all(3000);
        for (double& loss : all)
            loss = losses(random);
        TokenMean whole, joined;
        double plain = 0;
        for (const double loss : all) {
            whole.add(loss);
            plain += loss;
        }
        for (std::size_t first = 0, size = 1; first < all.size(); first += size, size = 2 * size + 1) {
            TokenMean part;
            for (std::size_t i = first; i < std::min(first + size, all.size()); ++i)
                part.add(all[i]);
            joined.add(part.mean(), part.count());
        }
        QCOMPARE(joined.count(), std::int64_t(all.size()));
        QVERIFY(joined.mean() == whole.mean());  // to the last bit
        QVERIFY(std::abs(whole.mean() - plain / double(all.size())) < 1e-8);
        TokenMean broken;
        broken.add(1);
        broken.add(std::numeric_limits<double>::quiet_NaN());
        QVERIFY(std::isnan(broken.mean()));
    }
};

QTEST_APPLESS_MAIN(TestNumberText)
#include "tst_number_text.moc"
