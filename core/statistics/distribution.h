// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Summarises several numbers: count, median, quartiles, range. Pure functions; any thread.
#pragma once

#include <span>
#include <vector>

namespace rankscope {

// The value below which `fraction` of them lie, between two of them by a straight line (Hyndman and Fan's seventh
// definition, as in NumPy and R). REQUIRES at least one, ascending, and 0 ≤ fraction ≤ 1.
double quantile(std::span<const double> ascending, double fraction);

struct Distribution {
    double median = 0, lowerQuartile = 0, upperQuartile = 0, minimum = 0, maximum = 0;
    int count = 0;
};

// Of the finite ones; count 0 and zeros where there is none.
Distribution distributionOf(std::vector<double> values);

}  // namespace rankscope
