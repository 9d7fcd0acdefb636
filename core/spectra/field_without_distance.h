// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What distance alone does not explain of the field: Ẽ_ij − m(i − j), m(δ) the mean of Ẽ over the diagonal i − j = δ
// (definitions: field_without_distance). The diagonals give it full rank: its spectrum is that of a FullRankMatrix. A
// product with a vector takes O(T·d) through the factors and O(T log T) through the Toeplitz matrix of m, by Fourier
// transforms (Golub and Van Loan, Matrix Computations, 4.8). Pure function; any thread.
#pragma once

#include <memory>

#include "core/spectra/full_rank_spectrum.h"
#include "core/spectra/singular_values.h"

namespace rankscope {

// `query` and `key` [T, d] without centring, equal rows and columns, finite; an extra column in both adds a bias per
// key. A zero matrix where distance is all of the field, up to rounding.
std::unique_ptr<FullRankMatrix> fieldWithoutDistance(const FactorView& query, const FactorView& key, double scale);

}  // namespace rankscope
