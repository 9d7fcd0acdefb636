// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Moments of the queries and keys of a text, per head: all that the replacements of the causal check are made of. Sums
// over windows, float64. One layer at a time; any thread.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "core/base/job.h"
#include "core/forward/transformer.h"
#include "core/session/causal.h"

namespace rankscope {

// On one side of the rotation.
struct SideGrams {
    std::vector<Eigen::MatrixXd> query;  // [heads], Σ q qᵀ over all rows, not centred [d, d]
    std::vector<Eigen::MatrixXd> key;  // [KV heads], Σ (k − k̄)(k − k̄)ᵀ, each window less its own mean [d, d]
    std::vector<Eigen::VectorXd> mean;  // [KV heads], mean key over all windows [d]
};

struct LayerGrams {
    SideGrams after, before;  // rotation; `before` equals `after` in a model that does not rotate
    // Left factors of the keys that the weights alone would make, [KV heads]: diag(g_k) W_K diag(g), times its own
    // transpose [d, d]; g the gains of the norm before attention, g_k those of the key norm.
    std::vector<Eigen::MatrixXd> weights;
};

// Of all windows of the capture; values that are not finite leave Grams that are not. Throws Cancelled.
LayerGrams gramsOf(const LayerCapture& capture, const JobContext& context);

// Of one of its windows, after rotation.
SideGrams gramsOfWindow(const LayerCapture& capture, int window, const JobContext& context);

// A query head whose own or whose keys' Grams are not finite.
std::optional<int> headWithoutNumbers(const LayerGrams& grams);

// m(δ) [heads, tokens], δ = 0 first: mean of Ẽ_ij over the pairs i − j = δ of all windows. Of the logits without a bias
// per key (ALiBi), which the causal check leaves whole, and before any soft-cap. REQUIRES finite values; throws
// Cancelled.
std::vector<float> distanceMeansOf(const LayerCapture& capture, const JobContext& context);

// As a session keeps them: of Grams that are there, or of a capture; what is not finite stays so.
LayerMoments momentsOf(const LayerGrams& grams, bool rotated);
LayerMoments momentsOf(const LayerCapture& capture, const JobContext& context);

}  // namespace rankscope
