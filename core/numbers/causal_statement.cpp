// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numbers/causal_statement.h"

#include <algorithm>
#include <cmath>

#include "core/base/number_text.h"

namespace rankscope {
namespace {

bool isOverAll(const CausalCondition& condition, Arm arm) {
    return condition.arm == arm && condition.scope == CausalScope::all && condition.isComputed();
}

// Each head at its own k of the smallest share that was asked for.
const CausalCondition* ownShare(const CausalCheck& check, Arm arm) {
    const CausalCondition* smallest = nullptr;
    for (const CausalCondition& condition : check.conditions)
        if (isOverAll(condition, arm) && condition.share > 0 && (!smallest || condition.share < smallest->share))
            smallest = &condition;
    return smallest;
}

std::string spectrumSentence(const Session& session, Arm arm, const MeasureChoice& measure) {
    const auto variant = variantOf(arm);
    const Distribution ranks = variant ? variantDistribution(session, *variant, measure) : Distribution();
    return ranks.count == 0 ? std::string()
                            : "Median " + measure.label() + " of " + std::string(armInfo(arm).label) + " is " +
                                  rankText(ranks.median) + ". ";
}

std::string shareSentence(const Session& session, const CausalCondition& condition, const MeasureChoice& measure) {
    const std::string size = std::to_string(session.model.headSize);
    return "With every head kept to its own " + measure.label() + " of " + std::string(armInfo(condition.arm).label) +
           ", " + fixedText(condition.meanRank, 1) + " of " + size + " components on average, " +
           costText(numbersOf(*session.causal, condition)) + ". ";
}

}  // namespace

std::optional<Arm> leadingArm(const CausalCheck& check) {
    for (const ArmInfo& info : armTable())
        if (info.isLegal && info.hasSpectrum &&
            std::ranges::any_of(check.conditions, [&](const auto& each) { return isOverAll(each, info.arm); }))
            return info.arm;
    return std::nullopt;
}

std::optional<Variant> variantOf(Arm arm) {
    switch (arm) {
        case Arm::field:
        case Arm::fieldOwnWindow:
            return Variant::field;
        case Arm::fieldBefore:
            return Variant::fieldBeforeRotation;
        case Arm::kvField:
            return Variant::kvField;
        default:
            return std::nullopt;
    }
}

std::optional<std::string> causalRankText(const CausalCheck& check, int headSize, Arm arm, double epsilon) {
    const auto rank = causalRank(check, headSize, arm, epsilon);
    if (!rank)
        return std::nullopt;
    int below = -1;  // the largest measured rank below it
    for (const CausalCondition& condition : check.conditions)
        if (isOverAll(condition, arm) && condition.rank < *rank)
            below = std::max(below, condition.rank);
    if (*rank == below + 1)
        return std::to_string(*rank);
    return *rank < headSize ? "≤ " + std::to_string(*rank) : "> " + std::to_string(below);
}

std::string costText(const CausalNumbers& numbers) {
    std::string text = std::string("the loss ") + (numbers.delta < 0 ? "falls" : "rises") + " by " +
                       fixedText(std::abs(numbers.delta), 2) + " nats (";
    if (numbers.interval)
        text += "95 % " + fixedText(numbers.interval->low, 2) + " to " + fixedText(numbers.interval->high, 2) + "; ";
    return text + "perplexity × " + fixedText(std::exp(numbers.delta), numbers.delta < std::log(2) ? 2 : 1) + ")";
}

std::string causalStatement(const Session& session) {
    const auto arm = session.causal ? leadingArm(*session.causal) : std::nullopt;
    if (!arm)
        return {};
    std::string text;
    if (const CausalCondition* own = ownShare(*session.causal, *arm)) {
        const MeasureChoice measure{.threshold = own->share};
        text = spectrumSentence(session, *arm, measure) + shareSentence(session, *own, measure);
    }
    const std::string size = std::to_string(session.model.headSize);
    if (const auto rank = causalRankText(*session.causal, session.model.headSize, *arm, causalEpsilons[0]))
        text += "Staying within " + generalText(causalEpsilons[0], 2) + " nats takes " + *rank + " of " + size +
                " components in every head.";
    while (text.ends_with(' '))
        text.pop_back();
    return text;
}

}  // namespace rankscope
