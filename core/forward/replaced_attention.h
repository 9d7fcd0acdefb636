// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What attention in one layer sees of each window where keys or logits are replaced. begin() is for one thread, the
// rest for any: windows and heads do not touch each other.
#pragma once

#include <ATen/Tensor.h>

#include <vector>

#include "core/forward/intervention.h"
#include "core/forward/layers.h"

namespace rankscope {

// Keys of one window before rotation [T, KV heads · d] → what heads see of them, rotated [T, heads or KV heads, d].
// Heads that the replacement does not change stay undefined. `table` null: the layer has no rotation.
at::Tensor replacedKeys(const KeyReplacement& replacement, const at::Tensor& own, const Hyperparameters& model,
                        const Rotation* rotation, const RotationTable* table, const Execution& how);

class ReplacedAttention {
public:
    ReplacedAttention(const Hyperparameters& model, int windows, int length, const Execution& how)
        : m_model(model), m_windows(windows), m_length(length), m_how(how) {}

    // Asks what the layer's windows see. `like`: the queries of all windows [rows, heads · d].
    void begin(LayerIndex layer, const Intervention& intervention, const at::Tensor& like);

    // Of a window whose keys are replaced before rotation: writes `key` [T, KV heads · d], or keys of its own for each
    // query head.
    void replace(int window, const at::Tensor& keyBefore, const at::Tensor& key, const Rotation* rotation,
                 const RotationTable* table);

    // What `head` multiplies, for its own queries [n, d] and for its window's keys [T, d].
    at::Tensor query(int window, int head, const at::Tensor& own) const;
    at::Tensor key(int window, int head, const at::Tensor& own) const;
    // [2 T − 1], of i − j = T − 1 first; undefined: logits stay.
    at::Tensor distances(int window, int head) const;
    bool distanceAlone(int window) const;

private:
    struct Replacement {
        const KeyReplacement* keys = nullptr;
        at::Tensor projector{};  // [heads or KV heads, d, d]
        at::Tensor distances{};  // [heads, 2 T − 1]
    };
    const Replacement& at(int window) const { return m_replacements[static_cast<std::size_t>(window)]; }
    int rowOf(const KeyReplacement& keys, int head) const {
        return keys.perKvHead ? kvHeadOf(HeadIndex(head), m_model.heads, m_model.kvHeads).value : head;
    }

    const Hyperparameters& m_model;
    const int m_windows, m_length;
    const Execution m_how;
    std::vector<Replacement> m_replacements;  // [windows], of the layer at hand
    at::Tensor m_headKey;  // [rows, heads · d]: keys of each query head, where a group does not share them
};

}  // namespace rankscope
