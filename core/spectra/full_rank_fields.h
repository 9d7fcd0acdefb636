// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF FIELDS OF FULL RANK: what is masked or centred so that it does not reduce to d × d and its spectrum is
// that of a FullRankMatrix. To add one, write its maker in a file of its own and add its row. float64. Pure functions;
// any thread. Makers take `query` and `key` [T, d] without centring, equal rows and columns, finite; an extra column in
// both adds a bias per key.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "core/session/variant.h"
#include "core/spectra/full_rank_spectrum.h"

namespace rankscope {

// Makes the matrix of a head of its queries and keys.
using FullRankField = std::unique_ptr<FullRankMatrix> (*)(const FactorView& query, const FactorView& key, double scale);

// Row i of s·QKᵀ minus its mean over the keys j ≤ i that query i sees, zeros elsewhere (definitions:
// field_visible_keys). Below its diagonal the matrix is Q̂K̂ᵀ with d + 1 columns, so a product with a vector takes O(T·d)
// through running sums over blocks of rows and it is never formed for the leading values.
std::unique_ptr<FullRankMatrix> visibleField(const FactorView& query, const FactorView& key, double scale);

// What distance alone does not explain of the field: Ẽ_ij − m(i − j), m(δ) the mean of Ẽ over the diagonal i − j = δ
// (definitions: field_without_distance). A product with a vector takes O(T·d) through the factors and O(T log T)
// through the Toeplitz matrix of m, by Fourier transforms (Golub and Van Loan, Matrix Computations, 4.8). A zero matrix
// where distance is all of the field, up to rounding.
std::unique_ptr<FullRankMatrix> fieldWithoutDistance(const FactorView& query, const FactorView& key, double scale);

inline constexpr std::array fullRankFields{
    std::pair(Variant::fieldVisibleKeys, FullRankField(visibleField)),
    std::pair(Variant::fieldWithoutDistance, FullRankField(fieldWithoutDistance))};

// REQUIRES a variant of full rank.
inline FullRankField fullRankField(Variant variant) {
    return std::ranges::find(fullRankFields, variant, [](const auto& row) { return row.first; })->second;
}

}  // namespace rankscope
