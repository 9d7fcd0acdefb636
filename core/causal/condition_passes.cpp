// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/causal/condition_passes.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/error.h"

namespace rankscope {
namespace {

bool isOfOwnWindow(const CausalCondition& condition) {
    return !armInfo(condition.arm).isLegal;
}

}  // namespace

// What the layer at hand gives each group of windows, made where it is asked for.
class ConditionPasses::Replacements {
public:
    Replacements(std::span<Group> groups, ConditionPasses& passes, int first)
        : m_groups(groups), m_passes(passes), m_first(first), m_windows(passes.m_evaluated.windows) {}

    // The directions of the windows themselves, of what they are where nothing is changed.
    void look(const LayerCapture& capture) {
        m_made.clear();
        m_own.clear();
        const bool needed = std::ranges::any_of(m_groups, [&](const Group& group) {
            return isOfOwnWindow(*group.condition) && changesLayer(*group.condition, capture.layer.value);
        });
        for (int window = 0; needed && window < m_windows; ++window) {
            LayerGrams own;
            own.after = gramsOfWindow(capture, window, m_passes.m_context);
            m_own.push_back(directionsOf(Arm::fieldOwnWindow, own, capture.layer, 0, m_passes.m_context));
        }
    }

    const KeyReplacement* at(LayerIndex layer, int window) {
        if (window < m_first)
            return nullptr;
        const int group = (window - m_first) / m_windows, of = (window - m_first) % m_windows;
        Group& asked = m_groups[std::size_t(group)];
        if (!changesLayer(*asked.condition, layer.value))
            return nullptr;
        const auto key = std::pair(group, isOfOwnWindow(*asked.condition) ? of : 0);
        auto found = m_made.find(key);
        if (found == m_made.end())
            found = m_made.emplace(key, make(asked, layer.value, of)).first;
        return &found->second;
    }

private:
    static bool changesLayer(const CausalCondition& condition, int layer) {
        return condition.scope == CausalScope::all || condition.head->layer.value == layer;
    }

    KeyReplacement make(Group& group, int layer, int window) {
        const CausalCondition& condition = *group.condition;
        const Hyperparameters& model = m_passes.info();
        const auto isChanged = [&](int row) {
            return condition.scope != CausalScope::head || condition.head->head.value == row;
        };
        Calibration& calibration = m_passes.m_calibration;
        const ArmInfo& arm = armInfo(condition.arm);
        if (!arm.hasRank) {
            std::vector<bool> changed;
            for (int head = 0; head < model.heads; ++head)
                changed.push_back(isChanged(head));
            return calibration.distanceReplacement(condition.arm, layer, std::move(changed));
        }
        const std::vector<Directions>& directions = isOfOwnWindow(condition)
                                                        ? m_own[std::size_t(window)]
                                                        : calibration.directions(condition.arm, group.draw, layer);
        std::vector<int> ranks;
        for (std::size_t row = 0; row < directions.size(); ++row) {
            if (!isChanged(int(row))) {
                ranks.push_back(model.headSize);
                continue;
            }
            ranks.push_back(condition.rank >= 0 ? condition.rank : directions[row].rankAt(condition.share));
            group.rankSum += ranks.back();
            ++group.rankCount;
        }
        return replacementOf(condition.arm, calibration.grams(layer), directions, ranks);
    }

