// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/energy_field.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace rankscope {

using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

// R with RᵀR = AᵀA, whatever its rank.
MatrixXd squareRoot(const Factor& a) {
    const Eigen::LLT<MatrixXd> cholesky(a.gram());
    if (cholesky.info() == Eigen::Success)
        return cholesky.matrixL().transpose();
    return a.triangle();
}

}  // namespace

// With AᵀA = RᵀR and R BᵀB Rᵀ y = σ² y (y of unit length): right = B Rᵀ y / σ and left = A BᵀB Rᵀ y / σ². Both have
// unit length and no inverse of a factor is needed.
SingularTriples leadingTriples(const Factor& a, const Factor& b, double scale, int rank) {
    const MatrixXd root = squareRoot(a);
    const MatrixXd weighted = b.gram() * root.transpose();  // BᵀB Rᵀ [d, r]
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(root * weighted);
    const VectorXd& squares = solver.eigenvalues();  // ascending
    const auto available = static_cast<int>(squares.size());
    MatrixXd leftMap = MatrixXd::Zero(a.columns(), rank), rightMap = MatrixXd::Zero(a.columns(), rank);
    SingularTriples result;
    result.sigma.assign(rank, 0.0f);
    const double floor = 1e-12 * std::max(0.0, squares(available - 1));  // σ_i below 1e-6 · σ_1 is rounding here
    for (int i = 0; i < std::min(rank, available); ++i) {
        const double square = squares(available - 1 - i);
        if (!(square > floor))
            break;
        const auto y = solver.eigenvectors().col(available - 1 - i);
        rightMap.col(i) = root.transpose() * y / std::sqrt(square);
        leftMap.col(i) = weighted * y / square;
        result.sigma[i] = static_cast<float>(std::abs(scale) * std::sqrt(square));
    }
    result.left = (a.values() * leftMap).cast<float>();
    result.right = (b.values() * rightMap).cast<float>();
    if (scale < 0)
        result.left = -result.left;
    return result;
}

std::vector<std::vector<double>> keyShares(std::span<const Factor* const> queries, const Factor& centredKey) {
    constexpr std::int64_t blockRows = 128;
    const std::int64_t rows = centredKey.rows(), columns = centredKey.columns();
    MatrixXd grams(columns, columns * static_cast<std::int64_t>(queries.size()));
    for (std::size_t i = 0; i < queries.size(); ++i)
        grams.middleCols(static_cast<std::int64_t>(i) * columns, columns) = queries[i]->gram();
    MatrixXd squares(rows, queries.size());
    for (std::int64_t first = 0; first < rows; first += blockRows) {
        const RowMatrix key = centredKey.values(first, std::min(blockRows, rows - first));
        const RowMatrix weighted = key * grams;
        for (Eigen::Index i = 0; i < squares.cols(); ++i)
            squares.col(i).segment(first, key.rows()) =
                weighted.middleCols(i * columns, columns).cwiseProduct(key).rowwise().sum().cwiseMax(0.0);
    }
    std::vector<std::vector<double>> shares;
    for (Eigen::Index i = 0; i < squares.cols(); ++i) {
        const double total = squares.col(i).sum();
        if (total > 0)
            squares.col(i) /= total;
        shares.emplace_back(squares.col(i).begin(), squares.col(i).end());
    }
    return shares;
}

}  // namespace rankscope
