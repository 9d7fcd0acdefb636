// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/block_lanczos.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/spectra/symmetric_eigenvalues.h"
#include "core/statistics/seeded_random.h"

namespace rankscope {

using Eigen::Index;
using Eigen::MatrixXd;

namespace {

constexpr Index blockSize = 16;
constexpr std::uint64_t streamSeed = 0x4C616E637A6F73;  // any constant: results must not depend on the run

// Loss of orthogonality at which a block is worked over once more. Ritz values feel its square.
constexpr double orthogonality = 1e-10;

// Relative to what it was computed from, a remainder of this length is rounding.
constexpr double nothing = 1e-13;

class BlockLanczos {
public:
    BlockLanczos(const LanczosProblem& problem, const JobContext& context)
        : m_problem(problem),
          m_context(context),
          m_basis(problem.size, problem.largestBasis),
          m_projected(problem.largestBasis, problem.largestBasis) {}

    std::optional<std::vector<double>> run() {
        m_next = randomBlock();
        while (m_count + blockSize <= m_problem.largestBasis) {
            step();
            if (m_count < m_nextCheck || m_captured < m_problem.share * m_problem.trace)
                continue;
            if (auto found = check())
                return found;
        }
        return std::nullopt;
    }

private:
    auto basis() const { return m_basis.leftCols(m_count); }

    // Takes the next block into the basis, projects the operator on it and makes the block after it.
    void step() {
        m_context.throwIfStopped();
        const Index count = m_next.cols();
        m_basis.middleCols(m_count, count) = m_next;
        m_count += count;
        MatrixXd x = m_problem.apply(m_next);
        const double before = x.norm();
        const MatrixXd projection = basis().transpose() * x;
        m_projected.block(0, m_count - count, m_count, count) = projection;
        m_captured += projection.bottomRows(count).trace();
        x.noalias() -= basis() * projection;
        m_next = orthonormalised(std::move(x), before);
    }

    // The eigenvalues, if they have settled; otherwise decides when to look again.
    std::optional<std::vector<double>> check() {
        std::vector<double> values =
            symmetricEigenvalues(m_projected.topLeftCorner(m_count, m_count).transpose(), m_context);
        const std::size_t wanted = countReaching(values);
        const bool settled = wanted > 0 && !moved(values, wanted);
        if (settled && m_held.cols() > 0) {
            values.resize(wanted);
            return values;
        }
        m_nextCheck = m_count + (settled ? 2 : 1) * blockSize;
        // Values that have just come into reach are far from settled: the space must grow well beyond them.
        if (wanted > 0 && m_before.empty())
            m_nextCheck = std::max(m_nextCheck, static_cast<Index>(1.8 * static_cast<double>(wanted)));
        if (settled) {
            m_held = std::exchange(m_next, randomBlock());
        } else if (m_held.cols() > 0) {  // random vectors did bring out something: go on where the space had been left
            MatrixXd x = std::exchange(m_held, MatrixXd());
            const double before = x.norm();
            removeBasis(x);
            m_next = orthonormalised(std::move(x), before);
        }
        if (wanted > 0)
            m_before = std::move(values);
        return std::nullopt;
    }

    // The fewest leading values that reach the share, with a margin for rounding; 0 if all together do not.
    std::size_t countReaching(const std::vector<double>& values) const {
        double sum = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            sum += values[i];
            if (sum >= (m_problem.share + 1e-7) * m_problem.trace)
                return i + 1;
        }
        return 0;
    }

    bool moved(const std::vector<double>& values, std::size_t count) const {
        if (m_before.size() < count)
            return true;
        const double bound = m_problem.tolerance * std::sqrt(values.front());
        for (std::size_t i = 0; i < count; ++i)
            if (std::abs(std::sqrt(std::max(0.0, values[i])) - std::sqrt(std::max(0.0, m_before[i]))) > bound)
                return true;
        return false;
    }

    MatrixXd randomBlock() {
        MatrixXd x = gaussian(blockSize);
        const double before = x.norm();
        removeBasis(x);
        return orthonormalised(std::move(x), before);
    }

    MatrixXd gaussian(Index columns) {
        std::vector<float> values(static_cast<std::size_t>(m_problem.size * columns));
        fillGaussian(values, 1.0, seedOf(streamSeed, std::to_string(m_drawn++)));
        return Eigen::Map<const Eigen::MatrixXf>(values.data(), m_problem.size, columns).cast<double>();
    }

    void removeBasis(MatrixXd& x) const {
        const MatrixXd projection = basis().transpose() * x;
        x.noalias() -= basis() * projection;
    }

    // Columns of unit length, orthogonal to each other and to the basis. What is in `x` of the basis is rounding, of
    // numbers with the norm `before`.
    MatrixXd orthonormalised(MatrixXd x, double before) {
        const double smallest = normalise(x);
        if (!(smallest > nothing * before))
            return independent(std::move(x), before);
        if (std::numeric_limits<double>::epsilon() * before > orthogonality * smallest) {
            removeBasis(x);
            normalise(x);
        }
        return x;
    }

    // The same where columns depend on each other or are rounding only: random ones take the place of those. Column by
    // column and seldom needed.
    MatrixXd independent(MatrixXd x, double before) {
        MatrixXd result(m_problem.size, 0);
        for (Index i = 0; i < x.cols(); ++i) {
            MatrixXd column = x.col(i);
            double bound = nothing * before;
            for (int pass = 0; pass < 3;) {
                removeBasis(column);
                column -= result * (result.transpose() * column).eval();
                const double length = column.norm();
                if (!(length > bound)) {
                    column = gaussian(1);
                    pass = 0;
                } else {
                    column /= length;
                    ++pass;
                }
                bound = nothing;
            }
            result.conservativeResize(Eigen::NoChange, i + 1);
            result.col(i) = column;
        }
        return result;
    }

    // x = x R⁻¹ with RᵀR = xᵀx, twice (Yamamoto, Nakatsukasa, Yanagisawa, Fukaya 2015: CholeskyQR2). Returns the
    // smallest diagonal entry of the first R, 0 if the columns are dependent.
    static double normalise(MatrixXd& x) {
        double smallest = 0;
        for (int pass = 0; pass < 2; ++pass) {
            MatrixXd gram = x.transpose() * x;
            const Eigen::LLT<MatrixXd> cholesky(gram);
            if (cholesky.info() != Eigen::Success)
                return 0;
            const Eigen::VectorXd diagonal = MatrixXd(cholesky.matrixL()).diagonal();
            // Squaring loses what is below 1e-8 of the largest.
            if (!(diagonal.minCoeff() > 1e-7 * diagonal.maxCoeff()))
                return 0;
            if (pass == 0)
                smallest = diagonal.minCoeff();
            cholesky.matrixU().solveInPlace<Eigen::OnTheRight>(x);
        }
        return smallest;
    }

    const LanczosProblem& m_problem;
    const JobContext& m_context;
    MatrixXd m_basis;      // [size, largestBasis]: the first m_count columns
    MatrixXd m_projected;  // Vᵀ M V, upper triangle of blocks
    MatrixXd m_next;
    MatrixXd m_held;               // the block that random ones took the place of, to see whether all values are there
    std::vector<double> m_before;  // values at the last check
    Index m_count = 0, m_nextCheck = 0;
    int m_drawn = 0;
    double m_captured = 0;  // trace of the projected operator
};

}  // namespace

std::optional<std::vector<double>> leadingEigenvalues(const LanczosProblem& problem, const JobContext& context) {
    return BlockLanczos(problem, context).run();
}

}  // namespace rankscope
