// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/full_rank_spectrum.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/error.h"
#include "core/spectra/block_lanczos.h"
#include "core/spectra/symmetric_eigenvalues.h"

namespace rankscope {

using Eigen::MatrixXd;

namespace {

// Roots of eigenvalues of AᵀA, in the size of the matrix.
FullRankSpectrum spectrumOf(std::vector<double> eigenvalues, double energy, double factor) {
    for (double& value : eigenvalues)
        value = factor * std::sqrt(std::max(0.0, value));
    return {std::move(eigenvalues), factor * factor * energy};
}

}  // namespace

double takeNorm(MatrixXd& matrix) {
    const double norm = matrix.stableNorm();
    if (norm > 0)
        matrix /= norm;
    return norm;
}

FullRankSpectrum allOf(const FullRankMatrix& matrix, const JobContext& context) {
    std::vector<double> eigenvalues = symmetricEigenvalues(matrix.ownProduct(context), context);
    if (eigenvalues.empty())
        throw Error(ErrorCode::unsupported, "spectrum", "eigenvalues", "convergence", "none");
    return spectrumOf(std::move(eigenvalues), matrix.energy(), matrix.factor());
}

std::optional<FullRankSpectrum> leadingOf(const FullRankMatrix& matrix, double share, const JobContext& context) {
    const double energy = matrix.energy();
    if (!(energy > 0))
        return FullRankSpectrum{};
    auto eigenvalues =
        leadingEigenvalues({.size = matrix.rows(),
                            .apply = [&](const MatrixXd& x) { return matrix.transposedTimes(matrix.times(x)); },
                            .trace = energy,
                            .share = share,
                            .largestBasis = matrix.rows() * 5 / 8},
                           context);
    if (!eigenvalues)
        return std::nullopt;
    return spectrumOf(std::move(*eigenvalues), energy, matrix.factor());
}

FullRankSpectrum fullRankSpectrum(const FullRankMatrix& matrix, const JobContext& context) {
    if (matrix.rows() <= fullRankDenseTokens)
        return allOf(matrix, context);
    if (auto leading = leadingOf(matrix, fullRankShare, context))
        return *leading;
    FullRankSpectrum all = allOf(matrix, context);
    double sum = 0;
    std::size_t count = 0;
    while (count < all.sigma.size() && sum < (fullRankShare + 1e-7) * all.energy) {
        sum += all.sigma[count] * all.sigma[count];
        ++count;
    }
    all.sigma.resize(count);
    return all;
}

}  // namespace rankscope
