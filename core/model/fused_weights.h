// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the rows of weights stand that hold several matrices in one, and the reorderings of formats. Pure functions;
// any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/model/hyperparameters.h"

namespace rankscope {

// Rows [from, from + count) of the fused weight are rows [to, to + count) of part `part`.
struct RowRun {
    int part = 0;
    std::int64_t to = 0, from = 0, count = 0;
};

// Parts 0, 1, 2 are query, key and value.
std::vector<RowRun> queryKeyValueRuns(const Hyperparameters& model);

// Copies the runs of one part; `rowLength` values a row.
void copyRows(std::span<const float> fused, const std::vector<RowRun>& runs, int part, std::size_t rowLength,
              std::span<float> out);

// GGUF regroups the rows of a head so that pair m stands at rows 2m and 2m + 1; back to m and m + d/2.
void unpermuteRows(std::vector<float>& values, int headSize, std::size_t rowLength);

// [rows, columns] → [columns, rows].
std::vector<float> transposed(const std::vector<float>& values, std::int64_t rows, std::int64_t columns);

}  // namespace rankscope
