// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each arm orders the directions of a head from a calibration text (or from the weights, or by chance); the first r
// make the projector P of rank r. Pure functions; any thread.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "core/session/causal.h"
#include "core/spectra/head_grams.h"

namespace rankscope {

// The directions of one head in an arm's order: P of rank r is recover(first r columns) · read(the same), so that P of
// rank d is the identity.
struct Directions {
    Eigen::MatrixXd recover;    // [d, d], P = recover[:, :r] · read[:, :r]ᵀ
    Eigen::MatrixXd read;       // [d, d]
    std::vector<double> sigma;  // [d], descending: the arm's own spectrum; equal for random directions

    Eigen::MatrixXd projector(int rank) const;

    // Smallest r whose share of Σσ² reaches `share`.
    int rankAt(double share) const;
};

// For each query head, or each KV head where the arm is theirs. Where an arm is of the evaluated window itself, `grams`
// must be. `seed` is that of random directions, `draw` which of the arm's draws of them. REQUIRES an arm with ranks.
std::vector<Directions> directionsOf(Arm arm, const LayerGrams& grams, LayerIndex layer, std::uint64_t seed,
                                     const JobContext& context, int draw = 0);

// What a layer's heads are given at these ranks, [heads or KV heads]; a rank of d leaves a head unchanged.
KeyReplacement replacementOf(Arm arm, const LayerGrams& grams, std::span<const Directions> directions,
                             std::span<const int> ranks);

}  // namespace rankscope
