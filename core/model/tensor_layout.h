// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which tensors a model must have, by its hyperparameters; where the rows of weights stand that hold several matrices
// in one, and the reorderings of formats. Internal to core/model; pure functions; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/model/hyperparameters.h"

namespace rankscope {

struct ExpectedTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    bool optional = false;
};

// Turns the patterns of TensorNames into names: a prefix before all but the head, the layer for "{}", the head for
// "[]".
class TensorNaming {
public:
    TensorNaming(const WeightFile& file, const Hyperparameters& model);

    std::string name(std::string_view pattern, int layer, std::string_view suffix, int head = 0) const;
    // Whether query, key and value are in one tensor in this file.
    bool fused() const { return m_fused; }

private:
    std::string_view m_headPattern;
    std::string m_prefix;  // "model." or nothing
    bool m_fused = false;
};

std::vector<ExpectedTensor> expectedTensors(const Hyperparameters& model, const TensorNaming& naming);
// Those of one layer only.
std::vector<ExpectedTensor> expectedTensors(const Hyperparameters& model, const TensorNaming& naming, LayerIndex layer);

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
