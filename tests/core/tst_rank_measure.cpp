// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rank measures against closed forms, against numpy's k90 of a real model's spectra, and the properties that every row
// of the table must have.
#include <hdf5.h>

#include <QtTest>
#include <cmath>
#include <vector>

#include "core/base/error.h"
#include "core/measures/rank_measure.h"

using namespace rankscope;

namespace {

using Values = std::vector<double>;

double measured(const char* id, const Values& sigma, double energy = 0, std::int64_t rows = 0) {
    return parseMeasure(id)(SpectrumView{sigma, energy, rows, rows});
}

template <typename T>
std::vector<T> readReference(const char* path, hid_t type) {
    const hid_t file = H5Fopen(RANKSCOPE_TEST_DATA "/smollm2-wikitext-512.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT), space = H5Dget_space(dataset);
    std::vector<T> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    const bool done = H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0;
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
    return done ? values : std::vector<T>();
}

}  // namespace

class TestRankMeasure : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void closedForm_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QList<double>>("sigma");
        QTest::addColumn<double>("expected");
        const QList<double> equal(10, 0.7), single{5}, ends{3, 1}, thirds{std::sqrt(2.0), 1};
        for (const char* id : {"entropy", "roy-vetterli", "participation", "stable", "numerical"})
            QTest::addRow("ten equal values, %s", id) << QString(id) << equal << 10.0;
        QTest::newRow("ten equal values, k90: share reached exactly") << "k90" << equal << 9.0;
        QTest::newRow("ten equal values, k90.1") << "k90.1" << equal << 10.0;
        QTest::newRow("ten equal values, k50") << "k50" << equal << 5.0;
        for (const char* id : {"k90", "k99.99", "entropy", "roy-vetterli", "participation", "stable", "numerical"})
            QTest::addRow("one value, %s", id) << QString(id) << single << 1.0;
        QTest::newRow("3 and 1, k90: 9 of 10") << "k90" << ends << 1.0;
        QTest::newRow("3 and 1, k95") << "k95" << ends << 2.0;
        QTest::newRow("3 and 1, entropy") << "entropy" << ends << std::pow(0.9, -0.9) * std::pow(0.1, -0.1);
        QTest::newRow("3 and 1, Roy and Vetterli")
            << "roy-vetterli" << ends << std::pow(0.75, -0.75) * std::pow(0.25, -0.25);
        QTest::newRow("3 and 1, participation") << "participation" << ends << 100.0 / 82.0;
        QTest::newRow("3 and 1, stable") << "stable" << ends << 10.0 / 9.0;
        QTest::newRow("shares 2/3 and 1/3, participation") << "participation" << thirds << 9.0 / 5.0;
        QTest::newRow("trailing zeros, entropy: 0 ln 0 = 0")
            << "entropy" << QList<double>{3, 1, 0, 0} << std::pow(0.9, -0.9) * std::pow(0.1, -0.1);
        QTest::newRow("below float32 resolution, numerical") << "numerical" << QList<double>{1, 1e-3, 1e-7} << 2.0;
    }
    void closedForm() {
        QFETCH(QString, id);
        QFETCH(QList<double>, sigma);
        QFETCH(double, expected);
        const Values values(sigma.begin(), sigma.end());
        const double found = measured(qPrintable(id), values);
        QVERIFY2(std::abs(found - expected) <= 1e-12 * expected, qPrintable(QString::number(found, 'g', 17)));
    }

    void numericalUsesTheLargerSide() {
        const Values sigma{1, 1e-5};
        QCOMPARE(measured("numerical", sigma, 0, 64), 2.0);
        QCOMPARE(measured("numerical", sigma, 0, 100), 1.0);  // 100 · 2⁻²³ = 1.19e-5
    }

    // Every row of the table, whatever measures it holds.
    void everyMeasure_data() {
        QTest::addColumn<int>("row");
        for (std::size_t i = 0; i < rankMeasures().size(); ++i)
            QTest::newRow(std::string(rankMeasures()[i].id).c_str()) << static_cast<int>(i);
    }
    void everyMeasure() {
        QFETCH(int, row);
        const RankMeasure& measure = rankMeasures()[static_cast<std::size_t>(row)];
        QCOMPARE(measure.value({}, 0.9), 0.0);
        const Values zero(8, 0.0);
        QCOMPARE(measure.value({zero, 0, 8, 8}, 0.9), 0.0);
        const Values sigma{7, 5, 5, 2, 1, 0.5};
        const double rank = measure.value({sigma, 0, 6, 6}, 0.9);
        QVERIFY(rank >= 1 && rank <= 6);
        QVERIFY(!measure.integral || rank == std::floor(rank));
        for (const double factor : {1e-200, 1e-3, 1e200}) {
            Values scaled(sigma);
            for (double& value : scaled)
                value *= factor;
            const double same = measure.value({scaled, 0, 6, 6}, 0.9);
            QVERIFY2(std::abs(same - rank) < 1e-9, qPrintable(QString::number(factor)));
        }
        QVERIFY(!measure.label.empty() && !measure.formula.empty());
    }

    void truncatedSpectrum() {
        const Values stored{3, 2, 1};  // of a matrix with Σσ² = 16
        QCOMPARE(measured("k50", stored, 16), 1.0);
        QCOMPARE(measured("k80", stored, 16), 2.0);
        QCOMPARE(measured("stable", stored, 16), 16.0 / 9.0);
        QCOMPARE(measured("participation", stored, 16), 256.0 / 98.0);
        QVERIFY(std::isnan(measured("k90", stored, 16)));  // 14 of 16 is 87.5 %
        QVERIFY(std::isnan(measured("entropy", stored, 16)));
        QVERIFY(std::isnan(measured("roy-vetterli", stored, 16)));
        QVERIFY(std::isnan(measured("numerical", stored, 16)));
        QCOMPARE(measured("entropy", stored, 14), measured("entropy", stored));  // nothing was left out
    }

    void shares() {
        const Values sigma{2, 1, 1};
        Values p(3), cumulative(3);
        componentShares({sigma, 0, 3, 3}, p);
        cumulativeShares({sigma, 0, 3, 3}, cumulative);
        QCOMPARE(p, (Values{4.0 / 6, 1.0 / 6, 1.0 / 6}));
        QVERIFY(std::abs(cumulative[1] - 5.0 / 6) < 1e-15 && std::abs(cumulative[2] - 1) < 1e-15);
        const Values zero(3, 0.0);
        cumulativeShares({zero, 0, 3, 3}, cumulative);
        QCOMPARE(cumulative, zero);
        componentShares({sigma, 12, 3, 3}, p);
        QCOMPARE(p, (Values{4.0 / 12, 1.0 / 12, 1.0 / 12}));
    }

    void referenceSpectra_data() {
        QTest::addColumn<QByteArray>("variant");
        QTest::addColumn<bool>("truncated");
        for (const char* variant : {"field", "field_before_rotation", "field_without_first_key", "interaction",
                                    "interaction_norm_folded", "kv_field", "kv_interaction"})
            QTest::newRow(variant) << QByteArray(variant) << false;
        QTest::newRow("field_visible_keys") << QByteArray("field_visible_keys") << true;
    }
    void referenceSpectra() {
        QFETCH(QByteArray, variant);
        QFETCH(bool, truncated);
        const auto sigma = readReference<double>(variant + "/singular_values", H5T_NATIVE_DOUBLE);
        const auto k90 = readReference<int>(variant + "/k90", H5T_NATIVE_INT);
        const auto total =
            truncated ? readReference<double>(variant + "/total", H5T_NATIVE_DOUBLE) : Values(k90.size(), 0.0);
        QVERIFY(!k90.empty() && total.size() == k90.size());
        const std::size_t each = sigma.size() / k90.size();
        for (std::size_t head = 0; head < k90.size(); ++head) {
            const SpectrumView view{std::span(sigma).subspan(head * each, each), total[head], 0, 0};
            QCOMPARE(thresholdRank(view, 0.9), static_cast<double>(k90[head]));
        }
    }

    void ids_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("expected");  // empty: refused
        for (const char* id : {"k90", "k95", "k99.5", "k50", "k99.99", "entropy", "roy-vetterli", "participation",
                               "stable", "numerical"})
            QTest::newRow(id) << QString(id) << QString(id);
        QTest::newRow("k90.0") << "k90.0"
                               << "k90";
        for (const char* id :
             {"", "k", "k49.9", "k100", "k9e1", "k90%", "k-90", "knan", "kinf", "K90", "rank", "stable "})
            QTest::addRow("refused: '%s'", id) << QString(id) << QString();
    }
    void ids() {
        QFETCH(QString, id);
        QFETCH(QString, expected);
        try {
            const MeasureChoice choice = parseMeasure(id.toStdString());
            QCOMPARE(QString::fromStdString(choice.id()), expected);
            QVERIFY(parseMeasure(choice.id()) == choice);
        } catch (const Error& error) {
            QVERIFY2(expected.isEmpty(), error.what());
            for (const RankMeasure& measure : rankMeasures())
                QVERIFY(error.expected().find(measure.id) != std::string::npos);
        }
    }

    void thresholdIsNamed() {
        QCOMPARE(MeasureChoice(), parseMeasure("k90"));
        QCOMPARE(parseMeasure("k99.5").label(), std::string("k99.5"));
        QVERIFY(parseMeasure("k99.5").formula().find("≥ 99.5 %") != std::string::npos);
        QCOMPARE(parseMeasure("stable").formula(), std::string("Σσ² / σ₁²"));
    }
};

QTEST_APPLESS_MAIN(TestRankMeasure)
#include "tst_rank_measure.moc"
