// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The causal check: how much worse a model predicts a text when its heads keep r of the d_h directions of their keys.
// k90 says where the variance of the logits lies; this says whether those components do the work.
// Runs in the calling thread plus context.threads() − 1 helpers.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/analysis/analysis.h"
#include "core/base/job.h"
#include "core/statistics/resampling.h"

namespace rankscope {

// THE TABLE OF ARMS: which r directions of its keys a head is left with. All of them are legal: what a row becomes
// depends on earlier tokens and on the calibration text only. Immutable; any thread.
enum class Arm { field, kvField, keyPca, fieldBefore, kvFieldBefore, keyPcaBefore, weights, random, randomBefore };

struct ArmInfo {
    Arm arm;
    std::string_view id;     // on the command line: "key-pca-before"
    std::string_view label;  // one line: what the directions are
    bool beforeRotation;
    bool perKvHead;                  // one projector for all query heads of a group
    bool hasSpectrum = true;         // of its own, so that a head can be asked for its k of it
    std::optional<Arm> otherSide{};  // the same directions on the other side of the rotation
};
std::span<const ArmInfo> armTable();
const ArmInfo& armInfo(Arm arm);

enum class CausalScope { all, layer, head };

struct CausalRequest {
    // Model, text, windows, control, seed and device; the layers are those of scopes layer and head. The first
    // `calibrationWindows` windows of the text give the directions, the `window.windows` after them the numbers.
    AnalysisRequest analysis;
    std::filesystem::path calibration{};  // another text for the directions; empty: the same
    int calibrationWindows = 4;
    std::vector<Arm> arms;
    // Each head at the same rank, 0 … head size, and each at its own k_τ of the arm's spectrum. Neither: usualRanks()
    // and 90, 99 and 99.9 %.
    std::vector<int> ranks;
    std::vector<double> shares;
    std::vector<CausalScope> scopes{CausalScope::all};
    std::vector<HeadRef> heads{};  // of scope head; empty: all of the layers
};

// One condition: which heads keep which directions, and what that does to the next token. Means over all predicted
// positions of the evaluated windows.
struct CausalCondition {
    Arm arm = Arm::field;
    CausalScope scope = CausalScope::all;
    std::optional<HeadRef> head{};  // the head; of scope layer its layer
    int rank = -1;                  // −1: each head at its own, see `share`
    double share = 0;
    double meanRank = 0;  // over the heads that are changed

    double delta = 0;                    // loss less the unchanged loss, nats
    std::optional<Interval> interval{};  // 95 % of it, over windows; nothing below leastResampled of them
    double divergence = 0;               // KL(unchanged ‖ changed), nats
    double sameTop = 0;                  // share of positions with the same likeliest token
};

struct CausalResult {
    int headSize = 0, layers = 0, heads = 0;
    int windows = 0, windowLength = 0, calibrationWindows = 0;
    double loss = 0;                          // of the evaluated windows, unchanged
    std::vector<CausalCondition> conditions;  // in the order in which they were computed
    std::vector<std::string> warnings;
};

// Called after every condition, from the calling thread.
using ConditionCallback = std::function<void(const CausalResult&)>;

// Throws Error for bad input and Cancelled.
CausalResult checkCausally(const CausalRequest& request, const JobContext& context,
                           const ConditionCallback& onCondition = {});

// The numbers of a condition whose windows are the `group`-th of the pass; group 0 are the unchanged ones.
struct TokenScores;
void takeScores(CausalResult& result, std::size_t condition, const TokenScores& scores, int group, std::uint64_t seed);

// 0, 1, 2, 4, 8, 12, 16, 24, 32, 48, … up to the head size: close where the loss changes most.
std::vector<int> usualRanks(int headSize);

// Smallest measured rank at which the loss rises by no more than ε, there and at all larger measured ranks; the head
// size costs nothing. Of the conditions of one arm over all heads at one rank.
std::optional<int> causalRank(const CausalResult& result, Arm arm, double epsilon);

}  // namespace rankscope
