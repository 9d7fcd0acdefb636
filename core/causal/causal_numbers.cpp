// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The arms of the causal check, and its numbers: of a condition from the scores of its tokens, of an arm from its
// conditions.
#include <algorithm>
#include <array>
#include <map>

#include "core/causal/causal_check.h"
#include "core/forward/transformer.h"

namespace rankscope {
namespace {

constexpr std::array arms{
    ArmInfo{Arm::field, "field", "directions of the logit energy field, after rotation", false, false, true,
            Arm::fieldBefore},
    ArmInfo{Arm::kvField, "kv-field", "the same for the queries of a whole KV group", false, true, true,
            Arm::kvFieldBefore},
    ArmInfo{Arm::keyPca, "key-pca", "principal directions of the keys, after rotation", false, true, true,
            Arm::keyPcaBefore},
    ArmInfo{Arm::fieldBefore, "field-before", "directions of the field before rotation", true, false, true, Arm::field},
    ArmInfo{Arm::kvFieldBefore, "kv-field-before", "the same for the queries of a whole KV group", true, true, true,
            Arm::kvField},
    ArmInfo{Arm::keyPcaBefore, "key-pca-before", "principal directions of the keys before rotation", true, true, true,
            Arm::keyPca},
    ArmInfo{Arm::weights, "weights", "directions of the key weights alone, before rotation", true, true},
    ArmInfo{Arm::random, "random", "random directions, after rotation", false, false, false, Arm::randomBefore},
    ArmInfo{Arm::randomBefore, "random-before", "random directions, before rotation", true, false, false, Arm::random},
};

// Over the predicted positions of the rows from `first` on: all but the last of each window of `length`.
double sumOf(const auto& values, std::size_t first, std::size_t rows, std::size_t length) {
    double sum = 0;
    for (std::size_t at = first; at < first + rows; ++at)
        sum += (at + 1) % length == 0 ? 0.0 : double(values[at]);
    return sum;
}

// Of the mean of the windows' deltas.
std::optional<Interval> intervalOf(const std::vector<double>& deltas, std::uint64_t seed) {
    if (deltas.size() < std::size_t(leastResampled))
        return std::nullopt;
    const Resamples resamples(static_cast<int>(deltas.size()), seed);
    std::vector<double> means;
    for (int draw = 0; draw < bootstrapDraws; ++draw) {
        double sum = 0;
        for (std::size_t i = 0; i < deltas.size(); ++i)
            sum += deltas[i] * resamples.counts(draw)[i];
        means.push_back(sum / double(deltas.size()));
    }
    return percentileInterval(std::move(means));
}

}  // namespace

std::span<const ArmInfo> armTable() {
    return arms;
}

const ArmInfo& armInfo(Arm arm) {
    return *std::ranges::find(arms, arm, &ArmInfo::arm);
}

void takeScores(CausalResult& result, std::size_t condition, const TokenScores& scores, int group, std::uint64_t seed) {
    const auto length = std::size_t(result.windowLength), rows = std::size_t(result.windows) * length;
    const std::size_t begin = std::size_t(group) * rows;
    const double predicted = double(result.windows) * double(length - 1);
    CausalCondition& taken = result.conditions[condition];
    result.loss = sumOf(scores.loss, 0, rows, length) / predicted;
    taken.delta = sumOf(scores.loss, begin, rows, length) / predicted - result.loss;
    taken.divergence = sumOf(scores.divergence, begin, rows, length) / predicted;
    taken.sameTop = sumOf(scores.sameTop, begin, rows, length) / predicted;
    std::vector<double> deltas;
    for (std::size_t row = 0; row < rows; row += length)
        deltas.push_back((sumOf(scores.loss, begin + row, length, length) - sumOf(scores.loss, row, length, length)) /
                         double(length - 1));
    taken.interval = intervalOf(deltas, seed);
}

std::vector<int> usualRanks(int headSize) {
    std::vector<int> ranks{0, 1, 2, 4};
    for (int step = 8; step < headSize; step *= 2) {
        ranks.push_back(step);
        ranks.push_back(step + step / 2);
    }
    std::erase_if(ranks, [&](int rank) { return rank >= headSize; });
    ranks.push_back(headSize);
    return ranks;
}

std::optional<int> causalRank(const CausalResult& result, Arm arm, double epsilon) {
    std::map<int, double> deltas{{result.headSize, 0.0}};
    for (const CausalCondition& condition : result.conditions)
        if (condition.arm == arm && condition.scope == CausalScope::all && condition.rank >= 0)
            deltas[condition.rank] = condition.delta;
    std::optional<int> smallest;
    for (auto at = deltas.rbegin(); at != deltas.rend() && at->second <= epsilon; ++at)
        smallest = at->first;
    return smallest;
}

}  // namespace rankscope
