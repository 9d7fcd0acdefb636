// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which tensors a model must have, by its hyperparameters. Internal to core/model; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/base/ids.h"
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

}  // namespace rankscope
