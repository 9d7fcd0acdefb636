// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/full_rank_fields.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <vector>

#include "core/spectra/fourier.h"
#include "core/spectra/position_share.h"

namespace rankscope {

using Eigen::Index;
using Eigen::MatrixXd;

namespace {

constexpr Index blockRows = 64, blockColumns = 128;

// Relative to the norm of the field, a remainder of this norm is rounding.
constexpr double nothing = 1e-13;

// The Toeplitz matrix M_ij = m(i − j) as the corner of a circulant one, which Fourier transforms diagonalise.
class Toeplitz {
public:
    explicit Toeplitz(const std::vector<double>& means)
        : m_tokens(static_cast<std::int64_t>(means.size() + 1) / 2), m_spectrum(quickLength(2 * m_tokens - 1)) {
        Signal circulant(m_spectrum.length());
        for (std::int64_t distance = 1 - m_tokens; distance < m_tokens; ++distance)
            circulant[distance < 0 ? circulant.length() + distance : distance] =
                means[static_cast<std::size_t>(distance + m_tokens - 1)] / static_cast<double>(circulant.length());
        transform(circulant, m_spectrum);
    }

    // to −= M x, or Mᵀx: two columns at once as real and imaginary part, which a real M keeps apart.
    void subtractProduct(const MatrixXd& x, bool transposed, MatrixXd& to) const {
        Signal columns(m_spectrum.length()), spectrum(m_spectrum.length());
        for (Index column = 0; column < x.cols(); column += 2) {
            const bool both = column + 1 < x.cols();
            std::fill_n(columns.begin() + m_tokens, columns.length() - m_tokens, 0.0);
            for (Index row = 0; row < m_tokens; ++row)
                columns[row] = {x(row, column), both ? x(row, column + 1) : 0.0};
            transform(columns, spectrum);
            for (std::int64_t i = 0; i < spectrum.length(); ++i)
                spectrum[i] *= transposed ? std::conj(m_spectrum[i]) : m_spectrum[i];
            transformBack(spectrum, columns);
            for (Index row = 0; row < m_tokens; ++row) {
                to(row, column) -= columns[row].real();
                if (both)
                    to(row, column + 1) -= columns[row].imag();
            }
        }
    }

private:
    std::int64_t m_tokens;
    Signal m_spectrum;
};

class FieldWithoutDistance final : public FullRankMatrix {
public:
    FieldWithoutDistance(const FactorView& query, const FactorView& key, double scale)
        : FieldWithoutDistance(Factor(query, false), Factor(key, true), scale) {}

    Index rows() const override { return m_query.rows(); }
    double factor() const override { return m_factor; }

    MatrixXd times(const MatrixXd& x) const override {
        MatrixXd result = m_query * (m_key.transpose() * x);
        m_distance.subtractProduct(x, false, result);
        return result;
    }

    MatrixXd transposedTimes(const MatrixXd& x) const override {
        MatrixXd result = m_key * (m_query.transpose() * x);
        m_distance.subtractProduct(x, true, result);
        return result;
    }

    double energy() const override { return m_energy; }

    MatrixXd ownProduct(const JobContext& context) const override {
        MatrixXd matrix(rows(), rows()), product(rows(), rows());
        for (Index first = 0; first < rows(); first += blockRows) {
            const Index count = std::min(blockRows, rows() - first);
            matrix.middleRows(first, count) = entries(first, count);
        }
        for (Index first = 0; first < rows(); first += blockColumns) {
            context.throwIfStopped();
            const Index count = std::min(blockColumns, rows() - first), below = rows() - first;
            product.block(first, first, below, count).noalias() =
                matrix.rightCols(below).transpose() * matrix.middleCols(first, count);
        }
        return product;
    }

private:
    FieldWithoutDistance(const Factor& query, const Factor& key, double scale)
        : m_query(query.values()),
          m_key(key.values()),
          m_queryNorm(takeNorm(m_query)),
          m_keyNorm(takeNorm(m_key)),
          m_factor(std::abs(scale) * m_queryNorm * m_keyNorm),
          m_means(scaledMeans(query, key)),
          m_distance(m_means),
          m_energy(energyOfEntries()) {
        // Where distance is all, what is left is the rounding of the field itself.
        const double field = (m_query.transpose() * m_query).cwiseProduct(m_key.transpose() * m_key).sum();
        if (m_energy <= nothing * nothing * field)
            m_energy = m_factor = 0;
    }

    // Of the factors as they are scaled here.
    std::vector<double> scaledMeans(const Factor& query, const Factor& key) const {
        const Factor* const queries[] = {&query};
        std::vector<double> means = positionShares(queries, key, 1).front().means;
        for (double& mean : means)
            mean = m_factor > 0 ? mean / m_queryNorm / m_keyNorm : 0.0;
        return means;
    }

    // From the entries: ‖Ẽ‖² − Σ n_δ m(δ)² would cancel where distance is nearly all.
    double energyOfEntries() const {
        double sum = 0;
        for (Index first = 0; first < rows(); first += blockRows)
            sum += entries(first, std::min(blockRows, rows() - first)).squaredNorm();
        return sum;
    }

    // Rows of the matrix itself [count, T].
    MatrixXd entries(Index first, Index count) const {
        MatrixXd block = m_query.middleRows(first, count) * m_key.transpose();
        for (Index row = 0; row < count; ++row)
            for (Index column = 0; column < rows(); ++column)
                block(row, column) -= m_means[static_cast<std::size_t>(first + row - column + rows() - 1)];
        return block;
    }

    MatrixXd m_query, m_key;  // of norm 1 [T, d]
    double m_queryNorm, m_keyNorm, m_factor;
    std::vector<double> m_means;
    Toeplitz m_distance;
    double m_energy;
};

}  // namespace

std::unique_ptr<FullRankMatrix> fieldWithoutDistance(const FactorView& query, const FactorView& key, double scale) {
    return std::make_unique<FieldWithoutDistance>(query, key, scale);
}

}  // namespace rankscope
