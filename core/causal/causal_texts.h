// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The two texts of a causal check: the one that gives the directions, and the one that is evaluated. Any thread.
#pragma once

#include "core/analysis/analysis_input.h"
#include "core/causal/causal_check.h"

namespace rankscope {

struct CausalTexts {
    TokenWindows calibration, evaluated;
    CorpusFacts calibrationFacts;
};

// Error (mismatch) naming the text for a calibration text that has too few windows, and where a token would be in both:
// a window that is the same, or windows of one text that overlap.
CausalTexts readTexts(const CausalRequest& request, const OpenedModel& model, const JobContext& context);

}  // namespace rankscope
