// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whether the same heads have other numbers under two conditions. Both tests take heads to be independent, which those
// of one layer are not: they read the same activations. The intervals draw whole layers and do not. Pure functions; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/statistics/resampling.h"

namespace rankscope {

struct PairedTests {
    int pairs = 0;  // differences that are numbers
    int lower = 0, equal = 0, higher = 0;
    double median = 0;  // of the differences; 0 where there is none

    // Two-sided probabilities of a difference as large where neither sign is likelier; 1 where no pair differs.
    double signTest = 1;    // binomial: of the pairs that differ, as few with one sign
    double signedRank = 1;  // Wilcoxon's, ties with their mean rank, pairs that do not differ left out; exact up to
                            // exactPairs of them, else by the normal distribution, corrected for ties

    // With clusters drawn with replacement; nothing below leastResampled clusters that have a pair.
    int clusters = 0;
    std::optional<Interval> medianInterval;
    std::optional<Interval> excess;  // of (higher − lower) / pairs
};

inline constexpr int exactPairs = 40;

// `differences`: clusters of `perCluster` each, NaN where there is none. Without a seed there are no intervals.
// REQUIRES perCluster > 0.
PairedTests pairedTests(std::span<const double> differences, int perCluster, std::optional<std::uint64_t> seed);

}  // namespace rankscope
