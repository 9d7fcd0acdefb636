// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How much of the field is relative distance alone. m(δ) is the mean of Ẽ_ij over the diagonal i − j = δ, the best
// approximation of Ẽ by a matrix that knows distances only, and
//   position share = Σ_δ n_δ m(δ)² / ‖Ẽ‖²,   n_δ = T − |δ| cells, δ from −(T − 1) to T − 1.
// The sum over a diagonal of QK̃ᵀ is the sum over columns of the cross-correlations of Q's and K̃'s, so it takes d_h / 2
// complex Fourier transforms of length ≥ 2T − 1 for each factor and no T × T matrix: the products of all columns'
// spectra are added up and transformed back once. float64. Pure functions; any thread, works in the calling one only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/spectra/singular_values.h"

namespace rankscope {

struct PositionShare {
    double share = 0;           // 0 … 1; 0 for a zero field
    std::vector<double> means;  // m(δ) [2T − 1], from δ = −(T − 1)
};

// Of each of the queries that read one key head: together because the keys' transforms are the same. REQUIRES finite
// factors with equal rows and columns, and at least one query.
std::vector<PositionShare> positionShares(std::span<const Factor* const> queries, const Factor& centredKey,
                                          double scale);

// The same of the field over visible keys, s·q_i·(k_j − c_i) for j ≤ i with c_i the mean of keys 0 … i, and 0 beyond.
// `means` are those of the field over all keys, `energy` is Σσ² of the one over visible keys. The means of δ < 0 are 0.
PositionShare visiblePositionShare(const Factor& query, const Factor& centredKey, double scale,
                                   std::span<const double> means, double energy);

}  // namespace rankscope
