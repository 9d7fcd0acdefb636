// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A comparison of two sessions for spreadsheets and scripts. Any thread.
#pragma once

#include <span>

#include "core/numbers/session_comparison.h"
#include "core/reports/session_table.h"

namespace rankscope {

// One row per query head (same layers and heads): layer, head, then for every matrix and measure
// MATRIX_MEASURE_a, _b, _difference. For other shapes one row for all heads, then one per bin of depth: part ("all",
// "depth"), depth_from, depth_to, then MATRIX_MEASURE_a_median, _a_lower_quartile, _a_upper_quartile, _a_min, _a_max,
// _a_heads, the same of b, and MATRIX_MEASURE_difference (of the medians). A value that does not exist is empty.
SessionTable makeComparisonTable(const Session& a, const Session& b, std::span<const MeasureChoice> measures);

}  // namespace rankscope
