// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/full_rank_fields.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/spectra/symmetric_eigenvalues.h"

namespace rankscope {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr Index blockRows = 64;

// The field as L = tril(P Rᵀ) with P = (q_i, −q_i·c_i), R = (k_j, 1) and c_i the mean of keys 0 … i; both factors are
// scaled, `factor` gives the size back.
class VisibleField final : public FullRankMatrix {
public:
    VisibleField(const FactorView& query, const FactorView& key, double scale) {
        // A constant vector more or less in all keys changes nothing: without their mean there is less to cancel.
        MatrixXd queries = Factor(query, false).values(), keys = Factor(key, true).values();
        m_factor = std::abs(scale) * takeNorm(queries) * takeNorm(keys);
        const Index rows = queries.rows(), columns = queries.cols();
        m_left.resize(rows, columns + 1);
        m_right.resize(rows, columns + 1);
        m_left.leftCols(columns) = queries;
        m_right.leftCols(columns) = keys;
        m_right.rightCols(1).setOnes();
        VectorXd sum = VectorXd::Zero(columns);
        for (Index i = 0; i < rows; ++i) {
            sum += keys.row(i).transpose();
            m_left(i, columns) = -queries.row(i).dot(sum) / static_cast<double>(i + 1);
        }
        for (Index first = 0; first < rows; first += blockRows)
            m_diagonal.push_back(diagonalBlock(first, std::min(blockRows, rows - first)));
    }

    Index rows() const override { return m_left.rows(); }
    double factor() const override { return m_factor; }

    // L x [T, n], block after block of rows: what earlier keys give is in one running sum Rᵀx.
    MatrixXd times(const MatrixXd& x) const override {
        MatrixXd result(rows(), x.cols()), sum = MatrixXd::Zero(m_right.cols(), x.cols());
        for (std::size_t i = 0; i < m_diagonal.size(); ++i) {
            const Index first = blockRows * static_cast<Index>(i), count = m_diagonal[i].rows();
            result.middleRows(first, count).noalias() = m_diagonal[i] * x.middleRows(first, count);
            result.middleRows(first, count).noalias() += m_left.middleRows(first, count) * sum;
            sum.noalias() += m_right.middleRows(first, count).transpose() * x.middleRows(first, count);
        }
        return result;
    }

    // Lᵀ x [T, n], from the last block to the first.
    MatrixXd transposedTimes(const MatrixXd& x) const override {
        MatrixXd result(rows(), x.cols()), sum = MatrixXd::Zero(m_left.cols(), x.cols());
        for (std::size_t i = m_diagonal.size(); i-- > 0;) {
            const Index first = blockRows * static_cast<Index>(i), count = m_diagonal[i].rows();
            result.middleRows(first, count).noalias() = m_diagonal[i].transpose() * x.middleRows(first, count);
            result.middleRows(first, count).noalias() += m_right.middleRows(first, count) * sum;
            sum.noalias() += m_left.middleRows(first, count).transpose() * x.middleRows(first, count);
        }
        return result;
    }

    MatrixXd ownProduct(const JobContext& context) const override {
        MatrixXd matrix = lowerTriangle();
        multiplyByOwnTranspose(matrix, context);
        return matrix;
    }

    // ‖L‖² without what would cancel: row i before its block is q_i·(k_j − m) + q_i·(m − c_i) with m the mean of those
    // keys, and the squares of the two parts add up. S is the scatter Σ (k_j − m)(k_j − m)ᵀ.
    double energy() const override {
        const Index columns = m_right.cols() - 1;
        MatrixXd scatter = MatrixXd::Zero(columns, columns);
        Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(columns);
        double sum = 0;
        for (std::size_t i = 0; i < m_diagonal.size(); ++i) {
            const Index first = blockRows * static_cast<Index>(i), count = m_diagonal[i].rows();
            const auto queries = m_left.block(first, 0, count, columns);
            const auto keys = m_right.block(first, 0, count, columns);
            sum += m_diagonal[i].squaredNorm();
            sum += (queries * scatter).cwiseProduct(queries).sum();
            sum += static_cast<double>(first) *
                   (queries * mean.transpose() + m_left.block(first, columns, count, 1)).squaredNorm();
            // Chan, Golub, LeVeque 1979: scatter and mean of two sets together.
            const Eigen::RowVectorXd blockMean = keys.colwise().mean(), step = blockMean - mean;
            const MatrixXd centred = keys.rowwise() - blockMean;
            const auto total = static_cast<double>(first + count);
            scatter.noalias() += centred.transpose() * centred;
            scatter.noalias() +=
                (static_cast<double>(first) * static_cast<double>(count) / total) * (step.transpose() * step);
            mean += (static_cast<double>(count) / total) * step;
        }
        return sum;
    }

private:
    // L [T, T]; the upper triangle is left undefined.
    MatrixXd lowerTriangle() const {
        MatrixXd result(rows(), rows());
        for (std::size_t i = 0; i < m_diagonal.size(); ++i) {
            const Index first = blockRows * static_cast<Index>(i), count = m_diagonal[i].rows();
            result.block(first, 0, count, first).noalias() =
                m_left.middleRows(first, count) * m_right.topRows(first).transpose();
            result.block(first, first, count, count) = m_diagonal[i];
        }
        return result;
    }

    MatrixXd diagonalBlock(Index first, Index count) const {
        MatrixXd block = m_left.middleRows(first, count) * m_right.middleRows(first, count).transpose();
        block.triangularView<Eigen::StrictlyUpper>().setZero();
        return block;
    }

    MatrixXd m_left, m_right;  // P, R [T, d + 1]
    std::vector<MatrixXd> m_diagonal;
    double m_factor = 1;
};

}  // namespace

std::unique_ptr<FullRankMatrix> visibleField(const FactorView& query, const FactorView& key, double scale) {
    return std::make_unique<VisibleField>(query, key, scale);
}

}  // namespace rankscope
