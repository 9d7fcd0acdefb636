// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Numbers as text, the same in every locale: what printf writes follows the decimal comma of the user's settings, which
// libraries of the window and of the figures turn on for the whole process. The one home of rounding for people: the
// shortest decimal that reads back as the number is rounded, halves away from zero, so that 6.25 and 5.75 are 6.3 and
// 5.8 and 0.15 is 0.2; what rounds to zero has no sign. Pure functions; any thread.
#pragma once

#include <string>

namespace rankscope {

// As printf's "%.Nf" in the C locale, but for the rounding: "12.50".
std::string fixedText(double value, int decimals);

// As printf's "%.Ng" in the C locale, but for the rounding: "0.125", "1e+06".
std::string generalText(double value, int digits);

// A number that is a count, a median of counts or a ratio of them: whole ones without decimals, others with one: "12",
// "6.3".
std::string rankText(double value);

// The fewest decimals at which a, b and a − b as texts are a true subtraction: 6.5 − 5.75 = 0.75 takes two. At least
// `least`, and none only of whole numbers; 4 where no fewer will do.
int decimalsOfDifference(double a, double b, int least = 0);

// "65 %" of 13 in 20. REQUIRES all > 0.
std::string percentText(int part, int all);

// "1 window", "8 windows"
std::string counted(long long count, const std::string& one);

}  // namespace rankscope
