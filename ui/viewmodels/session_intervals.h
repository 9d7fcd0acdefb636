// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// All that the window says about how far a session's numbers can be trusted, in one piece, because it takes a thousand
// draws. Pure functions; any thread.
#pragma once

#include <optional>
#include <vector>

#include "core/numbers/session_comparison.h"
#include "core/numbers/uncertainty.h"
#include "ui/viewmodels/head_grid.h"

namespace rankscope {

struct SessionIntervals {
    WindowUncertainty windows;
    std::vector<std::optional<Interval>> layers;   // of each layer's median; empty: not known
    std::vector<std::optional<Interval>> lengths;  // of the median of each of sessionsByLength(); empty: not known
    std::vector<double> bySeed;                    // mediansBySeed()
    std::optional<SessionComparison> againstPartner;
};

std::vector<std::optional<Interval>> lengthIntervals(const Session& session, const GridChoice& choice);

// `partner`: what the session is set against, its control or its text; null without.
SessionIntervals intervalsOf(const Session& session, const GridChoice& choice, const Session* partner);

}  // namespace rankscope
