// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sessions of any shape whose ranks are chosen: a head's spectrum is as many equal σ as its rank, so that the
// participation ratio is that rank exactly.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/session/session.h"

namespace rankscope {

struct FlatSession {
    int layers = 3, heads = 4, kvHeads = 2;
    int components = 16;
    int windows = 1;
    std::function<int(int layer, int head)> rank{};                // of Ẽ; 0: a zero matrix
    std::function<int(int layer, int head)> interactionRank{};     // of W_QᵀW_K; without: all components
    std::function<int(int layer, int head, int window)> rankIn{};  // of Ẽ, instead of `rank`
    std::string model = "flat", corpus = "text.txt", control = "none";
};

inline LayerSpectra flatSpectra(const FlatSession& flat, Variant variant, int layer) {
    const VariantInfo& info = variantInfo(variant);
    LayerSpectra spectra;
    spectra.variant = variant;
    spectra.heads = info.perKvHead ? flat.kvHeads : flat.heads;
    spectra.windows = info.perWindow ? flat.windows : 1;
    spectra.components = flat.components;
    spectra.rows = spectra.columns = 64;
    for (int head = 0; head < spectra.heads; ++head) {
        for (int window = 0; window < spectra.windows; ++window) {
            const int rank = !info.perWindow
                                 ? (flat.interactionRank ? flat.interactionRank(layer, head) : flat.components)
                             : flat.rankIn ? flat.rankIn(layer, head, window)
                                           : flat.rank(layer, head);
            for (int i = 0; i < flat.components; ++i)
                spectra.sigma.push_back(i < rank ? 2.0 : 0.0);
        }
    }
    return spectra;
}

inline Session flatSession(const FlatSession& flat) {
    Session session;
    session.model = {.name = flat.model,
                     .family = "llama",
                     .source = "/models/" + flat.model,
                     .fingerprint = flat.model,
                     .weightTypes = "F32 1",
                     .layers = flat.layers,
                     .heads = flat.heads,
                     .kvHeads = flat.kvHeads,
                     .headSize = flat.components,
                     .hiddenSize = 64,
                     .scale = std::vector<double>(std::size_t(flat.layers), 0.25),
                     .notes = {}};
    session.corpus.name = session.corpus.source = flat.corpus;
    session.corpus.sha256 = flat.corpus;
    session.corpus.control = flat.control;
    session.corpus.windowLength = session.corpus.stride = 64;
    session.corpus.windows = flat.windows;
    session.corpus.tokens.assign(std::size_t(64 * flat.windows), 1);
    session.run.created = "2026-01-01T00:00:00Z";
    for (int layer = 0; layer < flat.layers; ++layer) {
        auto result = std::make_shared<LayerResult>();
        for (const Variant variant : {Variant::field, Variant::interaction, Variant::kvField, Variant::kvInteraction})
            result->spectra.push_back(flatSpectra(flat, variant, layer));
        result->states.assign(std::size_t(flat.heads), HeadState::done);
        result->reasons.resize(std::size_t(flat.heads));
        session.layers.push_back(std::move(result));
    }
    return session;
}

// A baseline of `rank` equal σ.
inline LayerSpectra flatBaseline(Variant variant, int rank) {
    return {.variant = variant,
            .heads = 1,
            .windows = 1,
            .components = rank,
            .rows = 64,
            .columns = 64,
            .sigma = std::vector<double>(std::size_t(rank), 1.0),
            .energy = {}};
}

inline void failHead(Session& session, int layer, int head, const std::string& reason) {
    auto result = std::make_shared<LayerResult>(*session.layers[std::size_t(layer)]);
    result->states[std::size_t(head)] = HeadState::failed;
    result->reasons[std::size_t(head)] = reason;
    session.layers[std::size_t(layer)] = std::move(result);
}

}  // namespace rankscope
