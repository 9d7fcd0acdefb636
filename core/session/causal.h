// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The causal check in a session: what the next token costs when heads keep r of the d_h directions of their keys, and
// what their attention becomes. k90 says where the variance of the logits lies; this says whether those components do
// the work. Plain data and pure functions; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/statistics/resampling.h"
#include "core/text/corpus_file.h"

namespace rankscope {

struct CorpusFacts;
struct Session;

// THE TABLE OF ARMS: what a head is left with. Of a legal one, what a row becomes depends on earlier tokens and on the
// calibration text only.
enum class Arm : std::uint8_t {
    field,
    kvField,
    keyPca,
    fieldBefore,
    kvFieldBefore,
    keyPcaBefore,
    weights,
    distance,
    withoutDistance,
    random,
    randomBefore,
    fieldOwnWindow,
};

struct ArmInfo {
    Arm arm;
    std::string_view id;       // on the command line and in files: "key-pca-before"
    std::string_view label;    // in charts and tables: "keys before rotation"
    std::string_view meaning;  // one line: what the directions are
    bool beforeRotation = false;
    bool perKvHead = false;          // one projector for all query heads of a group
    bool hasRank = true;             // false: there is one condition, and no projector
    bool hasSpectrum = true;         // of its own, so that a head can be asked for its k of it
    bool isLegal = true;             // false: it knows later tokens, an upper bound
    int draws = 1;                   // that its numbers are means over
    std::optional<Arm> otherSide{};  // the same directions on the other side of the rotation
};
std::span<const ArmInfo> armTable();  // in the order of the enumeration
const ArmInfo& armInfo(Arm arm);
std::optional<Arm> armFromId(std::string_view id);

enum class CausalScope : std::uint8_t { all, layer, head };
std::string_view scopeId(CausalScope scope);  // "all", "layer", "head"
std::optional<CausalScope> scopeFromId(std::string_view id);

// What a check is asked for.
struct CausalPlan {
    bool wanted = false;  // with an analysis, whose evaluated windows, model, layers, control, seed and device it takes
    // Another text for the directions, or list of ids. Empty: the first `calibrationWindows` windows of the analysis'
    // own text give them, and those after them are evaluated.
    std::filesystem::path calibration{};
    int calibrationWindows = 4;
    std::vector<Arm> arms{Arm::field, Arm::keyPcaBefore, Arm::weights, Arm::distance, Arm::random};
    // Each head at the same rank, 0 … head size, and each at its own k_τ of the arm's spectrum. Neither: usualRanks()
    // and usualShares.
    std::vector<int> ranks{};
    std::vector<double> shares{};
    std::vector<CausalScope> scopes{CausalScope::all};  // a layer or a head alone: each of the analysis' layers
    std::vector<HeadRef> heads{};                       // of scope head; empty: all of the layers
};

// One condition: which heads keep which directions, and what that does to the next token, in each evaluated window.
struct CausalCondition {
    Arm arm = Arm::field;
    CausalScope scope = CausalScope::all;
    std::optional<HeadRef> head{};  // the head; of scope layer its layer, with head 0; of scope all nothing
    int rank = -1;                  // of every head that is changed; −1: see `share`
    double share = 0;               // each at its own k of this share of the arm's spectrum; 0: an arm without ranks
    double meanRank = 0;            // over the heads that are changed

    // [windows], means over the predicted positions of each; empty while it is not computed.
    std::vector<double> delta{};       // loss less the unchanged loss, nats
    std::vector<double> divergence{};  // KL(unchanged ‖ changed), nats
    std::vector<double> sameTop{};     // share of positions with the same likeliest token

