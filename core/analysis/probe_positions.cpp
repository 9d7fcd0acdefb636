// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How much of a head's fields is relative distance alone.
#include "core/analysis/probe.h"
#include "core/session/head_quantity.h"
#include "core/spectra/position_share.h"

namespace rankscope {
namespace {

// Means over windows, as they are stored: float32.
void addMeans(ProbedLayer& layer, std::size_t distances) {
    const LayerCapture& capture = layer.capture;
    std::vector<double>& means = layer.result.numbers[distanceMeansId];
    std::vector<double> sum(distances);
    for (int head = 0; head < capture.heads; ++head) {
        std::ranges::fill(sum, 0.0);
        for (int window = 0; window < capture.windows; ++window)
            for (std::size_t i = 0; i < distances; ++i)
                sum[i] += layer.distanceMeans[layer.at(head, window) * distances + i];
        for (const double value : sum)
            means.push_back(static_cast<float>(value / capture.windows));
    }
}

}  // namespace

void probePositions(ProbedLayer& layer) {
    const std::size_t distances = 2 * std::size_t(layer.capture.tokens) - 1;
    layer.distanceMeans.assign(layer.at(layer.capture.heads, 0) * distances, 0.0);
    for (const FieldFactorSet& set : layer.fields.all()) {
        const bool field = set.source.variant == Variant::field;
        if (!field && set.source.variant != Variant::fieldBeforeRotation)
            continue;
        std::vector<double>& into = layer.addColumn(field ? positionShareId : positionShareBeforeRotationId);
        layer.forEachGroup(set, [&](int window, const auto& heads, const auto& queries, const Factor& key) {
            const std::vector<PositionShare> found = positionShares(queries, key, layer.capture.scale);
            for (std::size_t i = 0; i < heads.size(); ++i) {
                const std::size_t to = layer.at(heads[i], window);
                into[to] = found[i].share;
                if (field)
                    std::ranges::copy(found[i].means, layer.distanceMeans.begin() + to * distances);
            }
        });
    }
    addMeans(layer, distances);
}

}  // namespace rankscope
