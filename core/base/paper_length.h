// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Lengths on paper, as figures and tables are asked for. Pure functions; any thread.
#pragma once

#include <optional>
#include <string_view>

namespace rankscope {

// Millimetres of "89mm", "8.9cm", "3.5in", "252pt" or a bare "89"; nothing for anything else or a size no page has.
std::optional<double> millimetresOf(std::string_view text);

// What such a length is, for help and messages.
inline constexpr std::string_view paperLengths = "10mm to 2000mm, as 89mm, 89, 8.9cm, 3.5in or 252pt";

}  // namespace rankscope
