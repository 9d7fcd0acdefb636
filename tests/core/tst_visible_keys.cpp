// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The field over visible keys: both solvers against a dense SVD of the matrix itself, and the parts they are made of
// against closed forms.
#include <Eigen/Dense>
#include <QtTest>
#include <chrono>
#include <cmath>
#include <numbers>
#include <random>
#include <thread>

#include "core/base/error.h"
#include "core/session/session.h"
#include "core/spectra/block_lanczos.h"
#include "core/spectra/full_rank_fields.h"
#include "core/spectra/symmetric_eigenvalues.h"

using namespace rankscope;
using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

namespace {

FactorView viewOf(const RowMajor& matrix, const std::vector<double>& extra = {}) {
    return {.data = matrix.data(),
            .rows = matrix.rows(),
            .columns = matrix.cols(),
            .rowStride = matrix.cols(),
            .extraColumn = extra.empty() ? nullptr : extra.data()};
}

RowMajor gaussian(int rows, int columns, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal;
    return RowMajor::NullaryExpr(rows, columns, [&] { return normal(engine); });
}

// Neighbouring tokens alike and columns of falling size, as on text.
RowMajor walk(int rows, int columns, unsigned seed) {
    RowMajor matrix = gaussian(rows, columns, seed);
    for (int j = 0; j < columns; ++j)
        matrix.col(j) /= 1 + 0.3f * float(j);
    for (int i = 1; i < rows; ++i)
        matrix.row(i) += 0.9f * matrix.row(i - 1);
    return matrix;
}

// The definition, entry by entry.
Eigen::MatrixXd field(const RowMajor& query, const RowMajor& key, double scale, const std::vector<double>& bias = {}) {
    Eigen::MatrixXd matrix = scale * query.cast<double>() * key.cast<double>().transpose();
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
        for (Eigen::Index j = 0; j <= i && !bias.empty(); ++j)
            matrix(i, j) += bias[std::size_t(j)];
        matrix.row(i).head(i + 1).array() -= matrix.row(i).head(i + 1).mean();
        matrix.row(i).tail(matrix.cols() - i - 1).setZero();
    }
    return matrix;
}

FullRankSpectrum allVisibleKeys(const FactorView& query, const FactorView& key, double scale,
                                const JobContext& context) {
    return allOf(*visibleField(query, key, scale), context);
}

std::optional<FullRankSpectrum> leadingVisibleKeys(const FactorView& query, const FactorView& key, double scale,
                                                   double share, const JobContext& context) {
    return leadingOf(*visibleField(query, key, scale), share, context);
}

FullRankSpectrum visibleKeysSpectrum(const FactorView& query, const FactorView& key, double scale,
                                     const JobContext& context) {
    return fullRankSpectrum(*visibleField(query, key, scale), context);
}

std::vector<double> singularValues(const Eigen::MatrixXd& matrix) {
    const Eigen::VectorXd values = Eigen::BDCSVD<Eigen::MatrixXd>(matrix).singularValues();
    return {values.begin(), values.end()};
}

double worstDifference(const std::vector<double>& found, const std::vector<double>& truth) {
    double worst = 0;
    for (std::size_t i = 0; i < found.size(); ++i)
        worst = std::max(worst, std::abs(found[i] - truth[i]));
    return worst / truth[0];
}

// The operator with the given eigenvalues, in a basis that is not that of the coordinates.
LanczosProblem problemWith(const Eigen::VectorXd& eigenvalues) {
    const auto size = eigenvalues.size();
    Eigen::VectorXd mirror = gaussian(static_cast<int>(size), 1, 5).cast<double>();
    mirror.normalize();
    const auto reflect = [mirror](const Eigen::MatrixXd& x) -> Eigen::MatrixXd {
        return x - 2 * mirror * (mirror.transpose() * x);
    };
    return {.size = size,
            .apply = [=](const Eigen::MatrixXd& x) { return reflect(eigenvalues.asDiagonal() * reflect(x)); },
            .trace = eigenvalues.sum(),
            .largestBasis = size - 16};
}

struct Case {
    const char* name;
    int tokens;
    RowMajor query, key;
    std::vector<double> bias{};
    bool flat = false;  // so many values count that the truncated solver gives up
};

