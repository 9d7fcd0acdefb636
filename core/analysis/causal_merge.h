// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One causal check, and one set of moments, from those of the parts of a run: over windows, and over whatever of the
// check a part was asked for: arms, ranks, shares, scopes, layers, heads. Pure functions; any thread.
#pragma once

#include "core/analysis/session_merge.h"

namespace rankscope {

// Whether `part` was asked for more conditions on the windows of `other`: both have a check, the same windows and
// layers, and the same spectra up to rounding.
bool addsConditionsOnly(const Session& part, const Session& other);

// Takes the check, the moments and the columns of the check into `whole`, whose corpus and layers are joined already.
// Error (mismatch) naming the part: a check or moments that only some parts have, another calibration, another seed, a
// condition that two parts computed differently, windows of a condition that are in no part.
void mergeCausal(std::span<const SessionPart> parts, Session& whole);

}  // namespace rankscope
