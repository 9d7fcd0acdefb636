// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How far the numbers of a session can be trusted: with other windows of the same text, with other seeds, with longer
// windows. Intervals over windows are 95 % percentile bootstrap intervals: the windows are drawn again with
// replacement, the same ones for all heads, and every number is computed anew from the heads' medians over those drawn.
// Pure functions, determined by the session, which has its weights: one of a sweep does not, see session_at_length.h.
// Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/session/session.h"
#include "core/statistics/paired_tests.h"
#include "core/statistics/resampling.h"

namespace rankscope {

// A measure of every head in every window. Only heads that have all of them.
struct WindowValues {
    int windows = 0;
    std::vector<HeadRef> heads;  // KV heads once, as the first query head that reads them, where the variant is theirs
    std::vector<double> values;  // [heads, windows]
};
WindowValues windowValues(const Session& session, Variant variant, const MeasureChoice& measure);

// Of a distribution over heads.
struct DistributionIntervals {
    Interval median, lowerQuartile, upperQuartile;
};

// Whether a token of the text can be in two windows; a BOS of their own does not count.
bool shareTokens(const CorpusFacts& corpus);

// Why the windows of a session cannot be drawn again: too few, or they share tokens. Empty: they can be.
std::string whyNoIntervals(const CorpusFacts& corpus);

struct WindowUncertainty {
    int windows = 0;
    std::string reason;  // whyNoIntervals()
    std::optional<DistributionIntervals> field, gap;
    // From the smallest to the largest over windows, each taken alone, of the median over heads.
    std::optional<Interval> fieldRange, gapRange;
};
WindowUncertainty windowUncertainty(const Session& session, Variant field, const MeasureChoice& measure);

// The interval of each layer's median over heads; nothing where a layer has no values or there are no intervals.
std::vector<std::optional<Interval>> layerIntervals(const Session& session, Variant variant,
                                                    const MeasureChoice& measure);

// The interval of the median over all heads of a variant per window, nothing where windowUncertainty() has none.
std::optional<Interval> medianInterval(const Session& session, Variant variant, const MeasureChoice& measure);

// What the gap is where nothing is learned and nothing is said: baseline of the interaction / baseline of the field. It
// depends on the window length and the head size alone. Nothing where a baseline is missing or the field's is 0.
std::optional<double> gapOfNoise(const Session& session, Variant field, const MeasureChoice& measure);

// The median over heads with each seed, those of the session itself first; fewer than two: one seed only.
std::vector<double> mediansBySeed(const Session& session, Variant variant, const MeasureChoice& measure);
std::vector<double> baselinesBySeed(const Session& session, Variant variant, const MeasureChoice& measure);

// The heads' medians at the session's window length, less those at the longest of its sweep.
struct LengthChange {
    int from = 0, to = 0;  // tokens
    PairedTests tests;     // clusters: layers
    bool stillChanges() const;
};
// `intervals`: also those of the tests, which take a thousand draws.
std::optional<LengthChange> lengthChange(const Session& session, Variant variant, const MeasureChoice& measure,
                                         bool intervals = true);

// That a number belongs to its window length: where the heads still change between the two longest. Nothing where they
// do not, or where there is one length only.
std::optional<std::string> lengthWarning(const Session& session, Variant variant, const MeasureChoice& measure);

}  // namespace rankscope