std::vector<Case> cases() {
    std::vector<Case> result;
    result.push_back({"like text, T = 300", 300, walk(300, 16, 1), walk(300, 16, 2)});
    result.push_back({"like text, T = 700", 700, walk(700, 24, 3), walk(700, 24, 4)});
    result.push_back({"a block boundary, T = 129", 129, walk(129, 8, 5), walk(129, 8, 6), {}, true});
    result.push_back({"d_h = 1", 200, walk(200, 1, 7), walk(200, 1, 8)});
    result.push_back({"d_h > T", 90, walk(90, 128, 9), walk(90, 128, 10), {}, true});
    Case sink{"a sink: key 0 a thousand times longer", 400, walk(400, 16, 11), walk(400, 16, 12)};
    sink.key.row(0) *= 1000;
    result.push_back(sink);
    Case mean{"large mean key", 400, walk(400, 16, 13), walk(400, 16, 14)};
    mean.key.array() += 500;
    result.push_back(mean);
    Case rank{"one query direction", 300, walk(300, 8, 15), walk(300, 8, 16)};
    rank.query.rightCols(7).setZero();
    result.push_back(rank);
    Case bias{"bias per key", 300, walk(300, 8, 17), walk(300, 8, 18)};
    for (int j = 0; j < 300; ++j)
        bias.bias.push_back(0.05 * j);
    result.push_back(bias);
    for (const float factor : {1e18f, 1e-18f}) {
        Case scaled{factor > 1 ? "huge, 1e18" : "tiny, 1e-18", 300, walk(300, 8, 19), walk(300, 8, 20)};
        scaled.query *= factor;
        scaled.key *= factor;
        result.push_back(scaled);
    }
    // Sixteen heads' worth of nearly equal directions: token i asks for key i mod 16 only.
    Case cluster{"clusters of nearly equal values", 480, RowMajor::Zero(480, 32), RowMajor::Zero(480, 32)};
    for (int i = 0; i < 480; ++i)
        cluster.query(i, i % 32) = cluster.key(i, i % 32) = 1;
    result.push_back(cluster);
    return result;
}

}  // namespace

