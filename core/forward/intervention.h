// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention whose keys have been replaced: what a head sees instead of its own keys, from projectors that are fixed
// before the window is read. Plain data; immutable while a forward pass runs.
#pragma once

#include <functional>
#include <vector>

#include "core/base/ids.h"

namespace rankscope {

// The key k of position j becomes m + P (k − m). After rotation m cancels in the softmax and q · P k is formed on the
// query side; before it, the new key is rotated. Positions, biases, soft-cap, mask and softmax stay the model's own.
struct KeyReplacement {
    bool beforeRotation = false;
    bool perKvHead = false;        // one P for all query heads of a group; else one each
    std::vector<float> projector;  // [heads or KV heads, d, d], P row by row
    std::vector<float> mean;       // [heads or KV heads, d]; before rotation only
};

// What one layer does with the windows of one condition; null: what the model does.
using Intervention = std::function<const KeyReplacement*(LayerIndex layer, int window)>;

}  // namespace rankscope