    const std::span<Group> m_groups;
    ConditionPasses& m_passes;
    const int m_first;  // window of the first group
    const int m_windows;
    std::vector<std::vector<Directions>> m_own;            // [windows][heads]; empty: no group needs them
    std::map<std::pair<int, int>, KeyReplacement> m_made;  // by group and window
};

int ConditionPasses::groupsAtOnce() const {
    const double width = 2.0 * info().hiddenSize + 3.0 * (info().heads + info().kvHeads) * info().headSize;
    const double each = double(m_evaluated.tokens.size()) * width * sizeof(float);
    constexpr double most = 12;  // more do not save much, and results come later
    return static_cast<int>(std::clamp(groupBytes / each - 1, 1.0, most));
}

void ConditionPasses::expect(std::span<const int> firstLayers) {
    const double each = double(valuesOfHidden()) * sizeof(float);
    m_wanted.clear();
    for (const int layer : firstLayers)
        if (layer > 0 && double(m_wanted.size() + 1) * each <= std::max(each, activationBytes))
            m_wanted.insert(layer);
}

void ConditionPasses::keep(LayerIndex layer, std::span<const float> values) {
    const auto unchanged = values.first(valuesOfHidden());
    if (layer.value == info().layers)
        m_reference.assign(unchanged.begin(), unchanged.end());
    else if (m_wanted.contains(layer.value))
        m_activations[layer.value].assign(unchanged.begin(), unchanged.end());
}

// Unchanged windows come first where they are run, then `groups` others.
ForwardResult ConditionPasses::pass(int begin, int groups, bool withUnchanged, Replacements* replacements,
                                    const PassProgress& onProgress) {
    std::vector<float> hidden;
    std::vector<TokenId> tokens;
    const int all = groups + (withUnchanged ? 1 : 0);
    for (int group = 0; group < all; ++group) {
        tokens.insert(tokens.end(), m_evaluated.tokens.begin(), m_evaluated.tokens.end());
        if (begin > 0)
            hidden.insert(hidden.end(), m_activations.at(begin).begin(), m_activations.at(begin).end());
    }
    const auto progress = [&](int layer) {
        constexpr double head = 0.2;  // what the output head may take of a pass
        onProgress((1 - head) * (layer + 1 - begin) / (info().layers - begin));
    };
    ForwardInput input{.tokens = tokens,
                       .windows = m_evaluated.windows * all,
                       .length = m_evaluated.length,
                       .device = m_request.device,
                       .lastLayer = LayerIndex(info().layers - 1),
                       .firstLayer = LayerIndex(begin),
                       .hidden = hidden,
                       .referenceWindows = m_evaluated.windows};
    if (replacements)
        input.intervention = [&](LayerIndex layer, int window) { return replacements->at(layer, window); };
    if (withUnchanged)
        input.onActivations = [&](LayerIndex layer, std::span<const float> values) { keep(layer, values); };
    else
        input.referenceHidden = m_reference;
    const auto tap = [&](const LayerCapture& capture) {
        if (replacements)
            replacements->look(capture);
        progress(capture.layer.value);
    };
    return runForward(*m_model.reader, info(), input, tap, m_context);
}

void ConditionPasses::runUnchanged(const PassProgress& onProgress) {
    if (!m_loss.empty())
        return;
    m_loss = windowMeans(pass(0, 0, true, nullptr, onProgress).scores.loss, 0);
    requireFinite();
}

void ConditionPasses::compute(std::span<CausalCondition* const> conditions, const PassProgress& onProgress) {
    const int begin = conditions.front()->scope == CausalScope::all ? 0 : conditions.front()->head->layer.value;
    if (begin > 0 && !m_activations.contains(begin)) {
        m_activations.clear();
        m_wanted.insert(begin);
        m_loss = windowMeans(pass(0, 0, true, nullptr, [](double) {}).scores.loss, 0);
        requireFinite();
    }
    std::vector<Group> groups;
    for (CausalCondition* condition : conditions)
        for (int draw = 0; draw < armInfo(condition->arm).draws; ++draw)
            groups.push_back({condition, draw});
    const bool withUnchanged = m_reference.empty() || std::ranges::any_of(groups, [](const Group& group) {
                                   return isOfOwnWindow(*group.condition);
                               });
    Replacements replacements(groups, *this, withUnchanged ? m_evaluated.windows : 0);
    const TokenScores scores = pass(begin, int(groups.size()), withUnchanged, &replacements, onProgress).scores;
    if (m_loss.empty())
        m_loss = windowMeans(scores.loss, 0);
    requireFinite();
    takeScores(groups, scores);
}

void ConditionPasses::requireFinite() const {
    if (!std::ranges::all_of(m_loss, [](double loss) { return std::isfinite(loss); }))
        throw Error(ErrorCode::mismatch, m_request.model.string(), "next-token loss on " + m_evaluated.source,
                    "a finite number", "NaN or infinity");
}

// Over the draws of an arm, what it comes to in each window. The unchanged windows are the first group.
void ConditionPasses::takeScores(std::span<Group> groups, const TokenScores& scores) const {
    const auto add = [](std::vector<double>& to, const std::vector<double>& values, double share) {
        to.resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            to[i] += share * values[i];
    };
    for (std::size_t i = 0; i < groups.size(); ++i) {
        CausalCondition& taken = *groups[i].condition;
        const double share = 1.0 / armInfo(taken.arm).draws;
        std::vector<double> delta = windowMeans(scores.loss, i + 1);
        std::ranges::transform(delta, m_loss, delta.begin(), std::minus());
        add(taken.delta, delta, share);
        add(taken.divergence, windowMeans(scores.divergence, i + 1), share);
        add(taken.sameTop, windowMeans(scores.sameTop, i + 1), share);
        if (groups[i].rankCount > 0)
            taken.meanRank = groups[i].rankSum / groups[i].rankCount;
    }
}

// Over the predicted positions, all but the last, of each window of a group.
std::vector<double> ConditionPasses::windowMeans(const auto& values, std::size_t group) const {
    const auto length = std::size_t(m_evaluated.length), windows = std::size_t(m_evaluated.windows);
    std::vector<double> means;
    for (std::size_t window = group * windows; window < (group + 1) * windows; ++window) {
        const auto begin = values.begin() + std::ptrdiff_t(window * length);
        means.push_back(std::accumulate(begin, begin + std::ptrdiff_t(length - 1), 0.0) / double(length - 1));
    }
    return means;
}

}  // namespace rankscope
