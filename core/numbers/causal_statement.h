// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a causal check says, in words: the sentence that the command prints and the page of the window shows. Pure
// functions; any thread.
#pragma once

#include <optional>
#include <string>

#include "core/session/session.h"

namespace rankscope {

// The arm that the sentence is about: of those with a spectrum and a number over all heads, the first legal one of the
// table of arms. Nothing where there is none.
std::optional<Arm> leadingArm(const CausalCheck& check);

// What of the session has the spectrum that the arm's directions are cut from; nothing where none has.
std::optional<Variant> variantOf(Arm arm);

// The causal rank, as far as the measured ranks tell: "48" where 47 was measured too, "≤ 48" where it was not, "> 48"
// where 48 is the largest measured one and costs more. Nothing where the arm has no rank over all heads.
std::optional<std::string> causalRankText(const CausalCheck& check, int headSize, Arm arm, double epsilon);

// "the loss rises by 1.37 nats (95 % 1.30 to 1.44; perplexity × 3.9)"
std::string costText(const CausalNumbers& numbers);

// "Median k90 of Ẽ is 12. With every head kept to its own k90, 13.7 of 64 components on average, the loss rises by 1.37
// nats (perplexity × 3.9). Staying within 0.05 nats takes ≤ 48 of 64 components in every head." Empty where there is no
// check, or nothing of it yet.
std::string causalStatement(const Session& session);

}  // namespace rankscope
