// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/causal_summary.h"

#include <algorithm>

#include "app/options.h"
#include "core/base/number_text.h"
#include "core/numbers/causal_statement.h"

namespace rankscope {
namespace {

// "of 4 windows of text.txt", "of the windows themselves"
std::string calibrationText(const Session& session) {
    const CorpusFacts& text = *session.moments->text;
    return text == session.corpus ? std::string("of the windows themselves")
                                  : "of " + counted(text.windows, "window") + " of " + printable(text.name);
}

}  // namespace

std::vector<Arm> armsOf(const CausalCheck& check) {
    std::vector<Arm> arms;
    for (const ArmInfo& info : armTable())
        if (std::ranges::count(check.conditions, info.arm, &CausalCondition::arm) > 0)
            arms.push_back(info.arm);
    return arms;
}

std::string causalRanksText(const Session& session, Arm arm, std::span<const double> epsilons) {
    const int size = session.model.headSize;
    std::string text;
    for (const double epsilon : epsilons)
        if (const auto rank = causalRankText(*session.causal, size, arm, epsilon))
            text += (text.empty() ? "" : ", ") + *rank + " of " + std::to_string(size) + " at " +
                    generalText(epsilon, 6) + " nats";
    return text;
}

nlohmann::ordered_json causalRanksJson(const Session& session, std::span<const double> epsilons) {
    auto ranks = nlohmann::ordered_json::array();
    for (const Arm arm : armsOf(*session.causal))
        for (const double epsilon : epsilons)
            if (const auto rank = causalRank(*session.causal, session.model.headSize, arm, epsilon))
                ranks.push_back({{"arm", armInfo(arm).id}, {"epsilon", epsilon}, {"rank", *rank}});
    return ranks;
}

void appendCausalCheck(std::vector<LabelledLine>& lines, const Session& session) {
    if (session.causal) {
        const CausalCheck& check = *session.causal;
        std::string arms;
        for (const Arm arm : armsOf(check))
            arms += (arms.empty() ? "" : ", ") + std::string(armInfo(arm).id);
        lines.push_back({"causal check", std::to_string(check.computed()) + " of " +
                                             counted(static_cast<long long>(check.conditions.size()), "condition") +
                                             (arms.empty() ? "" : ": " + arms)});
        for (const Arm arm : armsOf(check))
            if (const std::string text = causalRanksText(session, arm, causalEpsilons); !text.empty())
                lines.push_back({"  causal rank, " + std::string(armInfo(arm).id), text});
    }
    if (session.moments && session.moments->text)
        lines.push_back({"moments", calibrationText(session)});
}

void addCausalCheck(nlohmann::ordered_json& json, const Session& session) {
    if (session.causal) {
        const CausalCheck& check = *session.causal;
        nlohmann::ordered_json causal{{"conditions", check.conditions.size()},
                                      {"conditions_done", check.computed()},
                                      {"arms", nlohmann::ordered_json::array()},
                                      {"causal_rank", causalRanksJson(session, causalEpsilons)}};
        for (const Arm arm : armsOf(check))
            causal["arms"].push_back(armInfo(arm).id);
        json["causal_check"] = std::move(causal);
    }
    if (session.moments && session.moments->text)
        json["moments"] = {{"corpus", session.moments->text->name}, {"windows", session.moments->text->windows}};
}

}  // namespace rankscope