class TestVisibleKeys : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void againstTheSvd_data() {
        QTest::addColumn<int>("row");
        for (std::size_t i = 0; i < cases().size(); ++i)
            QTest::newRow(cases()[i].name) << static_cast<int>(i);
    }
    void againstTheSvd() {
        QFETCH(int, row);
        const Case test = cases()[std::size_t(row)];
        const double scale = 0.25;
        std::vector<double> ones, bias;
        for (const double value : test.bias) {
            ones.push_back(1);
            bias.push_back(value / scale);
        }
        const FactorView query = viewOf(test.query, ones), key = viewOf(test.key, bias);
        const Eigen::MatrixXd matrix = field(test.query, test.key, scale, test.bias);
        const std::vector<double> truth = singularValues(matrix);
        const double energy = matrix.squaredNorm();

        const FullRankSpectrum all = allVisibleKeys(query, key, scale, JobContext());
        QCOMPARE(all.sigma.size(), std::size_t(test.tokens));
        QVERIFY2(worstDifference(all.sigma, truth) <= 1e-6,
                 qPrintable(QString::number(worstDifference(all.sigma, truth))));
        QVERIFY(std::abs(all.energy / energy - 1) < 1e-9);

        // As many as pass the share of the energy, no more, each as the SVD has it; ranks up to it are equal.
        const auto leading = leadingVisibleKeys(query, key, scale, 0.9, JobContext());
        QCOMPARE(leading.has_value(), !test.flat);
        if (!leading)
            return;
        QVERIFY2(worstDifference(leading->sigma, truth) <= 1e-6,
                 qPrintable(QString::number(worstDifference(leading->sigma, truth))));
        QCOMPARE(leading->energy, all.energy);
        for (const double threshold : {0.5, 0.8, 0.9})
            QCOMPARE(thresholdRank({leading->sigma, leading->energy, test.tokens, test.tokens}, threshold),
                     thresholdRank({truth, 0, test.tokens, test.tokens}, threshold));
        QCOMPARE(double(leading->sigma.size()), thresholdRank({truth, 0, test.tokens, test.tokens}, 0.9));
    }

    // The whole: beyond the limit only what passes 99 % is stored, and the rest is not claimed.
    void longWindows() {
        const int tokens = static_cast<int>(fullRankDenseTokens) + 76;
        const RowMajor query = walk(tokens, 16, 21), key = walk(tokens, 16, 22);
        const FullRankSpectrum found = visibleKeysSpectrum(viewOf(query), viewOf(key), 0.25, JobContext());
        const FullRankSpectrum all = allVisibleKeys(viewOf(query), viewOf(key), 0.25, JobContext());
        QVERIFY(found.sigma.size() < std::size_t(tokens) / 2);
        QVERIFY(worstDifference(found.sigma, all.sigma) <= 1e-6);
        QVERIFY(std::abs(found.energy / all.energy - 1) < 1e-12);
        const SpectrumView stored{found.sigma, found.energy, tokens, tokens}, whole{all.sigma, 0, tokens, tokens};
        for (const char* id : {"k50", "k90", "k95", "k99", "stable"})
            QVERIFY2(std::abs(parseMeasure(id)(stored) - parseMeasure(id)(whole)) < 1e-6, id);
        for (const char* id : {"k99.9", "entropy", "roy-vetterli", "numerical"})
            QVERIFY2(std::isnan(parseMeasure(id)(stored)), id);
    }

    // Where so many values count that the truncated solver gives up, the dense one steps in.
    void flatSpectrum() {
        const int tokens = static_cast<int>(fullRankDenseTokens) + 1;
        const RowMajor query = gaussian(tokens, 128, 23), key = gaussian(tokens, 128, 24);
        QVERIFY(!leadingVisibleKeys(viewOf(query), viewOf(key), 1, fullRankShare, JobContext()));
        const FullRankSpectrum found = visibleKeysSpectrum(viewOf(query), viewOf(key), 1, JobContext());
        const FullRankSpectrum all = allVisibleKeys(viewOf(query), viewOf(key), 1, JobContext());
        const auto count = std::size_t(thresholdRank({all.sigma, 0, tokens, tokens}, 0.99));
        QCOMPARE(found.sigma.size(), count);
        QVERIFY(std::equal(found.sigma.begin(), found.sigma.end(), all.sigma.begin()));
    }

    void smallest_data() {
        QTest::addColumn<int>("tokens");
        for (const int tokens : {1, 2, 3})
            QTest::addRow("T = %d", tokens) << tokens;
    }
    void smallest() {
        QFETCH(int, tokens);
        const RowMajor query = gaussian(tokens, 4, 25), key = gaussian(tokens, 4, 26);
        const FullRankSpectrum found = visibleKeysSpectrum(viewOf(query), viewOf(key), 0.5, JobContext());
        const std::vector<double> truth = singularValues(field(query, key, 0.5));
        QCOMPARE(found.sigma.size(), truth.size());
        for (std::size_t i = 0; i < truth.size(); ++i)
            QVERIFY(std::abs(found.sigma[i] - truth[i]) <= 1e-6 * std::max(truth[0], 1e-300));
    }

    void zero() {
        const RowMajor query = gaussian(50, 4, 27), alike = RowMajor::Ones(50, 4), none = RowMajor::Zero(50, 4);
        for (const RowMajor& key : {alike, none}) {
            const FullRankSpectrum found = visibleKeysSpectrum(viewOf(query), viewOf(key), 1, JobContext());
            QCOMPARE(found.sigma, std::vector<double>(50, 0.0));
            QCOMPARE(found.energy, 0.0);
            QVERIFY(leadingVisibleKeys(viewOf(query), viewOf(key), 1, 0.99, JobContext())->sigma.empty());
        }
    }

    void stops() {
        const RowMajor query = gaussian(2500, 64, 28), key = gaussian(2500, 64, 29);
        for (const bool dense : {false, true}) {
            std::stop_source stop;
            const JobContext context(stop.get_token(), {});
            std::chrono::steady_clock::time_point asked;
            std::jthread later([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(dense ? 300 : 100));
                asked = std::chrono::steady_clock::now();
                stop.request_stop();
            });
            if (dense)
                QVERIFY_EXCEPTION_THROWN(allVisibleKeys(viewOf(query), viewOf(key), 1, context), Cancelled);
            else
                QVERIFY_EXCEPTION_THROWN(visibleKeysSpectrum(viewOf(query), viewOf(key), 1, context), Cancelled);
            const auto answered = std::chrono::steady_clock::now();
            later.join();
            QVERIFY(answered - asked < std::chrono::milliseconds(500));
        }
    }

    // Eigenvalues of the second difference: 2 − 2 cos(π k / (n + 1)). Sizes around those at which the method changes.
    void eigenvalues_data() {
        QTest::addColumn<int>("size");
        for (const int size : {1, 2, 31, 64, 512, 513, 600, 1100})
            QTest::addRow("%d", size) << size;
    }
    void eigenvalues() {
        QFETCH(int, size);
        Eigen::MatrixXd tridiagonal = 2 * Eigen::MatrixXd::Identity(size, size);
        for (int i = 1; i < size; ++i)
            tridiagonal(i, i - 1) = tridiagonal(i - 1, i) = -1;
        Eigen::VectorXd mirror =
            gaussian(size, 1, 30).cast<double>();  // not tridiagonal any more, the same eigenvalues
        mirror.normalize();
        const Eigen::MatrixXd reflection = Eigen::MatrixXd::Identity(size, size) - 2 * mirror * mirror.transpose();
        const Eigen::MatrixXd matrix = reflection * tridiagonal * reflection;
        const std::vector<double> atOnce = symmetricEigenvalues(matrix),
                                  inPanels = symmetricEigenvalues(matrix, JobContext());
        for (const auto& found : {atOnce, inPanels}) {
            QCOMPARE(found.size(), std::size_t(size));
            for (int k = 1; k <= size; ++k)
                QVERIFY(std::abs(found[std::size_t(size - k)] - (2 - 2 * std::cos(std::numbers::pi * k / (size + 1)))) <
                        1e-12);
        }
    }

    void productWithOwnTranspose_data() {
        QTest::addColumn<int>("size");
        for (const int size : {1, 100, 1024, 1025, 1201})
            QTest::addRow("%d", size) << size;
    }
    void productWithOwnTranspose() {
        QFETCH(int, size);
        Eigen::MatrixXd matrix = gaussian(size, size, 31).cast<double>();  // garbage above the diagonal
        const Eigen::MatrixXd lower = matrix.triangularView<Eigen::Lower>();
        const Eigen::MatrixXd truth = (lower.transpose() * lower).triangularView<Eigen::Lower>();
        multiplyByOwnTranspose(matrix, JobContext());
        const Eigen::MatrixXd found = matrix.triangularView<Eigen::Lower>();
        QVERIFY((found - truth).norm() <= 1e-12 * truth.norm());
    }

    // Values of high multiplicity hide from a Krylov space; the check with fresh vectors must bring them out.
    void multiplicities_data() {
        QTest::addColumn<QList<double>>("values");
        QTest::addColumn<QList<int>>("copies");
        QTest::newRow("falling") << QList<double>{9, 5, 3, 1, 1e-4} << QList<int>{1, 1, 1, 1, 396};
        QTest::newRow("one of thirty") << QList<double>{9, 5, 0.001} << QList<int>{2, 30, 368};
        QTest::newRow("a hundred and three equal, then nothing") << QList<double>{4, 0} << QList<int>{103, 297};
        QTest::newRow("two clusters") << QList<double>{4, 2, 1e-4} << QList<int>{40, 60, 300};
        QTest::newRow("one value only") << QList<double>{7, 0} << QList<int>{1, 399};
        QTest::newRow("huge") << QList<double>{1e100, 1e99, 1e90} << QList<int>{3, 20, 377};
    }
    void multiplicities() {
        QFETCH(QList<double>, values);
        QFETCH(QList<int>, copies);
        Eigen::VectorXd eigenvalues(400);
        Eigen::Index at = 0;
        for (qsizetype i = 0; i < values.size(); ++i)
            for (int copy = 0; copy < copies[i]; ++copy)
                eigenvalues(at++) = values[i];
        const auto found = leadingEigenvalues(problemWith(eigenvalues), JobContext());
        QVERIFY(found.has_value());
        double sum = 0;
        Eigen::Index expected = 0;
        while (sum < 0.99 * eigenvalues.sum())
            sum += eigenvalues(expected++);
        QCOMPARE(Eigen::Index(found->size()), expected);
        for (Eigen::Index i = 0; i < expected; ++i)
            QVERIFY(std::abs(std::sqrt((*found)[std::size_t(i)]) - std::sqrt(eigenvalues(i))) <=
                    1e-6 * std::sqrt(eigenvalues(0)));
    }

    void givesUp() {
        LanczosProblem problem = problemWith(Eigen::VectorXd::LinSpaced(400, 1.0, 2.0).reverse());
        problem.largestBasis = 200;
        QVERIFY(!leadingEigenvalues(problem, JobContext()));
    }
};

QTEST_APPLESS_MAIN(TestVisibleKeys)
#include "tst_visible_keys.moc"
