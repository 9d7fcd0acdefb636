// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/causal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "core/session/head_quantity.h"

namespace rankscope {
namespace {

constexpr int randomDraws = 3;

constexpr std::array arms{
    ArmInfo{.arm = Arm::field,
            .id = "field",
            .label = "Ẽ",
            .meaning = "directions of the logit energy field, after rotation",
            .otherSide = Arm::fieldBefore},
    ArmInfo{.arm = Arm::kvField,
            .id = "kv-field",
            .label = "Ẽ per KV head",
            .meaning = "as field, for the queries of a whole KV group at once",
            .perKvHead = true,
            .otherSide = Arm::kvFieldBefore},
    ArmInfo{.arm = Arm::keyPca,
            .id = "key-pca",
            .label = "keys",
            .meaning = "principal directions of the keys, after rotation",
            .perKvHead = true,
            .otherSide = Arm::keyPcaBefore},
    ArmInfo{.arm = Arm::fieldBefore,
            .id = "field-before",
            .label = "Ẽ before rotation",
            .meaning = "directions of the logit energy field, before rotation",
            .beforeRotation = true,
            .otherSide = Arm::field},
    ArmInfo{.arm = Arm::kvFieldBefore,
            .id = "kv-field-before",
            .label = "Ẽ per KV head before rotation",
            .meaning = "as field-before, for the queries of a whole KV group at once",
            .beforeRotation = true,
            .perKvHead = true,
            .otherSide = Arm::kvField},
    ArmInfo{.arm = Arm::keyPcaBefore,
            .id = "key-pca-before",
            .label = "keys before rotation",
            .meaning = "principal directions of the keys, before rotation",
            .beforeRotation = true,
            .perKvHead = true,
            .otherSide = Arm::keyPca},
    ArmInfo{.arm = Arm::weights,
            .id = "weights",
            .label = "weights",
            .meaning = "directions of the key weights alone, before rotation",
            .beforeRotation = true,
            .perKvHead = true},
    ArmInfo{.arm = Arm::distance,
            .id = "distance",
            .label = "distance alone",
            .meaning = "every logit becomes the calibration text's mean at its distance; no rank",
            .hasRank = false,
            .hasSpectrum = false},
    ArmInfo{.arm = Arm::withoutDistance,
            .id = "without-distance",
            .label = "without distance",
            .meaning = "every logit less the calibration text's mean at its distance; no rank",
            .hasRank = false,
            .hasSpectrum = false},
    ArmInfo{.arm = Arm::random,
            .id = "random",
            .label = "random",
            .meaning = "random directions, after rotation; mean over three draws",
            .hasSpectrum = false,
            .draws = randomDraws,
            .otherSide = Arm::randomBefore},
    ArmInfo{.arm = Arm::randomBefore,
            .id = "random-before",
            .label = "random before rotation",
            .meaning = "random directions, before rotation; mean over three draws",
            .beforeRotation = true,
            .hasSpectrum = false,
            .draws = randomDraws,
            .otherSide = Arm::random},
    ArmInfo{.arm = Arm::fieldOwnWindow,
            .id = "field-own-window",
            .label = "Ẽ of the window itself",
            .meaning = "as field, of the window that is evaluated: uses later tokens, an upper bound",
            .isLegal = false},
};

static_assert(
    [] {
        for (std::size_t i = 0; i < arms.size(); ++i)
            if (static_cast<std::size_t>(arms[i].arm) != i)
                return false;
        return arms.size() == static_cast<std::size_t>(Arm::fieldOwnWindow) + 1;
    }(),
    "one row per arm, in the order of the enumeration");

constexpr std::array<std::string_view, 3> scopes{"all", "layer", "head"};

double meanOf(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

// Of the mean over windows.
Interval intervalOf(const std::vector<double>& values, const Resamples& resamples) {
    std::vector<double> means;
    means.reserve(bootstrapDraws);
    for (int draw = 0; draw < bootstrapDraws; ++draw)
        means.push_back(std::inner_product(values.begin(), values.end(), resamples.counts(draw).begin(), 0.0) /
                        double(values.size()));
    return percentileInterval(std::move(means));
}

// Of [windows, layers, heads].
std::size_t placeOf(const ModelFacts& model, int window, HeadRef head) {
    return (std::size_t(window) * std::size_t(model.layers) + std::size_t(head.layer.value)) *
               std::size_t(model.heads) +
           std::size_t(head.head.value);
}

// Smallest rank of `values`, by rank, that is within `bound` with all larger ones; the last of all is.
int smallestWithin(const std::map<int, double>& values, double bound) {
    int smallest = values.rbegin()->first;
    for (auto at = values.rbegin(); at != values.rend() && at->second <= bound; ++at)
        smallest = at->first;
    return smallest;
}

// [heads, windows] of a layer.
std::vector<double> attentionRanks(const CausalCheck& check, const ModelFacts& model, int windows, int layer, Arm arm) {
    std::vector<double> ranks;
    for (int head = 0; head < model.heads; ++head)
        for (int window = 0; window < windows; ++window) {
            std::map<int, double> variation{{model.headSize, 0.0}};
            bool known = false;
            for (const AttentionError& error : check.attention) {
                const std::size_t at = placeOf(model, window, {LayerIndex(layer), HeadIndex(head)});
                if (error.arm != arm || at >= error.variation.size())
                    continue;
                if (const double value = error.variation[at]; !std::isnan(value)) {
                    variation[error.rank] = value;
                    known = true;
                }
            }
            if (!known)
                return {};
            ranks.push_back(smallestWithin(variation, attentionTolerance));
        }
    return ranks;
}

// [heads, windows] of a layer: of each head alone at the smallest rank that every head was tried at.
std::vector<double> headDeltas(const CausalCheck& check, const ModelFacts& model, int layer) {
    std::map<std::pair<Arm, int>, std::map<int, const CausalCondition*>> byRank;
    for (const CausalCondition& condition : check.conditions)
        if (condition.scope == CausalScope::head && condition.rank >= 0 && condition.isComputed() &&
            condition.head->layer.value == layer)
            byRank[{condition.arm, condition.rank}][condition.head->head.value] = &condition;
    for (const auto& [rank, heads] : byRank) {
        if (int(heads.size()) != model.heads)
            continue;
        std::vector<double> deltas;
        for (const auto& [head, condition] : heads)
            deltas.insert(deltas.end(), condition->delta.begin(), condition->delta.end());
        return deltas;
    }
    return {};
}

}  // namespace

std::span<const ArmInfo> armTable() {
    return arms;
}

const ArmInfo& armInfo(Arm arm) {
    return arms[static_cast<std::size_t>(arm)];
}

std::optional<Arm> armFromId(std::string_view id) {
    const auto found = std::ranges::find(arms, id, &ArmInfo::id);
    return found == arms.end() ? std::nullopt : std::optional(found->arm);
}

std::string_view scopeId(CausalScope scope) {
    return scopes[static_cast<std::size_t>(scope)];
}

std::optional<CausalScope> scopeFromId(std::string_view id) {
    const auto found = std::ranges::find(scopes, id);
    return found == scopes.end() ? std::nullopt : std::optional(CausalScope(found - scopes.begin()));
}

bool CausalCondition::isSameAs(const CausalCondition& other) const {
    return arm == other.arm && scope == other.scope && head == other.head && rank == other.rank && share == other.share;
}

int CausalCheck::computed() const {
    return static_cast<int>(std::ranges::count_if(conditions, &CausalCondition::isComputed));
}

double CausalCheck::meanLoss() const {
    return meanOf(loss);
}

const CausalCondition* CausalCheck::find(const CausalCondition& like) const {
    const auto found = std::ranges::find_if(conditions, [&](const auto& known) { return known.isSameAs(like); });
    return found == conditions.end() ? nullptr : &*found;
}

CausalNumbers numbersOf(const CausalCheck& check, const CausalCondition& condition) {
    CausalNumbers numbers{.delta = meanOf(condition.delta),
                          .divergence = meanOf(condition.divergence),
                          .sameTop = meanOf(condition.sameTop)};
    if (condition.delta.size() < std::size_t(leastResampled))
        return numbers;
    const Resamples resamples(static_cast<int>(condition.delta.size()), check.seed);  // the same draws for all three
    numbers.interval = intervalOf(condition.delta, resamples);
    numbers.divergenceInterval = intervalOf(condition.divergence, resamples);
    numbers.sameTopInterval = intervalOf(condition.sameTop, resamples);
    return numbers;
}

std::optional<AttentionNumbers> numbersOf(const Session& session, const AttentionError& error, HeadRef head) {
    AttentionNumbers sum;
    const int windows = session.corpus.windows;
    for (int window = 0; window < windows; ++window) {
        const std::size_t at = placeOf(session.model, window, head);
        if (at >= error.variation.size() || std::isnan(error.variation[at]))
            return std::nullopt;
        sum.divergence += error.divergence[at] / windows;
        sum.variation += error.variation[at] / windows;
        sum.output += error.output[at] / windows;
    }
    return sum;
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

std::optional<int> causalRank(const CausalCheck& check, int headSize, const CausalCondition& like, double epsilon) {
    std::map<int, double> deltas{{headSize, 0.0}};
    bool known = false;
    for (const CausalCondition& condition : check.conditions)
        if (condition.arm == like.arm && condition.scope == like.scope && condition.head == like.head &&
            condition.rank >= 0 && condition.isComputed()) {
            deltas[condition.rank] = meanOf(condition.delta);
            known = true;
        }
    return known ? std::optional(smallestWithin(deltas, epsilon)) : std::nullopt;
}

std::optional<int> causalRank(const CausalCheck& check, int headSize, Arm arm, double epsilon) {
    return causalRank(check, headSize, CausalCondition{.arm = arm}, epsilon);
}

std::optional<double> recovered(const CausalCheck& check, const CausalCondition& condition) {
    CausalCondition nothing = condition;
    nothing.rank = 0;
    nothing.share = 0;
    const CausalCondition* found = check.find(nothing);
    if (!found || !found->isComputed() || !armInfo(condition.arm).hasRank)
        return std::nullopt;
    const double cost = meanOf(found->delta);
    return cost > 0 ? std::optional((cost - meanOf(condition.delta)) / cost) : std::nullopt;
}

void takeCausalColumns(Session& session) {
    if (!session.causal)
        return;
    const CausalCheck& check = *session.causal;
    for (int layer = 0; layer < int(session.layers.size()); ++layer) {
        auto& result = session.layers[std::size_t(layer)];
        if (!result || result->states.empty())
            continue;
        const int windows = session.corpus.windows;
        std::map<std::string_view, std::vector<double>> numbers{
            {attentionRankId, attentionRanks(check, session.model, windows, layer, Arm::field)},
            {attentionRankKeysId, attentionRanks(check, session.model, windows, layer, Arm::keyPcaBefore)},
            {headDeltaId, headDeltas(check, session.model, layer)}};
        std::erase_if(numbers, [](const auto& column) { return column.second.empty(); });
        const auto isThere = [&](const auto& column) { return result->number(column.first) == column.second; };
        if (std::ranges::all_of(numbers, isThere))
            continue;
        auto changed = std::make_shared<LayerResult>(*result);
        for (auto& [id, values] : numbers)
            changed->numbers[id] = std::move(values);
        result = std::move(changed);
    }
}

}  // namespace rankscope
