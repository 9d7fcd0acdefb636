// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The output head, a slice of the vocabulary at a time: the whole matrix and the whole of the logits are never in
// memory.
#pragma once

#include <ATen/Tensor.h>

#include <span>
#include <vector>

#include "core/base/job.h"
#include "core/forward/transformer.h"
#include "core/model/hyperparameters.h"
#include "core/model/layer_weights.h"

namespace rankscope {

struct HeadInput {
    const WeightReader& weights;
    const Hyperparameters& model;
    const JobContext& context;
    at::Tensor hidden;                // [windows · length, embeddingSize], after the final norm and projection
    std::span<const TokenId> tokens;  // [windows, length]
    int length = 0;
    bool portableOnly = false;  // as Execution has it
    WorkCallback onWork{};
};

// Mean over all windows and positions 1 … length − 1 of −ln P(token | tokens before it), in nats.
double nextTokenLoss(const HeadInput& input);

// Windows in groups of `referenceWindows` with the same tokens, compared with the first group. REQUIRES a whole number
// of groups.
TokenScores tokenScores(const HeadInput& input, int referenceWindows);

// [windows, length, vocabulary]
std::vector<float> allLogits(const HeadInput& input);

}  // namespace rankscope
