// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Spectra of what is a product of narrow factors: the interactions, the fields, and both per KV head.
#include "core/analysis/probe.h"

namespace rankscope {
namespace {

void store(LayerSpectra& spectra, int head, int window, const std::vector<double>& sigma) {
    const std::size_t at = (std::size_t(head) * spectra.windows + window) * spectra.components;
    std::copy_n(sigma.begin(), spectra.components, spectra.sigma.begin() + at);
}

// A field whose σ₁ is no larger than what rounding alone makes of equal keys is that of keys which are equal: zero.
std::vector<double> fieldValues(const Factor& query, const Factor& key, double scale) {
    std::vector<double> sigma = productSingularValues(query, key, scale);
    if (!sigma.empty() && sigma.front() <= roundingBound(query, key, scale))
        std::ranges::fill(sigma, 0.0);
    return sigma;
}

void interactionOf(ProbedLayer& layer, Variant variant, const std::vector<std::optional<Factor>>& queries,
                   const std::vector<std::optional<Factor>>& keys) {
    const LayerCapture& capture = layer.capture;
    const std::int64_t hidden = capture.weights->query.inputs;
    LayerSpectra& spectra = layer.addSpectra(variant, capture.heads, 1, capture.headSize, hidden, hidden);
    parallelFor(capture.heads, layer.context, [&](int head) {
        const Factor &query = *queries[head], &key = *keys[layer.kvOf(head)];
        if (layer.ok(head) && query.isFinite() && key.isFinite())  // a gain may not be finite either
            store(spectra, head, 0, productSingularValues(query, key, 1.0));
    });
}

// W · diag(gain of the norm in front of it); W where there is none.
Linear multipliedByGain(const ProbedLayer& layer, const Linear& linear) {
    Linear result = linear;
    const std::vector<float>& gain = layer.capture.weights->attentionNorm.gain;
    for (std::size_t i = 0; i < result.weight.size() && !gain.empty(); ++i)
        result.weight[i] *= gain[i % gain.size()];
    return result;
}

// Heads × windows of a variant per KV head: the queries of all heads of a group stacked over the keys they share. It
// needs them all.
void groupsOf(ProbedLayer& layer, Variant variant, const std::vector<std::optional<Factor>>& queries,
              const std::vector<std::optional<Factor>>& keys, int windows) {
    const int heads = layer.capture.heads, kvHeads = layer.capture.kvHeads, group = heads / kvHeads;
    LayerSpectra& spectra = layer.addSpectra(variant, kvHeads, windows, static_cast<int>(queries.front()->columns()),
                                             group * queries.front()->rows(), keys.front()->rows());
    parallelFor(windows * kvHeads, layer.context, [&](int i) {
        const int window = i / kvHeads, kv = i % kvHeads;
        std::vector<const Factor*> parts;
        for (int head = kv * group; head < (kv + 1) * group; ++head) {
            if (!layer.ok(head))
                return;
            parts.push_back(&*queries[window * heads + head]);
        }
        const Factor stack = Factor::stacked(parts);
        store(spectra, kv, window,
              variantInfo(variant).perWindow ? fieldValues(stack, *keys[i], layer.capture.scale)
                                             : productSingularValues(stack, *keys[i], 1.0));
    });
}

}  // namespace

void probeInteractions(ProbedLayer& layer) {
    const LayerCapture& capture = layer.capture;
    interactionOf(layer, Variant::interaction, layer.queryWeights, layer.keyWeights);
    if (!layer.options.with.contains(Variant::interactionNormFolded))
        return;
    const Linear query = multipliedByGain(layer, capture.weights->query),
                 key = multipliedByGain(layer, capture.weights->key);
    interactionOf(layer, Variant::interactionNormFolded, weightFactors(layer, query, capture.heads),
                  weightFactors(layer, key, capture.kvHeads));
}

void probeFields(ProbedLayer& layer) {
    const LayerCapture& capture = layer.capture;
    for (const FieldFactorSet& set : layer.fields.all()) {
        const std::int64_t tokens = capture.tokens - set.source.firstToken;
        LayerSpectra& spectra = layer.addSpectra(set.source.variant, capture.heads, capture.windows,
                                                 static_cast<int>(set.queries.front()->columns()), tokens, tokens);
        layer.forEachHead([&](int window, int head) {
            store(spectra, head, window,
                  fieldValues(layer.query(set, window, head), layer.key(set, window, head), capture.scale));
        });
    }
}

void probeKvHeads(ProbedLayer& layer) {
    if (layer.options.interaction)
        groupsOf(layer, Variant::kvInteraction, layer.queryWeights, layer.keyWeights, 1);
    groupsOf(layer, Variant::kvField, layer.field().queries, layer.field().keys, layer.capture.windows);
}

}  // namespace rankscope
