// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLES OF NUMBERS in /causal and /moments of a session file, which their writer and their reader share: a dataset
// for each row. Any thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/session/session.h"
#include "core/storage/h5_handle.h"

namespace rankscope::layout {

inline constexpr const char *causal = "/causal", *attentionErrors = "/causal/attention", *moments = "/moments",
                            *momentsText = "/moments/corpus";

inline std::string causalPath(const char* name) {
    return std::string(causal) + "/" + name;
}
inline std::string attentionPath(const char* name) {
    return std::string(attentionErrors) + "/" + name;
}

// Of a condition, [conditions, windows].
struct ConditionNumbers {
    const char *name, *longName, *units, *definition;
    std::vector<double> CausalCondition::*values;
    double least, most;
};
inline constexpr double largestNats = 1e300;
inline constexpr std::array conditionNumbers{
    ConditionNumbers{"delta", "rise of the next-token loss", "nats",
                     "loss with the heads changed less the loss unchanged, mean over the predicted positions of a "
                     "window",
                     &CausalCondition::delta, -largestNats, largestNats},
    ConditionNumbers{"kl", "divergence of the predictions", "nats",
                     "KL(unchanged || changed) of the next token's distribution, mean over the predicted positions",
                     &CausalCondition::divergence, -largestNats, largestNats},
    ConditionNumbers{"top1", "share of equal likeliest tokens", "1",
                     "share of the predicted positions with the same likeliest token as unchanged",
                     &CausalCondition::sameTop, 0, 1},
};

// Of an arm at a rank, [arms and ranks, windows, layers, heads].
struct AttentionNumbers {
    const char *name, *longName, *units, *definition;
    std::vector<float> AttentionError::*values;
};
inline constexpr float noError = -1;  // where a head has none
inline constexpr std::array attentionNumbers{
    AttentionNumbers{"kl", "divergence of the attention; -1: none", "nats",
                     "KL(p || p_r) over the visible keys, mean over queries", &AttentionError::divergence},
    AttentionNumbers{"tv", "total variation of the attention; -1: none", "1",
                     "1/2 sum |p - p_r| over the visible keys, mean over queries", &AttentionError::variation},
    AttentionNumbers{"output_error", "error of what the head adds to the stream; -1: none", "1",
                     "norm of (A - A_r) V W_O over the norm of A V W_O", &AttentionError::output},
};

// Of a side of the rotation, [layers, heads or KV heads, …].
struct SideNumbers {
    const char *name, *longName, *definition;
    std::vector<float> SideMoments::*values;
    bool perKvHead, isTriangle;  // a triangle has d_h (d_h + 1) / 2 values, a mean d_h
};
inline constexpr std::array sideNumbers{
    SideNumbers{"query", "second moments of the queries",
                "C_Q = sum of q q^T over all rows, not centred; lower triangle, row by row", &SideMoments::query, false,
                true},
    SideNumbers{"key", "second moments of the keys",
                "C_K = sum of (k - m)(k - m)^T, m the mean key of each window; lower triangle, row by row",
                &SideMoments::key, true, true},
    SideNumbers{"mean", "mean keys", "mean key over all windows", &SideMoments::mean, true, false},
};
struct RotationSide {
    const char *name, *label;
    SideMoments LayerMoments::*moments;
};
inline constexpr std::array rotationSides{RotationSide{"after", "after rotation", &LayerMoments::after},
                                          RotationSide{"before", "before rotation", &LayerMoments::before}};

// [layers, heads or KV heads, values of one]
inline h5::Shape momentsShape(const ModelFacts& model, const SideNumbers& numbers) {
    const auto size = static_cast<std::uint64_t>(model.headSize);
    return {static_cast<std::uint64_t>(model.layers),
            static_cast<std::uint64_t>(numbers.perKvHead ? model.kvHeads : model.heads),
            numbers.isTriangle ? size * (size + 1) / 2 : size};
}

inline std::string sidePath(const RotationSide& side) {
    return std::string(moments) + "/" + side.name;
}

}  // namespace rankscope::layout
