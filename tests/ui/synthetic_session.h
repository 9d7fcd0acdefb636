// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A session of any shape whose ranks are known: the spectrum of a head is a number of equal singular values, so that
// every k_τ of it is that number times τ, rounded up, and every other measure is that number. KV heads included.
#pragma once

#include <cmath>
#include <memory>

#include "core/session/session.h"

namespace rankscope {

struct SyntheticShape {
    int layers = 1, heads = 1, kvHeads = 1, windows = 1, components = 64;
};

// How many equal values the spectrum of head (or KV head) `head` has; 1 … components, other for other arguments.
inline int syntheticRank(const SyntheticShape& shape, Variant variant, int layer, int head, int window) {
    const int mixed = layer * 31 + head * 17 + int(variant) * 7 + (variantInfo(variant).perWindow ? window * 3 : 0);
    return 1 + mixed % shape.components;
}

inline LayerSpectra syntheticSpectra(const SyntheticShape& shape, Variant variant, int layer) {
    LayerSpectra spectra;
    spectra.variant = variant;
    spectra.heads = variantInfo(variant).perKvHead ? shape.kvHeads : shape.heads;
    spectra.windows = variantInfo(variant).perWindow ? shape.windows : 1;
    spectra.components = shape.components;
    spectra.rows = spectra.columns = 512;
    for (int head = 0; head < spectra.heads; ++head)
        for (int window = 0; window < spectra.windows; ++window)
            for (int i = 0; i < shape.components; ++i)
                spectra.sigma.push_back(i < syntheticRank(shape, variant, layer, head, window) ? 2.0 : 0.0);
    return spectra;
}

inline std::shared_ptr<Session> syntheticSession(const SyntheticShape& shape) {
    auto session = std::make_shared<Session>();
    session->model.name = "synthetic";
    session->model.layers = shape.layers;
    session->model.heads = shape.heads;
    session->model.kvHeads = shape.kvHeads;
    session->model.headSize = shape.components;
    session->corpus.name = "synthetic";
    session->corpus.windows = shape.windows;
    session->corpus.windowLength = 512;
    for (int layer = 0; layer < shape.layers; ++layer) {
        auto result = std::make_shared<LayerResult>();
        for (const Variant variant : {Variant::field, Variant::fieldBeforeRotation, Variant::interaction,
                                      Variant::interactionNormFolded, Variant::kvField, Variant::kvInteraction})
            result->spectra.push_back(syntheticSpectra(shape, variant, layer));
        result->states.assign(std::size_t(shape.heads), HeadState::done);
        result->reasons.resize(std::size_t(shape.heads));
        session->layers.push_back(std::move(result));
    }
    return session;
}

// The same session with one head failed; shares all other layers.
inline std::shared_ptr<Session> withFailedHead(const Session& session, HeadRef head, const char* reason) {
    auto changed = std::make_shared<Session>(session);
    auto layer = std::make_shared<LayerResult>(*session.layers[std::size_t(head.layer.value)]);
    layer->states[std::size_t(head.head.value)] = HeadState::failed;
    layer->reasons[std::size_t(head.head.value)] = reason;
    changed->layers[std::size_t(head.layer.value)] = std::move(layer);
    return changed;
}

}  // namespace rankscope
