// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Singular values of products: analytic spectra, and random ones against a dense float64 SVD of the whole product.
#include <Eigen/Dense>
#include <QtTest>
#include <cmath>
#include <random>

#include "core/spectra/energy_field.h"
#include "core/spectra/singular_values.h"

using namespace rankscope;
using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Q_DECLARE_METATYPE(RowMajor)

namespace {

FactorView viewOf(const RowMajor& matrix) {
    return {.data = matrix.data(), .rows = matrix.rows(), .columns = matrix.cols(), .rowStride = matrix.cols()};
}

RowMajor gaussian(int rows, int columns, int seed, float scale = 1) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal(0, scale);
    return RowMajor::NullaryExpr(rows, columns, [&] { return normal(engine); });
}

Eigen::MatrixXd centred(const RowMajor& matrix) {
    Eigen::MatrixXd result = matrix.cast<double>();
    result.rowwise() -= result.colwise().mean().eval();
    return result;
}

// The definition itself: form the product, take its SVD.
Eigen::VectorXd denseSingularValues(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
    return Eigen::BDCSVD<Eigen::MatrixXd>(a * b.transpose()).singularValues();
}

}  // namespace

class TestSingularValues : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void analytic_data() {
        QTest::addColumn<RowMajor>("a");
        QTest::addColumn<RowMajor>("b");
        QTest::addColumn<QList<double>>("sigma");
        const RowMajor identity = RowMajor::Identity(6, 4);
        RowMajor diagonal = identity;
        for (int i = 0; i < 4; ++i)
            diagonal(i, i) = std::vector<float>{5, 3, 2, 0.5}[i];
        QTest::newRow("identity") << identity << identity << QList<double>{1, 1, 1, 1};
        QTest::newRow("known diagonal") << diagonal << identity << QList<double>{5, 3, 2, 0.5};
        QTest::newRow("product of diagonals") << diagonal << diagonal << QList<double>{25, 9, 4, 0.25};
        QTest::newRow("zero matrix") << RowMajor(RowMajor::Zero(6, 4)) << identity << QList<double>{0, 0, 0, 0};
        QTest::newRow("rank one") << RowMajor(RowMajor::Ones(9, 3)) << RowMajor(RowMajor::Ones(4, 3))
                                  << QList<double>{18, 0, 0};
        QTest::newRow("fewer rows than columns")
            << RowMajor(RowMajor::Identity(2, 4)) << identity << QList<double>{1, 1, 0, 0};
        QTest::newRow("huge") << RowMajor(identity * 1e18f) << RowMajor(identity * 1e18f)
                              << QList<double>{1e36, 1e36, 1e36, 1e36};
        QTest::newRow("tiny") << RowMajor(identity * 1e-18f) << RowMajor(identity * 1e-18f)
                              << QList<double>{1e-36, 1e-36, 1e-36, 1e-36};
    }

    void analytic() {
        QFETCH(RowMajor, a);
        QFETCH(RowMajor, b);
        QFETCH(QList<double>, sigma);
        const std::vector<double> found = productSingularValues(Factor(viewOf(a), false), Factor(viewOf(b), false), 1);
        QCOMPARE(qsizetype(found.size()), sigma.size());
        for (qsizetype i = 0; i < sigma.size(); ++i)
            QVERIFY2(std::abs(found[i] - sigma[i]) <= 1e-6 * sigma[0],
                     qPrintable(QString("σ_%1: expected %2, found %3").arg(i + 1).arg(sigma[i]).arg(found[i])));
    }

    void random_data() {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<int>("size");
        QTest::addColumn<double>("meanKey");  // length of a vector that all keys share: centring must take it off
        QTest::addColumn<double>("decay");    // columns of Q fall off like decay^i
        QTest::newRow("T = 2") << 2 << 8 << 0.0 << 1.0;
        QTest::newRow("T < d_h") << 20 << 32 << 0.0 << 1.0;
        QTest::newRow("T = d_h") << 32 << 32 << 0.0 << 1.0;
        QTest::newRow("T > d_h") << 200 << 32 << 0.0 << 1.0;
        QTest::newRow("large mean key") << 200 << 32 << 1e4 << 1.0;
        QTest::newRow("fast decay") << 200 << 32 << 0.0 << 0.5;
        QTest::newRow("numerically singular") << 200 << 32 << 0.0 << 0.1;
    }

    void random() {
        QFETCH(int, tokens);
        QFETCH(int, size);
        QFETCH(double, meanKey);
        QFETCH(double, decay);
        RowMajor query = gaussian(tokens, size, 1);
        for (int i = 0; i < size; ++i)
            query.col(i) *= static_cast<float>(std::pow(decay, i));
        RowMajor key = gaussian(tokens, size, 2);
        key.col(0).array() += static_cast<float>(meanKey);
        const Factor a(viewOf(query), false), b(viewOf(key), true);
        const Eigen::VectorXd truth = 0.125 * denseSingularValues(query.cast<double>(), centred(key));
        const std::vector<double> found = productSingularValues(a, b, 0.125);
        QCOMPARE(int(found.size()), size);
        for (int i = 0; i < size; ++i) {
            const double expected = i < truth.size() ? truth(i) : 0.0;
            QVERIFY2(std::abs(found[i] - expected) <= 1e-6 * truth(0),
                     qPrintable(QString("σ_%1: expected %2, found %3").arg(i + 1).arg(expected).arg(found[i])));
        }
    }

    // Both ways, where both are allowed, agree far inside the contract; where squaring would lose digits QR is taken.
    void choosesTheWay() {
        const RowMajor query = gaussian(300, 16, 3);
        RowMajor key = gaussian(300, 16, 4);
        SingularValueMethod method = SingularValueMethod::qr;
        productSingularValues(Factor(viewOf(query), false), Factor(viewOf(key), true), 1, &method);
        QCOMPARE(method, SingularValueMethod::gram);
        RowMajor large = query;  // large in a direction in which the keys hardly vary
        large.col(0) *= 1e5f;
        key.col(0) *= 1e-5f;
        const Factor a(viewOf(large), false), b(viewOf(key), true);
        const std::vector<double> found = productSingularValues(a, b, 1, &method);
        QCOMPARE(method, SingularValueMethod::qr);
        const Eigen::VectorXd truth = denseSingularValues(large.cast<double>(), centred(key));
        for (int i = 0; i < 16; ++i)
            QVERIFY(std::abs(found[i] - truth(i)) <= 1e-6 * truth(0));
    }

    void stackedFactors() {
        const RowMajor first = gaussian(50, 8, 5), second = gaussian(70, 8, 6), key = gaussian(50, 8, 7);
        RowMajor both(120, 8);
        both << first, second;
        const Factor a(viewOf(first), false), b(viewOf(second), false);
        const Factor stacked = Factor::stacked({&a, &b});
        QCOMPARE(stacked.rows(), std::int64_t(120));
        const Factor keys(viewOf(key), true);
        const std::vector<double> found = productSingularValues(stacked, keys, 1);
        const Eigen::VectorXd truth = denseSingularValues(both.cast<double>(), centred(key));
        for (int i = 0; i < 8; ++i)
            QVERIFY(std::abs(found[i] - truth(i)) <= 1e-9 * truth(0));
        const Eigen::MatrixXd triangle = stacked.triangle();
        QVERIFY((triangle.transpose() * triangle - stacked.gram()).norm() < 1e-9 * stacked.gram().norm());
    }

    // One row more in front, however large: the same Gram matrix as from all rows at once, to rounding of that.
    void withFirstRow_data() {
        QTest::addColumn<float>("factor");
        QTest::addColumn<bool>("isCentred");
        for (const bool isCentred : {false, true})
            for (const float factor : {1.0f, 1e3f, 1e8f, 0.0f})
                QTest::addRow("first row times %g, %s", factor, isCentred ? "centred" : "as it is")
                    << factor << isCentred;
    }
    void withFirstRow() {
        QFETCH(float, factor);
        QFETCH(bool, isCentred);
        RowMajor whole = gaussian(300, 8, 17);
        whole.row(0) *= factor;
        const FactorView all = viewOf(whole);
        FactorView rest = all;
        rest.data += rest.rowStride;
        --rest.rows;
        const Factor without(rest, isCentred), with = Factor::withFirstRow(all, without), direct(all, isCentred);
        QCOMPARE(with.rows(), std::int64_t(300));
        QVERIFY((with.gram() - direct.gram()).norm() <= 1e-13 * direct.gram().norm());
        QVERIFY((with.values() - direct.values()).norm() <= 1e-13 * direct.values().norm());
    }

    void stridedViews() {
        const RowMajor whole = gaussian(40, 24, 8);  // three heads of eight side by side
        const RowMajor middle = whole.middleCols(8, 8);
        const Factor strided({.data = whole.data() + 8, .rows = 40, .columns = 8, .rowStride = 24}, false);
        QVERIFY((strided.gram() - Factor(viewOf(middle), false).gram()).norm() < 1e-12);
        const Factor transposed({.data = middle.data(), .rows = 8, .columns = 40, .rowStride = 1, .columnStride = 8},
                                false);
        QVERIFY((transposed.values() - middle.cast<double>().transpose()).norm() < 1e-12);
    }

    void notFinite_data() {
        QTest::addColumn<float>("value");
        QTest::newRow("NaN") << std::numeric_limits<float>::quiet_NaN();
        QTest::newRow("infinity") << std::numeric_limits<float>::infinity();
    }

    void notFinite() {
        QFETCH(float, value);
        RowMajor matrix = gaussian(20, 4, 9);
        QVERIFY(Factor(viewOf(matrix), true).isFinite());
        matrix(7, 2) = value;
        QVERIFY(!Factor(viewOf(matrix), false).isFinite());
        QVERIFY(!Factor(viewOf(matrix), true).isFinite());
    }

    void triplesRebuildTheField() {
        const RowMajor query = gaussian(60, 12, 10), key = gaussian(60, 12, 11);
        const Factor a(viewOf(query), false), b(viewOf(key), true);
        const SingularTriples triples = leadingTriples(a, b, 0.25, 12);
        const Eigen::VectorXf sigma = Eigen::Map<const Eigen::VectorXf>(triples.sigma.data(), 12);
        const Eigen::MatrixXf field = (0.25 * query.cast<double>() * centred(key).transpose()).cast<float>();
        QVERIFY((triples.left * sigma.asDiagonal() * triples.right.transpose() - field).norm() < 1e-4f * field.norm());
        QVERIFY((triples.left.transpose() * triples.left - Eigen::MatrixXf::Identity(12, 12)).norm() < 1e-4f);
        QVERIFY((triples.right.transpose() * triples.right - Eigen::MatrixXf::Identity(12, 12)).norm() < 1e-4f);
    }

    void keySharesAgainstTheField() {
        const RowMajor query = gaussian(30, 6, 12), key = gaussian(30, 6, 13);
        const RowMajor other = gaussian(30, 6, 16), zero = RowMajor::Zero(30, 6);
        const Factor a(viewOf(query), false), b(viewOf(other), false), c(viewOf(zero), false);
        const Factor* const queries[] = {&a, &b, &c};
        const auto shares = keyShares(queries, Factor(viewOf(key), true));
        QCOMPARE(shares.size(), std::size_t(3));
        for (std::size_t i = 0; i < 2; ++i) {
            const Eigen::MatrixXd field = (i ? other : query).cast<double>() * centred(key).transpose();
            for (int j = 0; j < 30; ++j)
                QVERIFY(std::abs(shares[i][j] - field.col(j).squaredNorm() / field.squaredNorm()) < 1e-12);
        }
        QCOMPARE(shares[2], std::vector<double>(30, 0.0));
    }
};

QTEST_GUILESS_MAIN(TestSingularValues)
#include "tst_singular_values.moc"
