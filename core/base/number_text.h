// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Numbers as text, the same in every locale: what printf writes follows the decimal comma of the user's settings, which
// libraries of the window and of the figures turn on for the whole process. Pure functions; any thread.
#pragma once

#include <string>

namespace rankscope {

// As printf's "%.Nf" in the C locale: "12.50".
std::string fixedText(double value, int decimals);

// As printf's "%.Ng" in the C locale: "0.125", "1e+06".
std::string generalText(double value, int digits);

}  // namespace rankscope
