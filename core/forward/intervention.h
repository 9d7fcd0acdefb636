// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Attention whose keys or logits have been replaced: what a head sees instead of its own, from numbers that are fixed
// before the window is read. Plain data; immutable while a forward pass runs.
#pragma once

#include <functional>
#include <vector>

#include "core/base/ids.h"

namespace rankscope {

// The key k of position j becomes m + P (k − m). After rotation m cancels in the softmax and q · P k is formed on the
// query side; before it, the new key is rotated. Without a projector the keys stay, and the scaled logit of query i and
// key j loses d(i − j), or becomes it. Position biases, soft-cap, mask and softmax stay the model's own.
struct KeyReplacement {
    bool beforeRotation = false;
    bool perKvHead = false;          // one P for all query heads of a group; else one each
    std::vector<float> projector;    // [heads or KV heads, d, d], P row by row; empty: the keys stay
    std::vector<float> mean;         // [heads or KV heads, d]; before rotation only
    std::vector<bool> changed{};     // [heads or KV heads]: whether a head is changed at all; empty: every one
    std::vector<float> distances{};  // [heads, length], d(0) first; empty: the logits stay
    bool distanceAlone = false;      // d(i − j) stands in place of the logit

    bool changes(int row) const { return changed.empty() || changed[static_cast<std::size_t>(row)]; }
};

// What one layer does with the windows of one condition; null: what the model does. Called after the tap of the layer.
using Intervention = std::function<const KeyReplacement*(LayerIndex layer, int window)>;

}  // namespace rankscope
