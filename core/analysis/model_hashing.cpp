// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/model_hashing.h"

#include <set>

#include "core/base/error.h"

namespace rankscope {

void ModelHashing::plan(const WeightReader& reader, int layers) {
    std::set<const TensorInfo*> ofLayers;
    for (int layer = 0; layer < layers; ++layer) {
        m_layers.push_back(reader.tensorsOf(LayerIndex(layer)));
        ofLayers.insert(m_layers.back().begin(), m_layers.back().end());
    }
    for (const TensorInfo& tensor : m_file.tensors())
        if (!ofLayers.contains(&tensor))
            m_others.push_back(&tensor);
}

void ModelHashing::fetched(LayerIndex layer, const std::stop_token& stop) {
    try {
        m_hashes.hash(m_layers[static_cast<std::size_t>(layer.value)], stop);
        m_hashes.hash(m_others, stop);
    } catch (const Error&) {
        return;
    }
}

void ModelHashing::upTo(int layer, const JobContext& context) {
    m_hashes.hash(m_others, context.stopToken());
    for (; m_done <= layer; ++m_done)
        m_hashes.hash(m_layers[static_cast<std::size_t>(m_done)], context.stopToken());
    context.throwIfStopped();
}

void ModelHashing::asFarAs(const ModelFacts& before, const JobContext& context) {
    if (before.structure != m_hashes.structure())
        return;  // another model, or one of a version that hashed nothing
    if (!before.fingerprint.empty())
        return m_hashes.hashAll(context);
    const std::vector<TensorHash>& known = before.tensorHashes;
    parallelFor(static_cast<int>(known.size()), context, [&](int i) {
        const TensorInfo* const tensor = m_file.find(known[static_cast<std::size_t>(i)].name);
        if (tensor)
            m_hashes.hash({&tensor, 1}, context.stopToken());
    });
}

void ModelHashing::tell(ModelFacts& facts) const {
    facts.structure = m_hashes.structure();
    facts.fingerprint = m_hashes.fingerprint();
    facts.tensorHashes.clear();
    if (facts.fingerprint.empty())
        for (const TensorHashes::Named& tensor : m_hashes.known())
            facts.tensorHashes.push_back({tensor.name, hexText(tensor.hash)});
}

}  // namespace rankscope
