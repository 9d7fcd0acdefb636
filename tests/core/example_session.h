// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A session whose every number can be recomputed by hand, with each kind of layer and head that a session can hold:
// finished, pending, failed, truncated, with and without factors.
#pragma once

#include <memory>

#include "core/session/session.h"

namespace rankscope {

inline constexpr int exampleLayers = 4, exampleHeads = 4, exampleKvHeads = 2, exampleWindows = 3, exampleLength = 6,
                     exampleComponents = 5;
inline constexpr int pendingLayer = 2;
inline constexpr HeadRef failedHead{LayerIndex(1), HeadIndex(3)};

// σ_i of a head in a window: `rank` equal values, then zeros.
inline LayerSpectra exampleSpectra(Variant variant, int layer, int components = exampleComponents) {
    const VariantInfo& info = variantInfo(variant);
    LayerSpectra spectra;
    spectra.variant = variant;
    spectra.heads = info.perKvHead ? exampleKvHeads : exampleHeads;
    spectra.windows = info.perWindow ? exampleWindows : 1;
    spectra.components = components;
    spectra.rows = spectra.columns = info.perWindow ? exampleLength : 40;
    for (int head = 0; head < spectra.heads; ++head)
        for (int window = 0; window < spectra.windows; ++window)
            for (int i = 0; i < components; ++i)
                spectra.sigma.push_back(i < 1 + (layer + head + window) % components ? 2.0 + layer : 0.0);
    return spectra;
}

inline std::shared_ptr<LayerResult> exampleLayer(int layer) {
    auto result = std::make_shared<LayerResult>();
    for (const VariantInfo& info : variantTable())
        if (!info.fullRank && info.variant != Variant::fieldWithoutPositionBias)
            result->spectra.push_back(exampleSpectra(info.variant, layer));
    LayerSpectra visible = exampleSpectra(Variant::fieldVisibleKeys, layer, 2 + layer);  // differs from layer to layer
    visible.energy.assign(exampleHeads * exampleWindows, 1000.0 + layer);
    result->spectra.push_back(visible);
    for (int i = 0; i < exampleHeads * exampleWindows; ++i) {
        result->numbers["effective_keys"].push_back(1 + layer + i / 8.0);
        result->numbers["largest_share"].push_back(1.0 / (1 + i));
        result->numbers["largest_position"].push_back(i % exampleLength);
        result->numbers["position_share"].push_back(1.0 / (2 + i));
        if (layer != 1)  // a layer without rotation
            result->numbers["position_share_before_rotation"].push_back(1.0 / (64 + i));
        if (layer != 3)  // of an older version
            result->numbers["attention_entropy"].push_back(layer + i / 16.0);
    }
    for (int i = 0; i < exampleHeads * (2 * exampleLength - 1); ++i)
        result->numbers["distance_means"].push_back((i - layer) / 8.0);
    if (layer != 3) {
        result->factors.rank = 2;
        for (int i = 0; i < exampleHeads * exampleLength * 2; ++i) {
            result->factors.queryVectors.push_back(static_cast<float>(i + layer) / 100);
            result->factors.keyVectors.push_back(-static_cast<float>(i + layer) / 100);
        }
        result->factors.sigma.assign(exampleHeads * 2, 2.5f + static_cast<float>(layer));
    }
    result->states.assign(exampleHeads, HeadState::done);
    result->reasons.assign(exampleHeads, "");
    return result;
}

inline Session exampleSession() {
    Session session;
    session.model = {.name = "Tiny “model”, größer",
                     .family = "llama",
                     .source = "/models/tiny",
                     .fingerprint = "0123abcd",
                     .weightTypes = "F32 61, Q4_1 211",
                     .layers = exampleLayers,
                     .heads = exampleHeads,
                     .kvHeads = exampleKvHeads,
                     .headSize = exampleComponents,
                     .hiddenSize = 40,
                     .scale = {0.5, 0.25, 0.125, 0.1},
                     .notes = {"soft-cap 50 is not part of Ẽ", "second note"}};
    session.corpus = {.name = "text.txt",
                      .source = "data/text.txt",
                      .sha256 = std::string(64, 'a'),
                      .control = "shuffled",
                      .bos = true,
                      .plain = true,
                      .windowLength = exampleLength,
                      .windows = exampleWindows,
                      .stride = 5,
                      .seed = 0xFFFF'FFFF'FFFF'FFF0u,
                      .tokens = {},
                      .pieces = {}};
    for (int i = 0; i < exampleWindows * exampleLength; ++i) {
        session.corpus.tokens.push_back(1000 * i);
        session.corpus.pieces.push_back(i % 3 == 0 ? "·Ẽ⏎" : i % 3 == 1 ? "" : "<0xE2>");
    }
    session.run = {.rankscopeVersion = "0.1.0",
                   .created = "2026-01-02T03:04:05Z",
                   .threads = 2,
                   .loadSeconds = 0.1,
                   .forwardSeconds = 1.5,
                   .spectraSeconds = 0.7,
                   .totalSeconds = 2.4,
                   .loss = 2.7511,
                   .unigramLoss = 6.5,
                   .warnings = {"T = 6 is short against d_h = 5"}};
    for (int layer = 0; layer < exampleLayers; ++layer) {
        auto result = exampleLayer(layer);
        if (layer == failedHead.layer.value) {
            result->states[failedHead.head.value] = HeadState::failed;
            result->reasons[failedHead.head.value] = "query is not finite at token 3, window 1";
        }
        session.layers.push_back(layer == pendingLayer ? nullptr : result);
    }
    return session;
}

// The same text cut off after `length` tokens: the head of layer l and index h has 1 + (l + h + w + length) mod 5 equal
// σ.
inline Session exampleShorter(int length) {
    Session session = exampleSession();
    session.corpus.windowLength = length;
    session.corpus.tokens.clear();
    session.corpus.pieces.clear();
    for (int i = 0; i < exampleWindows * exampleLength; ++i)
        if (i % exampleLength < length) {
            session.corpus.tokens.push_back(1000 * i);
            session.corpus.pieces.push_back(i % 3 == 0 ? "·Ẽ⏎" : i % 3 == 1 ? "" : "<0xE2>");
        }
    for (int layer = 0; layer < exampleLayers; ++layer) {
        if (layer == pendingLayer)
            continue;
        auto result = std::make_shared<LayerResult>(*session.layers[layer]);
        result->spectra = {exampleSpectra(Variant::field, layer + length), exampleSpectra(Variant::kvField, layer)};
        for (LayerSpectra& spectra : result->spectra)
            spectra.rows = spectra.columns = length;
        result->factors = {};
        for (double& position : result->numbers["largest_position"])
            position = int(position) % length;
        result->numbers["distance_means"].resize(std::size_t(exampleHeads * (2 * length - 1)));
        session.layers[layer] = result;
    }
    return session;
}

// Window lengths 3, 4 and 6. The baselines of the field have 4, 5 and 5 equal σ, that of the interaction 3.
inline Session exampleSweepSession() {
    const auto baseline = [](Variant variant, int equal, int size) {
        LayerSpectra spectra{.variant = variant,
                             .heads = 1,
                             .windows = 1,
                             .components = exampleComponents,
                             .rows = size,
                             .columns = size,
                             .sigma = std::vector<double>(exampleComponents, 0.0),
                             .energy = {}};
        std::fill_n(spectra.sigma.begin(), equal, 1.5);
        return spectra;
    };
    Session session = exampleSession();
    session.baseline = {baseline(Variant::field, 5, exampleLength), baseline(Variant::interaction, 3, 40)};
    for (const int length : {3, 4}) {
        Session shorter = exampleShorter(length);
        shorter.baseline = {baseline(Variant::field, length + 1, length)};
        session.sweep.push_back(std::make_shared<const Session>(std::move(shorter)));
    }
    return session;
}

}  // namespace rankscope
