// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/fused_weights.h"

#include <algorithm>

namespace rankscope {

std::vector<RowRun> queryKeyValueRuns(const Hyperparameters& model) {
    const std::int64_t size = model.headSize, queries = model.heads * size, keys = model.kvHeads * size;
    std::vector<RowRun> runs;
    if (model.fused == FusedLayout::blocks)
        return {{0, 0, 0, queries}, {1, 0, queries, keys}, {2, 0, queries + keys, keys}};
    if (model.fused == FusedLayout::groups) {
        const std::int64_t group = queries / model.kvHeads;  // query rows of a group
        for (std::int64_t kv = 0; kv < model.kvHeads; ++kv) {
            const std::int64_t from = kv * (group + 2 * size);
            runs.push_back({0, kv * group, from, group});
            runs.push_back({1, kv * size, from + group, size});
            runs.push_back({2, kv * size, from + group + size, size});
        }
        return runs;
    }
    const std::int64_t part = queries / 4;  // quarters: query, value, key
    for (std::int64_t quarter = 0; quarter < 4; ++quarter) {
        runs.push_back({0, quarter * part, 3 * quarter * part, part});
        runs.push_back({2, quarter * part, (3 * quarter + 1) * part, part});
        runs.push_back({1, quarter * part, (3 * quarter + 2) * part, part});
    }
    return runs;
}

void copyRows(std::span<const float> fused, const std::vector<RowRun>& runs, int part, std::size_t rowLength,
              std::span<float> out) {
    for (const RowRun& run : runs)
        if (run.part == part)
            std::copy_n(fused.begin() + run.from * rowLength, run.count * rowLength, out.begin() + run.to * rowLength);
}

void unpermuteRows(std::vector<float>& values, int headSize, std::size_t rowLength) {
    const std::size_t half = headSize / 2, headValues = headSize * rowLength;
    std::vector<float> head(headValues);
    for (std::size_t start = 0; start < values.size(); start += headValues) {
        std::copy_n(values.begin() + start, headValues, head.begin());
        for (std::size_t m = 0; m < half; ++m)
            for (std::size_t j = 0; j < 2; ++j)
                std::copy_n(head.begin() + (2 * m + j) * rowLength, rowLength,
                            values.begin() + start + (j * half + m) * rowLength);
    }
}

std::vector<float> transposed(const std::vector<float>& values, std::int64_t rows, std::int64_t columns) {
    constexpr std::int64_t tile = 32;  // both sides of a tile stay in the cache
    std::vector<float> result(values.size());
    for (std::int64_t top = 0; top < rows; top += tile)
        for (std::int64_t left = 0; left < columns; left += tile)
            for (std::int64_t i = top; i < std::min(rows, top + tile); ++i)
                for (std::int64_t j = left; j < std::min(columns, left + tile); ++j)
                    result[j * rows + i] = values[i * columns + j];
    return result;
}

}  // namespace rankscope
