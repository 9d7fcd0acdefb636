// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/energy_field.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>

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

std::vector<double> keyShares(const Factor& query, const Factor& centredKey) {
    const MatrixXd key = centredKey.values();
    const VectorXd squares = (key * query.gram()).cwiseProduct(key).rowwise().sum().cwiseMax(0.0);
    const double total = squares.sum();
    std::vector<double> shares(squares.size(), 0.0);
    if (total > 0)
        std::transform(squares.begin(), squares.end(), shares.begin(), [&](double square) { return square / total; });
    return shares;
}

std::vector<double> visibleKeysSingularValues(const FactorView& query, const FactorView& key, double scale) {
    const MatrixXd queries = Factor(query, false).values(), keys = Factor(key, true).values();
    MatrixXd field = scale * queries * keys.transpose();  // [T, T]; a constant per row more or less does not matter
    const Eigen::Index size = field.rows();
    for (Eigen::Index i = 0; i < size; ++i) {
        auto visible = field.row(i).head(i + 1);
        visible.array() -= visible.mean();
        field.row(i).tail(size - i - 1).setZero();
    }
    MatrixXd squared = MatrixXd::Zero(size, size);
    squared.selfadjointView<Eigen::Lower>().rankUpdate(field);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(squared, Eigen::EigenvaluesOnly);
    std::vector<double> sigma(size);
    for (Eigen::Index i = 0; i < size; ++i)
        sigma[i] = std::sqrt(std::max(0.0, solver.eigenvalues()(size - 1 - i)));
    return sigma;
}

}  // namespace rankscope
