// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tick positions at 1-2-5 steps and how they are written. Pure functions; any thread.
#pragma once

#include <QString>
#include <vector>

namespace rankscope {

struct Ticks {
    std::vector<double> values;  // ascending, within the range
    double step = 0;             // 0 on a logarithmic axis
    int decimals = 0;            // that tell neighbours apart
};

struct NiceRange {
    double minimum = 0, maximum = 1;
};

// Multiples of the smallest 1-2-5 step that gives at most `most` ticks in [minimum, maximum]; REQUIRES most >= 2.
// `smallestStep` 1 keeps the ticks of counts on whole numbers.
Ticks niceTicks(double minimum, double maximum, int most, double smallestStep = 0);

// The range grown to the next ticks of niceTicks; never empty, not even for minimum == maximum.
NiceRange niceRange(double minimum, double maximum, int most);

// The next of 1, 2, 5, 10 times a power of ten. REQUIRES value > 0.
double niceAtLeast(double value);

// Of a logarithmic axis: powers of ten, thinned to at most `most`; 1, 2, 5 of every decade where there is room.
// Nothing unless 0 < minimum < maximum.
Ticks decadeTicks(double minimum, double maximum, int most);

// The smallest step of 1, 2, 5, 10, 20 … for which labels of size `labelExtent` stand clear on marks `spacing` apart.
int labelStep(double spacing, double labelExtent);

// Plain text with a true minus sign, without a negative zero.
QString tickText(double value, int decimals);

// Rich text of a power-of-ten tick: "0.01", or "10<sup>−4</sup>" where `scientific`.
QString decadeText(double value, bool scientific);

}  // namespace rankscope
