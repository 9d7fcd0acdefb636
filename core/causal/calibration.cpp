// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/causal/calibration.h"

#include "core/base/error.h"

namespace rankscope {

void Calibration::run(const TokenWindows& windows, const std::function<void(int)>& onLayer) {
    const int layers = m_model.info.layers;
    const auto take = [&](const LayerCapture& capture) {
        LayerGrams grams = gramsOf(capture, m_context);
        if (const auto head = headWithoutNumbers(grams))
            throw Error(ErrorCode::mismatch, m_request.model.string(),
                        headName({capture.layer, HeadIndex(*head)}) + " on " + windows.source,
                        "finite queries and keys", "NaN or infinity");
        if (m_distances)
            m_distanceMeans.push_back(distanceMeansOf(capture, m_context));
        m_moments.push_back(std::make_shared<const LayerMoments>(momentsOf(grams, capture.rotated)));
        m_grams.push_back(std::move(grams));
        onLayer(capture.layer.value);
    };
    runForward(*m_model.reader, m_model.info,
               {.tokens = windows.tokens,
                .windows = windows.windows,
                .length = windows.length,
                .device = m_request.device,
                .lastLayer = LayerIndex(layers - 1)},
               take, m_context);
}

const std::vector<Directions>& Calibration::directions(Arm arm, int draw, int layer) {
    const auto key = std::tuple(arm, draw, layer);
    if (const auto found = m_directions.find(key); found != m_directions.end())
        return found->second;
    const double size = m_model.info.headSize, each = 2 * 8 * size * size * m_model.info.heads;
    if (double(m_directions.size()) * each > directionBytes)
        m_directions.clear();
    return m_directions[key] = directionsOf(arm, grams(layer), LayerIndex(layer), m_request.seed, m_context, draw);
}

KeyReplacement Calibration::distanceReplacement(Arm arm, int layer, std::vector<bool> changed) const {
    return {.beforeRotation = false,
            .perKvHead = false,
            .projector = {},
            .mean = {},
            .changed = std::move(changed),
            .distances = m_distanceMeans[std::size_t(layer)],
            .distanceAlone = arm == Arm::distance};
}

}  // namespace rankscope
