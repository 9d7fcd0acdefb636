// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A causal check of any session: conditions of every scope, computed and not, an arm without ranks, errors of attention
// with heads that have none, and the moments of another text. Every number is distinct enough to be told from others.
#pragma once

#include <cmath>
#include <limits>
#include <memory>

#include "core/session/session.h"

namespace rankscope {

// Δ of window w is `delta` + w / 64.
inline CausalCondition exampleCondition(const Session& session, CausalCondition condition, double delta) {
    condition.meanRank = std::max(condition.rank, 0);
    for (int window = 0; window < session.corpus.windows; ++window) {
        condition.delta.push_back(delta + window / 64.0);
        condition.divergence.push_back(delta / 2 + window / 128.0);
        condition.sameTop.push_back(1 / (1 + std::abs(delta) + window / 256.0));
    }
    return condition;
}

inline AttentionError exampleAttention(const Session& session, Arm arm, int rank) {
    AttentionError error{arm, rank, {}, {}, {}};
    for (int window = 0; window < session.corpus.windows; ++window)
        for (int layer = 0; layer < session.model.layers; ++layer)
            for (int head = 0; head < session.model.heads; ++head) {
                const bool none = layer >= int(session.layers.size()) || !session.layers[std::size_t(layer)];
                const float value = none ? std::numeric_limits<float>::quiet_NaN()
                                         : float(layer + 1) / float(1 + head + 8 * rank + window);
                error.divergence.push_back(value);
                error.variation.push_back(value / 8);
                error.output.push_back(value / 4);
            }
    return error;
}

// Ranks 0, 1, 2, … below the head size cost 4, 2, 1, … nats over all heads.
inline CausalCheck exampleCheck(const Session& session, const std::vector<Arm>& arms, std::uint64_t seed = 7) {
    CausalCheck check{.seed = seed, .loss = {}, .conditions = {}, .attention = {}};
    for (int window = 0; window < session.corpus.windows; ++window)
        check.loss.push_back(2.5 + window / 32.0);
    for (const Arm arm : arms) {
        if (!armInfo(arm).hasRank) {
            check.conditions.push_back(exampleCondition(session, {.arm = arm}, 5.5));
            continue;
        }
        for (int rank = 0; rank < session.model.headSize; ++rank)
            check.conditions.push_back(
                exampleCondition(session, {.arm = arm, .rank = rank}, 4 / std::pow(2, rank) + int(arm) / 1024.0));
        if (armInfo(arm).hasSpectrum) {
            check.conditions.push_back(exampleCondition(session, {.arm = arm, .share = 0.9}, 0.375));
            check.conditions.back().meanRank = 2.25;
        }
        for (const int rank : {0, 2})
            check.attention.push_back(exampleAttention(session, arm, rank));
    }
    return check;
}

inline LayerMoments exampleMoments(const ModelFacts& model, int layer, bool rotates) {
    const auto sideOf = [&](float shift) {
        SideMoments side;
        const auto add = [&](std::vector<float>& values, int heads, int each) {
            for (int i = 0; i < heads * each; ++i)
                values.push_back(float(layer + 1) + float(i) / 16 + shift);
        };
        const int triangle = model.headSize * (model.headSize + 1) / 2;
        add(side.query, model.heads, triangle);
        add(side.key, model.kvHeads, triangle);
        add(side.mean, model.kvHeads, model.headSize);
        return side;
    };
    return {sideOf(0), rotates ? sideOf(0.5f) : SideMoments()};
}

inline std::shared_ptr<const TextMoments> exampleTextMoments(const Session& session, const CorpusFacts& text) {
    TextMoments moments{std::make_shared<const CorpusFacts>(text), {}};
    for (int layer = 0; layer < session.model.layers; ++layer)
        moments.layers.push_back(
            session.layers[std::size_t(layer)]
                ? std::make_shared<const LayerMoments>(exampleMoments(session.model, layer, layer != 1))
                : nullptr);
    return std::make_shared<const TextMoments>(std::move(moments));
}

inline CorpusFacts exampleCalibration(const CorpusFacts& corpus) {
    CorpusFacts text = corpus;
    text.name = "calibration.txt";
    text.windows = 1;
    text.skippedWindows = text.firstWindow = text.allWindows = 0;
    const auto length = std::size_t(corpus.windowLength);
    text.tokens.assign(length, 3);
    text.pieces.assign(corpus.pieces.empty() ? 0 : length, "größer");
    text.files = {{"a.txt", "data/a.txt", std::string(64, 'b')}, {"c.txt", "data/c.txt", std::string(64, 'd')}};
    text.documents = {{1, 0}};
    return text;
}

// Adds a check with conditions of all scopes, some not computed, and the moments of exampleCalibration().
inline void addExampleCausal(Session& session) {
    CausalCheck check = exampleCheck(session, {Arm::field, Arm::keyPcaBefore, Arm::distance});
    const HeadRef head{LayerIndex(1), HeadIndex(0)};
    check.conditions.push_back(exampleCondition(
        session,
        {.arm = Arm::weights, .scope = CausalScope::layer, .head = HeadRef{head.layer, HeadIndex(0)}, .rank = 1},
        -0.01));
    check.conditions.push_back(
        exampleCondition(session, {.arm = Arm::field, .scope = CausalScope::head, .head = head, .rank = 1}, 0.02));
    check.conditions.push_back({.arm = Arm::field, .scope = CausalScope::head, .head = head, .rank = 3, .meanRank = 3});
    check.conditions.push_back({.arm = Arm::keyPca, .share = 0.99, .meanRank = 4.5});
    session.causal = std::make_shared<const CausalCheck>(std::move(check));
    session.moments = exampleTextMoments(session, exampleCalibration(session.corpus));
    session.corpus.skippedWindows = 4;
    takeCausalColumns(session);
}

}  // namespace rankscope
