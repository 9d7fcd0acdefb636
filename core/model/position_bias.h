// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ALiBi (Press et al. 2022): a bias per key position instead of a position code. Pure functions; any thread.
#pragma once

#include <vector>

namespace rankscope {

// One slope per head. n a power of two: 2^(−8k/n), k = 1 … n; else those of the power below n, then the odd-numbered
// ones of the power above.
std::vector<double> alibiSlopes(int heads);

// The nearest bfloat16 value, ties to even.
double roundedToBfloat16(double value);

}  // namespace rankscope
