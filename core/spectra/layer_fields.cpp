// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/layer_fields.h"

#include <algorithm>

#include "core/spectra/head_rows.h"

namespace rankscope {

FactorView LayerFields::queryView(const FieldSource& source, int window, int head) const {
    FactorView view = rowsOfHead(source.query, m_capture, m_capture.heads, window, head, source.firstToken);
    if (source.positionBias && !m_ones.empty())
        view.extraColumn = m_ones.data() + source.firstToken;
    return view;
}

// Where there is a bias, every query head has a key head of its own.
FactorView LayerFields::keyView(const FieldSource& source, int window, int kv) const {
    FactorView view = rowsOfHead(source.key, m_capture, m_capture.kvHeads, window, kv, source.firstToken);
    if (source.positionBias && !m_scaledBias.empty())
        view.extraColumn = m_scaledBias.data() + std::size_t(kv) * m_capture.windowStride + source.firstToken;
    return view;
}

// One factor of every variant. That of the whole window is the one without the first token and one row more.
template <typename View>
void LayerFields::makeFactors(std::vector<std::optional<Factor>> FieldFactorSet::*factors, int at, bool centred,
                              const View& viewOf) {
    const auto rest = std::ranges::find(m_fields, 1, [](const FieldFactorSet& set) { return set.source.firstToken; });
    if (rest != m_fields.end()) {
        ((*rest).*factors)[at].emplace(viewOf(rest->source), centred);
        (m_fields.front().*factors)[at].emplace(
            Factor::withFirstRow(viewOf(m_fields.front().source), *((*rest).*factors)[at]));
    }
    for (FieldFactorSet& set : m_fields)
        if (!(set.*factors)[at])
            (set.*factors)[at].emplace(viewOf(set.source), centred);
}

LayerFields::LayerFields(const LayerCapture& capture, const JobContext& context) : m_capture(capture) {
    if (!capture.keyBias.empty()) {
        m_ones.assign(capture.tokens, 1.0);
        m_scaledBias.assign(capture.keyBias.begin(), capture.keyBias.end());
        for (double& bias : m_scaledBias)
            bias /= capture.scale;
    }
    const std::span<const float> query = m_capture.query, key = m_capture.key;
    m_fields.push_back({{Variant::field, query, key}, {}, {}});
    if (m_capture.rotated)
        m_fields.push_back({{Variant::fieldBeforeRotation, m_capture.queryBefore, m_capture.keyBefore}, {}, {}});
    if (m_capture.tokens > 2)
        m_fields.push_back(
            {{Variant::fieldWithoutFirstKey, query, key, variantInfo(Variant::fieldWithoutFirstKey).firstToken},
             {},
             {}});
    if (!m_capture.keyBias.empty())
        m_fields.push_back({{Variant::fieldWithoutPositionBias, query, key, 0, false}, {}, {}});
    const int heads = m_capture.heads, kvHeads = m_capture.kvHeads, perWindow = heads + kvHeads;
    for (FieldFactorSet& set : m_fields) {
        set.queries.resize(m_capture.windows * heads);
        set.keys.resize(m_capture.windows * kvHeads);
    }
    parallelFor(m_capture.windows * perWindow, context, [&](int i) {
        const int window = i / perWindow, head = i % perWindow;
        if (head < heads)
            makeFactors(&FieldFactorSet::queries, window * heads + head, false,
                        [&](const FieldSource& source) { return queryView(source, window, head); });
        else
            makeFactors(&FieldFactorSet::keys, window * kvHeads + head - heads, true,
                        [&](const FieldSource& source) { return keyView(source, window, head - heads); });
    });
}

}  // namespace rankscope
