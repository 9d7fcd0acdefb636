// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/causal/causal_plan.h"

#include <algorithm>
#include <span>
#include <tuple>

#include "core/base/error.h"
#include "core/base/number_text.h"

namespace rankscope {
namespace {

constexpr std::size_t coarseRanks = 5;  // of the curve that is shown first

std::vector<double> sharesOf(const CausalRequest& request) {
    const bool usual = request.ranks.empty() && request.shares.empty();
    return usual ? std::vector(std::begin(usualShares), std::end(usualShares)) : request.shares;
}

std::vector<int> ranksOf(const CausalRequest& request, int headSize) {
    const bool usual = request.ranks.empty() && request.shares.empty();
    std::vector<int> ranks = usual ? usualRanks(headSize) : request.ranks;
    std::ranges::sort(ranks);
    const auto repeated = std::ranges::unique(ranks);
    ranks.erase(repeated.begin(), repeated.end());
    return ranks;
}

// Both ends, then the middle of each gap between those before.
std::vector<int> coarseFirst(const std::vector<int>& ascending) {
    if (ascending.size() < 3)
        return ascending;
    std::vector<int> order{ascending.front(), ascending.back()};
    std::vector<std::pair<std::size_t, std::size_t>> gaps{{0, ascending.size() - 1}};
    for (std::size_t i = 0; i < gaps.size(); ++i) {
        const auto [first, last] = gaps[i];
        if (last - first < 2)
            continue;
        const std::size_t middle = (first + last) / 2;
        order.push_back(ascending[middle]);
        gaps.emplace_back(first, middle);
        gaps.emplace_back(middle, last);
    }
    return order;
}

void requireRequest(const CausalRequest& request, const Hyperparameters& model, const std::string& file) {
    const auto refuse = [&](std::string_view subject, const std::string& expected, const std::string& found) {
        throw Error(ErrorCode::mismatch, file, std::string(subject), expected, found);
    };
    if (request.arms.empty())
        refuse("arms", "at least one", "none");
    if (request.scopes.empty())
        refuse("scopes", "at least one of all, layer, head", "none");
    for (const int rank : request.ranks)
        if (rank < 0 || rank > model.headSize)
            refuse("rank", "0 to " + std::to_string(model.headSize), std::to_string(rank));
    for (const double share : request.shares)
        if (!(share > 0 && share <= 1))
            refuse("share", "above 0, at most 1", generalText(share, 6));
    for (const HeadRef& head : request.heads)
        if (head.layer.value < 0 || head.layer.value >= model.layers || head.head.value < 0 ||
            head.head.value >= model.heads)
            refuse("head", "within " + headName({LayerIndex(model.layers - 1), HeadIndex(model.heads - 1)}),
                   headName(head));
}

// Which heads a condition of the scope may be of: nothing stands for all at once, head 0 for its layer.
std::vector<std::optional<HeadRef>> placesOf(const CausalRequest& request, const Hyperparameters& model,
                                             CausalScope scope, const ArmInfo& arm, int firstLayer, int lastLayer) {
    if (scope == CausalScope::all)
        return {std::nullopt};
    if (scope == CausalScope::head && arm.perKvHead)
        return {};
    if (scope == CausalScope::head && !request.heads.empty())
        return {request.heads.begin(), request.heads.end()};
    std::vector<std::optional<HeadRef>> places;
    for (int layer = firstLayer; layer <= lastLayer; ++layer)
        for (int head = 0; head < (scope == CausalScope::head ? model.heads : 1); ++head)
            places.push_back(HeadRef{LayerIndex(layer), HeadIndex(head)});
    return places;
}

struct Planned {
    CausalCondition condition;
    int stage = 0;  // the coarse curve, own ranks and arms without ranks, the ranks between
};

std::vector<Planned> conditionsOf(const ArmInfo& arm, CausalScope scope, const std::optional<HeadRef>& head,
                                  const std::vector<int>& ranks, const std::vector<double>& shares) {
    const CausalCondition at{.arm = arm.arm, .scope = scope, .head = head};
    if (!arm.hasRank)
        return {{at, 1}};
    std::vector<Planned> planned;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        Planned& one = planned.emplace_back(at, i < coarseRanks ? 0 : 2);
        one.condition.rank = ranks[i];
        one.condition.meanRank = ranks[i];
    }
    for (const double share : shares)
        if (arm.hasSpectrum)
            planned.emplace_back(at, 1).condition.share = share;
    return planned;
}

}  // namespace

std::vector<CausalCondition> plannedConditions(const CausalRequest& request, const Hyperparameters& model,
                                               int firstLayer, int lastLayer, const std::string& file) {
    requireRequest(request, model, file);
    const std::vector<int> ranks = coarseFirst(ranksOf(request, model.headSize));
    const std::vector<double> shares = sharesOf(request);
    std::vector<Planned> planned;
    for (const CausalScope scope : request.scopes)
        for (const Arm arm : request.arms)
            for (const auto& head : placesOf(request, model, scope, armInfo(arm), firstLayer, lastLayer))
                for (Planned& one : conditionsOf(armInfo(arm), scope, head, ranks, shares))
                    planned.push_back(std::move(one));
    std::ranges::stable_sort(planned, {}, [](const Planned& one) {
        return std::tuple(one.condition.scope, firstLayerOf(one.condition), one.stage);
    });
    std::vector<CausalCondition> conditions;
    for (const Planned& one : planned)
        if (std::ranges::none_of(conditions, [&](const auto& other) { return other.isSameAs(one.condition); }))
            conditions.push_back(one.condition);
    if (conditions.empty())
        throw Error(ErrorCode::mismatch, file, "conditions",
                    "at least one: an arm of single query heads for scope head, and a spectrum for a share", "none");
    return conditions;
}

std::vector<int> attentionRanks(const CausalRequest& request, int headSize) {
    std::vector<int> ranks = ranksOf(request, headSize);
    if (ranks.empty())
        ranks = usualRanks(headSize);
    std::erase_if(ranks, [&](int rank) { return rank >= headSize; });
    return ranks;
}

bool changesNothing(const CausalCondition& condition, int headSize) {
    return condition.rank >= headSize;
}

std::optional<std::size_t> sameEarlier(const std::vector<CausalCondition>& conditions, std::size_t at, bool rotated) {
    const CausalCondition& condition = conditions[at];
    const ArmInfo& info = armInfo(condition.arm);
    for (std::size_t i = 0; i < at; ++i) {
        const CausalCondition& earlier = conditions[i];
        if (earlier.scope != condition.scope || earlier.head != condition.head || earlier.rank != condition.rank ||
            earlier.share != condition.share || !info.hasRank || !armInfo(earlier.arm).hasRank)
            continue;
        const bool sameSide = !rotated || armInfo(earlier.arm).beforeRotation == info.beforeRotation;
        if ((condition.rank == 0 && sameSide) || (!rotated && info.otherSide == earlier.arm))
            return i;
    }
    return std::nullopt;
}

int firstLayerOf(const CausalCondition& condition) {
    return condition.scope == CausalScope::all ? 0 : condition.head->layer.value;
}

}  // namespace rankscope
