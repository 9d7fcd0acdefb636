// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the summary of a session says of its causal check and of its moments: see summary.h.
#pragma once

#include "app/summary.h"

namespace rankscope {

void appendCausalCheck(std::vector<LabelledLine>& lines, const Session& session);
void addCausalCheck(nlohmann::ordered_json& json, const Session& session);

}  // namespace rankscope
