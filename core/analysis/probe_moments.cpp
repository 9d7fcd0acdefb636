// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The second moments of queries and keys: what calibrates a causal check, and what a budget of keys is made of.
#include <cmath>

#include "core/analysis/probe.h"
#include "core/spectra/head_grams.h"

namespace rankscope {
namespace {

// Zeros for a head with values that are not finite: it failed, and what it left is no result.
void clearFailed(std::vector<float>& values, int heads) {
    const std::size_t each = values.size() / std::size_t(heads);
    for (auto first = values.begin(); first != values.end(); first += std::ptrdiff_t(each))
        if (std::any_of(first, first + std::ptrdiff_t(each), [](float value) { return !std::isfinite(value); }))
            std::fill_n(first, each, 0.0f);
}

}  // namespace

void probeMoments(ProbedLayer& layer) {
    const LayerCapture& capture = layer.capture;
    auto moments = std::make_shared<LayerMoments>(momentsOf(capture, layer.context));
    for (SideMoments* side : {&moments->after, &moments->before})
        if (!side->key.empty()) {
            clearFailed(side->query, capture.heads);
            clearFailed(side->key, capture.kvHeads);
            clearFailed(side->mean, capture.kvHeads);
        }
    layer.moments = std::move(moments);
}

}  // namespace rankscope
