// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/layer_analysis.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "core/analysis/probe.h"
#include "core/session/head_quantity.h"

namespace rankscope {

// Each in its own file.
void probeInteractions(ProbedLayer& layer);
void probeFields(ProbedLayer& layer);
void probeKvHeads(ProbedLayer& layer);
void probeKeys(ProbedLayer& layer);
void probeFactors(ProbedLayer& layer);
void probePositions(ProbedLayer& layer);
void probeAttention(ProbedLayer& layer);
void probeFullRank(ProbedLayer& layer);
void probeMoments(ProbedLayer& layer);

namespace {

using Options = const LayerOptions&;
using Shape = const ProbeShape&;

// Numbers that were measured, on SmolLM2-135M and windows of 64 to 1024 tokens.
constexpr double decompositionFactor = 14;  // × d³: Cholesky, the product of the roots, eigenvalues, at their own pace
constexpr double tripleFactor = 40;         // × d³: the same with eigenvectors
constexpr double transformFactor = 7;       // × T d log₂ 2T: Fourier transforms, at their own pace
constexpr double attentionFactor = 0.4;     // × T² d: float32 products of half the square, and their softmax

double square(Shape s) {
    return s.size * s.size;
}

double decomposition(Shape s) {
    return decompositionFactor * s.size * square(s);
}

bool always(Options) {
    return true;
}

constexpr std::array table{
    Probe{"interactions", "W_QᵀW_K, and its variants that are asked for", [](Options o) { return o.interaction; },
          [](Shape s) {
              const double one = (s.heads + s.kvHeads) * s.hidden * square(s) + s.heads * decomposition(s);
              return s.with.contains(Variant::interactionNormFolded) ? 2 * one : one;
          },
          probeInteractions},
    Probe{"fields", "the fields that are products of narrow factors", always,
          [](Shape s) {
              const double grams = (s.heads + s.kvHeads) * s.tokens * square(s);
              return s.windows * s.fields() * (grams + s.heads * decomposition(s));
          },
          probeFields},
    Probe{"kv_heads", "fields and interactions of all heads that read one KV head", always,
          [](Shape s) { return (s.windows + 1) * s.kvHeads * decomposition(s); }, probeKvHeads},
    Probe{"keys", "how the field is spread over the keys", always,
          [](Shape s) { return s.windows * s.heads * 2 * s.tokens * square(s); }, probeKeys},
    Probe{"factors", "leading singular triples", [](Options o) { return o.factorRank > 0; },
          [](Shape s) { return s.heads * (tripleFactor * s.size * square(s) + 4 * s.tokens * s.size * s.factorRank); },
          probeFactors},
    Probe{"positions", "what of the field is relative distance", always,
          [](Shape s) {
              return s.windows * (s.rotated ? 2 : 1) * (s.heads + s.kvHeads) * s.tokens * s.size * transformFactor *
                     std::log2(2 * s.tokens);
          },
          probePositions},
    Probe{"attention", "the attention weights themselves", always,
          [](Shape s) { return s.windows * s.heads * attentionFactor * s.tokens * s.tokens * s.size; }, probeAttention},
    Probe{"full_rank", "fields of full rank that are asked for", [](Options o) { return countFullRank(o.with) > 0; },
          [](Shape s) {
              const double one = 2 * s.tokens * s.tokens * s.size + 6 * std::pow(s.tokens, 3);  // formed, all values
              return countFullRank(s.with) * s.windows * s.heads * one;
          },
          probeFullRank},
    Probe{"moments", "second moments of queries and keys",
          [](Options o) { return o.interaction && o.with.contains(OptionalPart::moments()); },
          [](Shape s) { return s.windows * (s.rotated ? 2 : 1) * (s.heads + s.kvHeads) * s.tokens * square(s); },
          probeMoments},
};

// Where values that are not finite came from, if not from this layer.
std::string originOf(const ProbedLayer& layer) {
    const std::optional<LayerIndex> first = layer.options.firstFailed;
    if (!first || first->value >= layer.capture.layer.value)
        return {};
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "; first seen in L%02d", first->value);
    return text.data();
}

}  // namespace

