// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a calibration text says of every layer of a model, and what heads are given from it. Grams of all layers stay in
// memory in float64, 8·L·d²·(2 H + 3 H_kv) bytes, directions of as many arms as fit into `directionBytes` beside them.
// Used by one thread; works with context.threads().
#pragma once

#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "core/analysis/analysis_input.h"
#include "core/causal/key_directions.h"

namespace rankscope {

class Calibration {
public:
    static constexpr double directionBytes = 512e6;

    // `distances`: also the means by distance. `seed` is that of random directions. All must outlive it.
    Calibration(const OpenedModel& model, const AnalysisRequest& request, bool distances, const JobContext& context)
        : m_model(model), m_request(request), m_distances(distances), m_context(context) {}

    // Runs the windows through the model; `onLayer` is called after every layer. Error naming `windows.source` for a
    // head whose queries or keys are not finite; Cancelled.
    void run(const TokenWindows& windows, const std::function<void(int)>& onLayer);

    std::vector<std::shared_ptr<const LayerMoments>> moments() const { return m_moments; }

    // Of an arm of the calibration text. Valid until the next call.
    const std::vector<Directions>& directions(Arm arm, int draw, int layer);

    // What the layer's heads get where `changed` says so, [heads]. Arms without ranks only.
    KeyReplacement distanceReplacement(Arm arm, int layer, std::vector<bool> changed) const;

    const LayerGrams& grams(int layer) const { return m_grams[std::size_t(layer)]; }

private:
    const OpenedModel& m_model;
    const AnalysisRequest& m_request;
    const bool m_distances;
    const JobContext& m_context;
    std::vector<LayerGrams> m_grams;                                            // [layers]
    std::vector<std::vector<float>> m_distanceMeans;                            // [layers][heads, length]
    std::vector<std::shared_ptr<const LayerMoments>> m_moments;                 // [layers]
    std::map<std::tuple<Arm, int, int>, std::vector<Directions>> m_directions;  // of arm, draw, layer
};

}  // namespace rankscope
