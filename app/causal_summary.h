// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Adds to the summary of a session its causal check and its moments: see summary.h.
#pragma once

#include <span>

#include "app/summary.h"

namespace rankscope {

// The arms that have conditions, in the order of their table.
std::vector<Arm> armsOf(const CausalCheck& check);

// "≤ 48 of 64 at 0.05 nats, > 48 of 64 at 0.01 nats"; empty where no rank was measured over all heads.
std::string causalRanksText(const Session& session, Arm arm, std::span<const double> epsilons);
nlohmann::ordered_json causalRanksJson(const Session& session, std::span<const double> epsilons);

void appendCausalCheck(std::vector<LabelledLine>& lines, const Session& session);
void addCausalCheck(nlohmann::ordered_json& json, const Session& session);

}  // namespace rankscope
