// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "causal_fixture.h"

#include <cmath>
#include <map>

#include "chart_fixture.h"

namespace rankscope {

namespace {

constexpr int ranks[] = {0, 1, 2, 4, 8, 12, 16, 24, 32, 48, 64};

struct ArmNumbers {
    Arm arm;
    std::vector<double> deltas;  // by `ranks`; of an arm without ranks one
    struct Own {
        double share, meanRank, delta;
    };
    std::vector<Own> own{};
};

std::vector<ArmNumbers> armNumbers(const CausalFixture& choice) {
    std::vector<ArmNumbers> all{
        {Arm::field,
         {5.59, 4.61, 3.72, 3.07, 2.51, 1.62, 1.01, 0.55, 0.30, 0.06, 0},
         {{0.9, 13.7, 1.37}, {0.99, 38.8, 0.14}, {0.999, 55.6, 0.013}}},
        {Arm::keyPcaBefore,
         {5.59, 3.61, 2.52, 1.79, 1.32, 1.07, 0.88, 0.45, 0.17, 0.09, 0},
         {{0.9, 30.1, 0.59}, {0.99, 51.2, 0.07}, {0.999, 60.4, 0.008}}},
        {Arm::weights,
         {5.59, 4.43, 3.31, 2.55, 2.25, 1.93, 1.60, 1.02, 0.65, 0.32, 0},
         {{0.9, 40.2, 0.51}, {0.99, 56.3, 0.15}, {0.999, 62.1, 0.02}}},
        {Arm::distance, {6.11}},
        {Arm::random, {5.59, 6.41, 6.22, 5.93, 5.27, 4.94, 4.57, 3.98, 3.36, 1.39, 0}},
    };
    if (choice.ownWindow)
        all.push_back({Arm::fieldOwnWindow,
                       {5.59, 4.4, 3.3, 2.6, 2.0, 1.25, 0.74, 0.38, 0.19, 0.03, 0},
                       {{0.9, 13.7, 1.11}, {0.99, 38.8, 0.07}}});
    return all;
}

// Spread over windows around the mean, which stays what it is.
std::vector<double> spread(double mean, double share, int windows) {
    static const double pattern[] = {-0.1, 0.07, -0.03, 0.12, -0.06, 0.02, 0.05, -0.07};
    std::vector<double> values;
    for (int window = 0; window < windows; ++window)
        values.push_back(mean * (1 + share * (windows == 8 ? pattern[window] : 0)));
    return values;
}

void compute(CausalCondition& condition, double delta, int windows) {
    condition.delta = spread(delta, 1, windows);
    condition.divergence = spread(delta > 0 ? 0.96 * delta + 0.012 * std::sqrt(delta) : 0.004, 0.8, windows);
    condition.sameTop = spread(0.06 + 0.94 * std::exp(-std::max(0.0, delta) / 1.1), 0.3, windows);
    for (double& share : condition.sameTop)
        share = delta == 0 ? 1 : std::min(1.0, share);
}

void addOverAll(CausalCheck& check, const CausalFixture& choice) {
    for (const ArmNumbers& numbers : armNumbers(choice)) {
        const auto add = [&](int rank, double share, double meanRank, double delta) {
            CausalCondition condition{.arm = numbers.arm, .rank = rank, .share = share, .meanRank = meanRank};
            compute(condition, delta, choice.windows);
            check.conditions.push_back(std::move(condition));
        };
        for (const auto& own : numbers.own)
            add(-1, own.share, own.meanRank, own.delta);
        for (std::size_t i = 0; i < numbers.deltas.size(); ++i)
            if (numbers.deltas.size() == 1)
                add(-1, 0, 0, numbers.deltas[i]);
            else
                add(ranks[i], 0, ranks[i], numbers.deltas[i]);
    }
}

// k90 of the field: heads of many components need many.
double sizeOf(const Session& session, HeadRef head) {
    const auto value = headValue(session, Variant::field, head, MeasureChoice());
    return value ? value->median : 8;
}

// 0 … 1, the same every time.
double noiseOf(int layer, int head) {
    const double wave = std::sin(12.9898 * (layer + 1) + 78.233 * (head + 1)) * 43758.5453;
    return wave - std::floor(wave);
}

void addAlone(CausalCheck& check, const Session& session, const CausalFixture& choice, CausalScope scope,
              HeadRef head) {
    const bool layer = scope == CausalScope::layer;
    const double size = layer ? 4 + sizeOf(session, head) : sizeOf(session, head);
    const double highest = layer ? 0.04 + 1.7 * std::exp(-head.layer.value / 2.5)
                                 : 0.004 + 0.05 * noiseOf(head.layer.value, head.head.value);
    for (const int rank : layer ? std::vector{0, 2, 4, 8, 16, 32} : std::vector{8}) {
        CausalCondition condition{
            .arm = Arm::field, .scope = scope, .head = head, .rank = rank, .meanRank = double(rank)};
        const double left = std::exp(-rank / size);
        compute(condition, highest * left - 0.006 * (1 - left), choice.windows);
        check.conditions.push_back(std::move(condition));
    }
}

void addAttention(CausalCheck& check, const Session& session, const CausalFixture& choice) {
    const ModelFacts& model = session.model;
    for (const Arm arm : {Arm::field, Arm::keyPcaBefore})
        for (const int rank : ranks) {
            AttentionError error{arm, rank, {}, {}, {}};
            for (int window = 0; window < choice.windows; ++window)
                for (int layer = 0; layer < model.layers; ++layer)
                    for (int head = 0; head < model.heads; ++head) {
                        const HeadRef ref{LayerIndex(layer), HeadIndex(head)};
                        const double size = (arm == Arm::field ? 0.5 : 0.8) * sizeOf(session, ref) *
                                            (0.4 + 1.6 * noiseOf(layer, head)) * (1 + 0.05 * (window - 4));
                        const double left = rank >= model.headSize ? 0 : 0.7 * std::exp(-rank / std::max(1.0, size));
                        error.variation.push_back(float(left));
                        error.divergence.push_back(float(2 * left * left));
                        error.output.push_back(float(std::min(1.0, 1.3 * left)));
                    }
            check.attention.push_back(std::move(error));
        }
}

}  // namespace

SessionPointer withCausalCheck(Session session, const CausalFixture& choice) {
    auto check = std::make_shared<CausalCheck>();
    check->seed = 7;
    check->loss = spread(2.8942, 0.2, choice.windows);
    addOverAll(*check, choice);
    for (int layer = 0; choice.layers && layer < session.model.layers; ++layer)
        addAlone(*check, session, choice, CausalScope::layer, {LayerIndex(layer), HeadIndex(0)});
    for (int layer = 0; choice.heads && layer < session.model.layers; ++layer)
        for (int head = 0; head < session.model.heads; ++head)
            addAlone(*check, session, choice, CausalScope::head, {LayerIndex(layer), HeadIndex(head)});
    for (std::size_t i = 0; choice.computed >= 0 && i < check->conditions.size(); ++i)
        if (int(i) >= choice.computed) {
            CausalCondition& condition = check->conditions[i];
            condition.delta.clear();
            condition.divergence.clear();
            condition.sameTop.clear();
        }
    if (choice.attention)
        addAttention(*check, session, choice);
    auto text = std::make_shared<CorpusFacts>(session.corpus);
    text->name = "wikitext2-train.txt";
    text->source = "corpora/wikitext2-train.txt";
    text->windows = 4;
    text->tokens.clear();
    for (int i = 0; i < text->windows * text->windowLength; ++i)
        text->tokens.push_back(i % 1000);
    text->pieces.clear();
    text->documents.clear();
    session.causal = std::move(check);
    session.moments = std::make_shared<const TextMoments>(TextMoments{
        .text = std::move(text), .layers = std::vector<std::shared_ptr<const LayerMoments>>(session.layers.size())});
    takeCausalColumns(session);
    return std::make_shared<const Session>(std::move(session));
}

SessionPointer causalSession(const CausalFixture& choice) {
    static std::map<int, std::shared_ptr<Session>> known;  // by windows
    auto& base = known[choice.windows];
    if (!base) {
        std::vector<double> powers;
        for (int window = 0; window < choice.windows; ++window)
            powers.push_back(1 + 0.03 * (window % 5 - 2));
        base = sessionOfWindows(powers);
    }
    Session session = *base;
    for (std::size_t layer = std::size_t(choice.finishedLayers); layer < session.layers.size(); ++layer)
        session.layers[layer] = nullptr;
    return withCausalCheck(std::move(session), choice);
}

}  // namespace rankscope
