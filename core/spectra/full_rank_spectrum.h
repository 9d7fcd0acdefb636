// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Spectra of T × T matrices that are not a product of narrow factors and so have up to T singular values:
//   up to fullRankDenseTokens tokens  the matrix is formed and all T values are found;
//   beyond                            as many leading values as reach fullRankShare of Σσ², through products with
//                                     vectors (block_lanczos.h).
// float64. Any thread, each call works in its own only. All throw Cancelled.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/job.h"
#include "core/spectra/singular_values.h"

namespace rankscope {

inline constexpr std::int64_t fullRankDenseTokens = 1024;
inline constexpr double fullRankShare = 0.99;

struct FullRankSpectrum {
    std::vector<double> sigma;  // descending
    double energy = 0;          // Σσ² of the whole matrix, from its entries
};

// factor() · A with a square A whose entries' squares are within the range of a double.
class FullRankMatrix {
public:
    FullRankMatrix() = default;
    FullRankMatrix(const FullRankMatrix&) = delete;
    FullRankMatrix& operator=(const FullRankMatrix&) = delete;
    virtual ~FullRankMatrix() = default;

    virtual double factor() const = 0;
    virtual Eigen::Index rows() const = 0;
    virtual Eigen::MatrixXd times(const Eigen::MatrixXd& x) const = 0;            // A x [T, n]
    virtual Eigen::MatrixXd transposedTimes(const Eigen::MatrixXd& x) const = 0;  // Aᵀx [T, n]
    virtual Eigen::MatrixXd ownProduct(const JobContext& context) const = 0;  // lower triangle of AᵀA; throws Cancelled
    virtual double energy() const = 0;                                        // ‖A‖², from its entries
};

// A zero matrix has T zeros, or no value where leading ones are wanted.
FullRankSpectrum fullRankSpectrum(const FullRankMatrix& matrix, const JobContext& context);

// The two ways, for any T: all T values; those that reach `share`, or nothing where 5/8 T vectors are not enough:
// then all of them cost less.
FullRankSpectrum allOf(const FullRankMatrix& matrix, const JobContext& context);
std::optional<FullRankSpectrum> leadingOf(const FullRankMatrix& matrix, double share, const JobContext& context);

// Divides by the norm, so that no square leaves the range of a double; returns it.
double takeNorm(Eigen::MatrixXd& matrix);

}  // namespace rankscope