    bool isComputed() const { return !delta.empty(); }
    bool isSameAs(const CausalCondition& other) const;  // whether both ask for the same
};

// A condition over all windows.
struct CausalNumbers {
    double delta = 0;
    std::optional<Interval> interval{};  // 95 % of it, over windows; nothing below leastResampled of them
    double divergence = 0, sameTop = 0;
    std::optional<Interval> divergenceInterval{}, sameTopInterval{};
};

// What one rank of an arm leaves of the attention of every head, where nothing else of the model is changed. Means over
// the queries of a window: [windows, layers, heads], NaN where a head has none.
struct AttentionError {
    Arm arm = Arm::field;
    int rank = 0;
    std::vector<float> divergence;  // KL(p ‖ p_r), nats, p the attention over the visible keys
    std::vector<float> variation;   // ½ Σ |p − p_r|
    std::vector<float> output;      // ‖(A − A_r) V W_O‖ / ‖A V W_O‖
};

struct CausalCheck {
    std::uint64_t seed = 0;                     // of random directions, and of the resampling
    std::vector<double> loss{};                 // of each evaluated window, unchanged, nats
    std::vector<CausalCondition> conditions{};  // all that were asked for, in the order of computing
    std::vector<AttentionError> attention{};    // by arm, then by rank

    int computed() const;  // how many of the conditions are
    bool isComplete() const { return computed() == int(conditions.size()); }
    double meanLoss() const;                                         // REQUIRES `loss`
    const CausalCondition* find(const CausalCondition& like) const;  // null: there is none
};

CausalNumbers numbersOf(const CausalCheck& check, const CausalCondition& condition);  // REQUIRES that it is computed

// Of a head, means over windows; nothing where it has none.
struct AttentionNumbers {
    double divergence = 0, variation = 0, output = 0;
};
std::optional<AttentionNumbers> numbersOf(const Session& session, const AttentionError& error, HeadRef head);

// 0, 1, 2, 4, 8, 12, 16, 24, 32, 48, … up to the head size: close where the loss changes most.
std::vector<int> usualRanks(int headSize);
inline constexpr double usualShares[] = {0.9, 0.99, 0.999};

// Nats that the causal rank may cost: 5 % of the perplexity, and 1 %.
inline constexpr double causalEpsilons[] = {0.05, 0.01};

// CAUSAL RANK: smallest measured rank at which the loss rises by no more than ε, there and at all larger measured
// ranks; the head size costs nothing. Of the conditions that differ from `like` in their rank only, or of those of one
// arm over all heads. Nothing where there are none.
std::optional<int> causalRank(const CausalCheck& check, int headSize, const CausalCondition& like, double epsilon);
std::optional<int> causalRank(const CausalCheck& check, int headSize, Arm arm, double epsilon);

// (Δ₀ − Δ_r) / Δ₀, Δ₀ that of rank 0 of the same arm and scope; nothing where that was not computed or costs nothing.
std::optional<double> recovered(const CausalCheck& check, const CausalCondition& condition);

// RANK FOR ATTENTION: smallest measured rank whose total variation in a window is at most this, there and at all larger
// measured ranks; the head size otherwise.
inline constexpr double attentionTolerance = 0.1;

// Takes what the check says of single heads into the columns of the session's layers: see "attention_rank" and
// "head_delta" in head_quantity.cpp. Layers that are not there yet stay so.
void takeCausalColumns(Session& session);

// Second moments of queries and keys of a text on one side of the rotation, as lower triangles row by row:
// n (n + 1) / 2 values for n = d_h. They add over windows.
struct SideMoments {
    std::vector<float> query;  // [heads, …], Σ q qᵀ over all rows, not centred
    std::vector<float> key;    // [KV heads, …], Σ (k − k̄)(k − k̄)ᵀ, each window less its own mean
    std::vector<float> mean;   // [KV heads, d_h], mean key over all windows
};
struct LayerMoments {
    SideMoments after, before;  // rotation; `before` is empty in a model that does not rotate
};
struct TextMoments {
    std::shared_ptr<const CorpusFacts> text;  // that they are of: of the calibration, or the session's
    std::vector<std::shared_ptr<const LayerMoments>> layers{};  // [layers]; null: not there
};

}  // namespace rankscope
