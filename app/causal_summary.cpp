// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/causal_summary.h"

#include <algorithm>

#include "app/options.h"
#include "core/base/number_text.h"

namespace rankscope {
namespace {

std::int64_t computedOf(const CausalCheck& check) {
    return std::ranges::count_if(check.conditions, &CausalCondition::isComputed);
}

// The arms that have conditions, in the order of their table.
std::vector<ArmInfo> armsOf(const CausalCheck& check) {
    std::vector<ArmInfo> arms;
    std::ranges::copy_if(armTable(), std::back_inserter(arms), [&](const ArmInfo& info) {
        return std::ranges::count(check.conditions, info.arm, &CausalCondition::arm) > 0;
    });
    return arms;
}

// "≤ 48 of 64 at 0.05 nats, ≤ 64 of 64 at 0.01 nats"; empty where no rank was measured over all heads.
std::string causalRankText(const Session& session, Arm arm) {
    std::string text;
    for (const double epsilon : causalEpsilons)
        if (const auto rank = causalRank(*session.causal, session.model.headSize, arm, epsilon))
            text += (text.empty() ? "≤ " : ", ≤ ") + std::to_string(*rank) + " of " +
                    std::to_string(session.model.headSize) + " at " + generalText(epsilon, 6) + " nats";
    return text;
}

// "of 4 windows of text.txt", "of the windows themselves"
std::string calibrationText(const Session& session) {
    const CorpusFacts& text = *session.moments->text;
    return text == session.corpus ? std::string("of the windows themselves")
                                  : "of " + counted(text.windows, "window") + " of " + printable(text.name);
}

}  // namespace

void appendCausalCheck(std::vector<LabelledLine>& lines, const Session& session) {
    if (session.causal) {
        const CausalCheck& check = *session.causal;
        std::string arms;
        for (const ArmInfo& info : armsOf(check))
            arms += (arms.empty() ? "" : ", ") + std::string(info.id);
        lines.push_back({"causal check", std::to_string(computedOf(check)) + " of " +
                                             counted(static_cast<long long>(check.conditions.size()), "condition") +
                                             (arms.empty() ? "" : ": " + arms)});
        for (const ArmInfo& info : armsOf(check))
            if (const std::string text = causalRankText(session, info.arm); !text.empty())
                lines.push_back({"  causal rank, " + std::string(info.id), text});
    }
    if (session.moments && session.moments->text)
        lines.push_back({"moments", calibrationText(session)});
}

void addCausalCheck(nlohmann::ordered_json& json, const Session& session) {
    if (session.causal) {
        const CausalCheck& check = *session.causal;
        nlohmann::ordered_json causal{{"conditions", check.conditions.size()},
                                      {"conditions_done", computedOf(check)},
                                      {"arms", nlohmann::ordered_json::array()},
                                      {"causal_rank", nlohmann::ordered_json::array()}};
        for (const ArmInfo& info : armsOf(check)) {
            causal["arms"].push_back(info.id);
            for (const double epsilon : causalEpsilons)
                if (const auto rank = causalRank(check, session.model.headSize, info.arm, epsilon))
                    causal["causal_rank"].push_back({{"arm", info.id}, {"epsilon", epsilon}, {"rank", *rank}});
        }
        json["causal_check"] = std::move(causal);
    }
    if (session.moments && session.moments->text)
        json["moments"] = {{"corpus", session.moments->text->name}, {"windows", session.moments->text->windows}};
}

}  // namespace rankscope
