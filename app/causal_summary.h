// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Adds to the summary of a session its causal check and its moments: see summary.h.
#pragma once

#include "app/summary.h"

namespace rankscope {

void appendCausalCheck(std::vector<LabelledLine>& lines, const Session& session);
void addCausalCheck(nlohmann::ordered_json& json, const Session& session);

}  // namespace rankscope
