// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The logit energy field Ẽ = s·Q (K − 1 k̄ᵀ)ᵀ of one head (definitions: "The two matrices of a head") through its d × d
// Gram matrices. Pure functions; any thread.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "core/spectra/singular_values.h"

namespace rankscope {

// Leading singular triples of scale · A Bᵀ: σ descending; columns of the two matrices have unit length, except where σ
// is zero to working precision: there they are zero.
struct SingularTriples {
    Eigen::MatrixXf left;   // [rows of A, rank]
    Eigen::MatrixXf right;  // [rows of B, rank]
    std::vector<float> sigma;
};
SingularTriples leadingTriples(const Factor& a, const Factor& b, double scale, int rank);

// Share c_j of ‖Ẽ‖² in the column of key j, for each of the queries that read one key head: k̃_jᵀ (QᵀQ) k̃_j / Σ_j.
// Sums to 1; all zero for a zero field. Together because the keys are the same. REQUIRES at least one query.
std::vector<std::vector<double>> keyShares(std::span<const Factor* const> queries, const Factor& centredKey);

}  // namespace rankscope
