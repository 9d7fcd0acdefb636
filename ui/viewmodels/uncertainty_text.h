// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How far a session's numbers can be trusted: intervals and the gap of noise, in one piece because they take a thousand
// draws, and in words. Pure functions; any thread.
#pragma once

#include <algorithm>
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

// "95 % interval 11.5–12.5", of numbers that are text already.
QString intervalText(const QString& low, const QString& high);

// What the bars of a chart are, behind what the rest of it is.
QString barsNote();
template <typename Curves>
bool hasBars(const Curves& curves) {
    return std::ranges::any_of(curves, [](const auto& curve) {
        return std::ranges::any_of(curve.intervals, [](const auto& interval) { return interval.has_value(); });
    });
}

// For a line of facts: "95 % over 8 windows: Ẽ 11.5–12.5, gap 2.8×–3.1×", or how far single windows lie apart.
QString uncertaintyFacts(const WindowUncertainty& windows, const GridChoice& choice);

// For a caption, one sentence or two; empty where there is nothing to say.
QString uncertaintySentences(const Session& session, const GridChoice& choice);

// "layers 0–9 lower in 65 %, higher in 20 %; …" of the heads of the first of two sessions; empty without thirds.
QString thirdsText(const SessionComparison& comparison);

// For a tooltip: what the intervals are.
QString intervalDefinition();

}  // namespace rankscope
