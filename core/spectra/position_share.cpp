// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/position_share.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdlib>
#include <utility>

#include "core/spectra/fourier.h"

namespace rankscope {

namespace {

constexpr std::int64_t blockRows = 128;

// Column 2c of a factor's values as real part, column 2c + 1 as imaginary part; an odd one out has none.
void takeColumnPair(const RowMatrix& values, Eigen::Index pair, Signal& signal) {
    const bool both = 2 * pair + 1 < values.cols();
    for (Eigen::Index row = 0; row < values.rows(); ++row)
        signal[row] = {values(row, 2 * pair), both ? values(row, 2 * pair + 1) : 0.0};
}

// sum += x · conj(y)
void addProduct(const Signal& x, const Signal& y, Signal& sum) {
    const auto* a = reinterpret_cast<const double*>(x.begin());
    const auto* b = reinterpret_cast<const double*>(y.begin());
    auto* to = reinterpret_cast<double*>(sum.begin());
    for (std::int64_t i = 0; i < 2 * sum.length(); i += 2) {
        to[i] += a[i] * b[i] + a[i + 1] * b[i + 1];
        to[i + 1] += a[i + 1] * b[i] - a[i] * b[i + 1];
    }
}

// Sums of QK̃ᵀ over its diagonals, one signal for each of the queries: δ < 0 is found at length + δ. Of pairs x = a + ib
// and y = c + id, Re Σ_t x_{t+δ} conj(y_t) = Σ_t (a_{t+δ} c_t + b_{t+δ} d_t) are the correlations of both columns.
std::vector<Signal> diagonalSums(std::span<const Factor* const> queries, const Factor& centredKey) {
    const std::int64_t rows = centredKey.rows(), length = quickLength(2 * rows - 1);
    const RowMatrix key = centredKey.values(0, rows);
    std::vector<RowMatrix> query;
    std::vector<Signal> sums;
    for (const Factor* factor : queries) {
        query.push_back(factor->values(0, rows));
        sums.emplace_back(length);
    }
    Signal columns(length), keySpectrum(length), querySpectrum(length);
    for (Eigen::Index pair = 0; 2 * pair < key.cols(); ++pair) {
        takeColumnPair(key, pair, columns);
        transform(columns, keySpectrum);
        for (std::size_t i = 0; i < query.size(); ++i) {
            takeColumnPair(query[i], pair, columns);
            transform(columns, querySpectrum);
            addProduct(querySpectrum, keySpectrum, sums[i]);
        }
    }
    for (Signal& sum : sums) {
        transformBack(sum, columns);
        std::swap(sum, columns);
    }
    return sums;
}

// Of one diagonal: how many cells it has.
double cells(std::int64_t tokens, std::int64_t distance) {
    return static_cast<double>(tokens - std::abs(distance));
}

// Rounding must not carry it beyond 1, nor a field of rounding only beyond anything.
double shareOf(const std::vector<double>& means, double energy) {
    const auto tokens = static_cast<std::int64_t>(means.size() + 1) / 2;
    double explained = 0;
    for (std::int64_t distance = 1 - tokens; distance < tokens; ++distance) {
        const double mean = means[static_cast<std::size_t>(distance + tokens - 1)];
        explained += cells(tokens, distance) * mean * mean;
    }
    return energy > 0 ? std::clamp(explained / energy, 0.0, 1.0) : 0.0;
}

}  // namespace

std::vector<PositionShare> positionShares(std::span<const Factor* const> queries, const Factor& centredKey,
                                          double scale) {
    const std::int64_t tokens = centredKey.rows();
    const std::vector<Signal> sums = diagonalSums(queries, centredKey);
    std::vector<PositionShare> shares(queries.size());
    for (std::size_t i = 0; i < queries.size(); ++i) {
        const Signal& sum = sums[i];
        const auto length = static_cast<double>(sum.length());
        for (std::int64_t distance = 1 - tokens; distance < tokens; ++distance)
            shares[i].means.push_back(scale * sum[distance < 0 ? sum.length() + distance : distance].real() / length /
                                      cells(tokens, distance));
        const double energy = scale * scale * queries[i]->gram().cwiseProduct(centredKey.gram()).sum();
        shares[i].share = shareOf(shares[i].means, energy);
    }
    return shares;
}

PositionShare visiblePositionShare(const Factor& query, const Factor& centredKey, double scale,
                                   std::span<const double> means, double energy) {
    const std::int64_t tokens = query.rows();
    // What the centring over visible keys takes off row i: s·q_i·c_i, with keys of mean 0 as in `field`.
    std::vector<double> taken(static_cast<std::size_t>(tokens));
    Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(query.columns());
    for (std::int64_t first = 0; first < tokens; first += blockRows) {
        const std::int64_t count = std::min(blockRows, tokens - first);
        const RowMatrix queries = query.values(first, count), keys = centredKey.values(first, count);
        for (std::int64_t row = 0; row < count; ++row) {
            sum += keys.row(row);
            taken[static_cast<std::size_t>(first + row)] =
                scale * queries.row(row).dot(sum) / static_cast<double>(first + row + 1);
        }
    }
    PositionShare found;
    found.means.assign(means.size(), 0.0);
    double takenFrom = 0;  // of rows δ … T − 1
    for (std::int64_t distance = tokens - 1; distance >= 0; --distance) {
        takenFrom += taken[static_cast<std::size_t>(distance)];
        const auto at = static_cast<std::size_t>(distance + tokens - 1);
        found.means[at] = means[at] - takenFrom / cells(tokens, distance);
    }
    found.share = shareOf(found.means, energy);
    return found;
}

}  // namespace rankscope
