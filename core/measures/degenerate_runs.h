// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Degenerate runs: neighbouring singular values so close that their single directions mean nothing. Any rotation among
// them fits the matrix as well, and rounding or one more token decides which one a solver returns; only the space they
// span together is defined (definitions: "Spectrum and rank measures"). Pure functions; any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/measures/rank_measure.h"

namespace rankscope {

// Relative difference below which two neighbours belong together.
inline constexpr double degenerateDifference = 0.01;

// Components first … first + count − 1, counted from 0; count ≥ 2.
struct DegenerateRun {
    int first = 0, count = 0;
    bool contains(int component) const { return component >= first && component < first + count; }
    bool operator==(const DegenerateRun&) const = default;
};

// The longest runs in which every σ_i and the next differ by less than `difference` · σ_i: a chain of close neighbours
// is one run, however far apart its ends are. Null directions, σ not above the bound of the numerical rank
// (σ_1 · max(m, n) · ε of float32), belong to no run: they are zero to the precision of the data, whatever their ratio.
// Ascending and disjoint; empty for a zero matrix.
std::vector<DegenerateRun> degenerateRuns(const SpectrumView& spectrum, double difference = degenerateDifference);

// The rule in one line, to be shown where runs are marked.
std::string_view degenerateRunRule();

}  // namespace rankscope
