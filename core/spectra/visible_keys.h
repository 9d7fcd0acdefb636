// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The field over visible keys: row i of s·QKᵀ minus its mean over the keys j ≤ i that query i sees, zeros elsewhere
// (definitions: field_visible_keys). The mask gives it full rank, so it does not reduce to d × d and its
// spectrum is that of a FullRankMatrix. Below its diagonal the matrix is Q̂K̂ᵀ with d + 1 columns, so a product with a
// vector takes O(T·d) through running sums over blocks of rows and it is never formed for the leading values.
// float64. Pure functions; any thread, each call works in its own only. All throw Cancelled.
#pragma once

#include <optional>

#include "core/base/job.h"
#include "core/spectra/full_rank_spectrum.h"
#include "core/spectra/singular_values.h"

namespace rankscope {

// `query` and `key` [T, d] without centring, equal rows and columns, finite; an extra column in both adds a bias per
// key. A zero matrix has T zeros, or no value where leading ones are wanted.
FullRankSpectrum visibleKeysSpectrum(const FactorView& query, const FactorView& key, double scale,
                                     const JobContext& context);

// The two ways, for any T: all T values; those that reach `share`, or nothing where 5/8 T vectors are not enough:
// then all of them cost less.
FullRankSpectrum allVisibleKeys(const FactorView& query, const FactorView& key, double scale,
                                const JobContext& context);
std::optional<FullRankSpectrum> leadingVisibleKeys(const FactorView& query, const FactorView& key, double scale,
                                                   double share, const JobContext& context);

}  // namespace rankscope
