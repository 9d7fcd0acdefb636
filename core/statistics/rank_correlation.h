// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Spearman's rank correlation (Spearman 1904): whether two numbers of the same things rise together, however they do.
// Pure functions; any thread.
#pragma once

#include <span>
#include <vector>

namespace rankscope {

// Places from 1 in ascending order; equal values share the mean of theirs. REQUIRES values that are numbers.
std::vector<double> meanRanks(std::span<const double> values);

struct RankCorrelation {
    double rho = 0;  // Pearson's correlation of the mean ranks, so that ties are right; NaN where one side is constant
    int pairs = 0;   // in which both are numbers
};

// REQUIRES as many of one as of the other.
RankCorrelation rankCorrelation(std::span<const double> x, std::span<const double> y);

}  // namespace rankscope
