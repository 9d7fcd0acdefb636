// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/forward/replaced_attention.h"

#include <ATen/ATen.h>

namespace rankscope {

at::Tensor replacedKeys(const KeyReplacement& replacement, const at::Tensor& own, const Hyperparameters& model,
                        const Rotation* rotation, const RotationTable* table, const Execution& how) {
    const std::int64_t size = model.headSize, count = own.size(0);
    const int heads = replacement.perKvHead ? model.kvHeads : model.heads;
    const at::Tensor mean = viewOf(replacement.mean, {heads, size}).to(own.device());
    const at::Tensor projector = viewOf(replacement.projector, {heads, size, size}).to(own.device());
    const at::Tensor replaced = at::empty({count, heads, size}, own.options());
    for (int head = 0; head < heads; ++head) {
        if (!replacement.changes(head))
            continue;
        const int kv = replacement.perKvHead ? head : kvHeadOf(HeadIndex(head), model.heads, model.kvHeads).value;
        const at::Tensor centred = own.narrow(1, kv * size, size) - mean[head];
        replaced.select(1, head).copy_(at::mm(centred, projector[head].t()).add_(mean[head]));
    }
    if (!table)
        return replaced;
    const at::Tensor rotated = at::empty_like(replaced);
    rotate(rotated, replaced, *rotation, *table, 0, how);
    return rotated;
}

void ReplacedAttention::begin(LayerIndex layer, const Intervention& intervention, const at::Tensor& like) {
    m_replacements.assign(static_cast<std::size_t>(m_windows), {});
    if (!intervention)
        return;
    bool perHead = false;
    for (int window = 0; window < m_windows; ++window) {
        Replacement& at = m_replacements[static_cast<std::size_t>(window)];
        at.keys = intervention(layer, window);
        if (!at.keys)
            continue;
        const std::int64_t size = m_model.headSize, heads = at.keys->perKvHead ? m_model.kvHeads : m_model.heads;
        if (!at.keys->projector.empty() && !at.keys->beforeRotation)
            at.projector = viewOf(at.keys->projector, {heads, size, size}).to(like.device());
        if (!at.keys->distances.empty())
            at.distances =
                at::constant_pad_nd(viewOf(at.keys->distances, {m_model.heads, m_length}).flip(1), {0, m_length - 1})
                    .to(like.device());
        perHead = perHead || (at.keys->beforeRotation && !at.keys->perKvHead);
    }
    if (perHead && !m_headKey.defined())
        m_headKey = at::empty_like(like);
}

void ReplacedAttention::replace(int window, const at::Tensor& keyBefore, const at::Tensor& key,
                                const Rotation* rotation, const RotationTable* table) {
    const KeyReplacement* const keys = at(window).keys;
    if (!keys || !keys->beforeRotation)
        return;
    const std::int64_t size = m_model.headSize;
    const at::Tensor replaced = replacedKeys(*keys, keyBefore, m_model, rotation, table, m_how);
    const at::Tensor out = keys->perKvHead ? key : m_headKey.narrow(0, std::int64_t{window} * m_length, m_length);
    for (std::int64_t head = 0; head < replaced.size(1); ++head)
        if (keys->changes(static_cast<int>(head)))
            out.narrow(1, head * size, size).copy_(replaced.select(1, head));
}

at::Tensor ReplacedAttention::query(int window, int head, const at::Tensor& own) const {
    const Replacement& replaced = at(window);
    if (!replaced.projector.defined() || !replaced.keys->changes(rowOf(*replaced.keys, head)))
        return own;
    return at::mm(own, replaced.projector[rowOf(*replaced.keys, head)]);
}

at::Tensor ReplacedAttention::key(int window, int head, const at::Tensor& own) const {
    const KeyReplacement* const keys = at(window).keys;
    if (!keys || !keys->beforeRotation || keys->perKvHead || !keys->changes(head))
        return own;
    return m_headKey.narrow(0, std::int64_t{window} * m_length, m_length)
        .narrow(1, std::int64_t{head} * m_model.headSize, m_model.headSize);
}

at::Tensor ReplacedAttention::distances(int window, int head) const {
    const Replacement& replaced = at(window);
    if (!replaced.distances.defined() || !replaced.keys->changes(head))
        return {};
    return replaced.distances[head];
}

bool ReplacedAttention::distanceAlone(int window) const {
    return at(window).keys && at(window).keys->distanceAlone;
}

}  // namespace rankscope