std::span<const Probe> probes() {
    return table;
}

ProbedLayer::ProbedLayer(const LayerCapture& layer, const LayerOptions& wanted, const JobContext& job)
    : capture(layer), options(wanted), context(job), fields(layer, job) {
    result.states.assign(capture.heads, HeadState::done);
    result.reasons.resize(capture.heads);
    if (options.interaction) {
        queryWeights = weightFactors(*this, capture.weights->query, capture.heads);
        keyWeights = weightFactors(*this, capture.weights->key, capture.kvHeads);
    }
    for (int head = 0; head < capture.heads; ++head) {
        const bool queryIsFinite = hasFiniteWeights(capture.weights->query, queryWeights, head),
                   keyIsFinite = hasFiniteWeights(capture.weights->key, keyWeights, kvOf(head));
        if (!queryIsFinite || !keyIsFinite)
            fail(head, std::string(queryIsFinite ? "W_K" : "W_Q") + ": expected finite weights, found NaN or infinity");
        for (int window = 0; window < capture.windows; ++window)
            if (!hasFiniteFields(head, window))
                fail(head, "query or key in window " + std::to_string(options.firstWindow + window) +
                               ": expected finite values, found NaN or infinity" + originOf(*this));
    }
}

void ProbedLayer::fail(int head, std::string reason) {
    if (!ok(head))
        return;
    result.states[head] = HeadState::failed;
    result.reasons[head] = std::move(reason);
}

// Looked at value by value where no Gram matrix was made of them.
bool ProbedLayer::hasFiniteWeights(const Linear& linear, const std::vector<std::optional<Factor>>& factors,
                                   int head) const {
    if (!factors.empty())
        return factors[head]->isFinite();
    const std::size_t count = std::size_t(capture.headSize) * linear.inputs;
    return std::ranges::all_of(std::span(linear.weight).subspan(head * count, count),
                               [](float value) { return std::isfinite(value); });
}

bool ProbedLayer::hasFiniteFields(int head, int window) const {
    return std::ranges::all_of(fields.all(), [&](const FieldFactorSet& set) {
        return query(set, window, head).isFinite() && key(set, window, head).isFinite();
    });
}

std::vector<double>& ProbedLayer::addColumn(std::string_view id) {
    return result.numbers[headQuantity(id).id] = std::vector<double>(at(capture.heads, 0));
}

LayerSpectra& ProbedLayer::addSpectra(Variant variant, int heads, int windows, int components, std::int64_t rows,
                                      std::int64_t columns) {
    return result.spectra.emplace_back(
        LayerSpectra{.variant = variant,
                     .heads = heads,
                     .windows = windows,
                     .components = components,
                     .rows = rows,
                     .columns = columns,
                     .sigma = std::vector<double>(std::size_t(heads) * windows * components),
                     .energy = {}});
}

std::vector<std::optional<Factor>> weightFactors(const ProbedLayer& layer, const Linear& linear, int heads) {
    std::vector<std::optional<Factor>> factors(heads);
    parallelFor(heads, layer.context, [&](int head) {
        const std::int64_t size = layer.capture.headSize, hidden = linear.inputs;
        factors[head].emplace(FactorView{linear.weight.data() + head * size * hidden, hidden, size, 1, hidden}, false);
    });
    return factors;
}

LayerResult analyseLayer(const LayerCapture& capture, const LayerOptions& options, const JobContext& context,
                         std::shared_ptr<const LayerMoments>* moments) {
    ProbedLayer layer(capture, options, context);
    for (const Probe& probe : probes())
        if (probe.isWanted(options))
            probe.visit(layer);
    if (moments)
        *moments = std::move(layer.moments);
    return std::move(layer.result);
}

}  // namespace rankscope
