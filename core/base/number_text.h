// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Numbers as text, the same in every locale: what printf writes follows the decimal comma of the user's settings, which
// libraries of the window and of the figures turn on for the whole process. The one home of rounding for people: the
// shortest decimal that reads back as the number is rounded, halves away from zero, so that 6.25 and 5.75 are 6.3 and
// 5.8 and 0.15 is 0.2; what rounds to zero has no sign. Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

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

// A length on paper, as figures and tables are asked for: millimetres of "89mm", "8.9cm", "3.5in", "252pt" or a bare
// "89"; nothing for anything else or a size no page has.
std::optional<double> millimetresOf(std::string_view text);

// The lengths that are taken, for help and messages.
inline constexpr std::string_view paperLengths = "10mm to 2000mm, as 89mm, 89, 8.9cm, 3.5in or 252pt";

// The shape of a tensor or dataset in errors: "[32,32,64]".
template <typename Shape>
std::string shapeText(const Shape& shape) {
    std::string text = "[";
    for (const auto length : shape)
        text.append(text.size() > 1 ? "," : "").append(std::to_string(length));
    return text + "]";
}

}  // namespace rankscope
