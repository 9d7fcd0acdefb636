// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sessions for the charts, made from that of session_fixture: with several windows, with a sweep over window lengths,
// and as large as a model of 70 billion parameters and more.
#pragma once

#include <cmath>
#include <memory>

#include "core/analysis/gaussian_baseline.h"
#include "session_fixture.h"

namespace rankscope {

// Every σ_i / σ_1 to the power `power`: above 1 fewer components matter.
inline std::shared_ptr<const LayerResult> sharpened(const LayerResult& layer, const std::vector<double>& powers) {
    auto result = std::make_shared<LayerResult>(layer);
    for (LayerSpectra& spectra : result->spectra) {
        if (!variantInfo(spectra.variant).perWindow)
            continue;
        const LayerSpectra before = spectra;
        spectra.windows = int(powers.size());
        spectra.energy.clear();
        spectra.sigma.clear();
        for (int head = 0; head < spectra.heads; ++head)
            for (const double power : powers) {
                const auto sigma = before.at(head, 0).sigma;
                for (const double value : sigma)
                    spectra.sigma.push_back(sigma[0] * std::pow(value / sigma[0], power));
            }
    }
    const auto repeat = [&](auto& values) {
        auto repeated = values;
        repeated.clear();
        for (const auto value : values)
            repeated.insert(repeated.end(), powers.size(), value);
        values = repeated;
    };
    for (const char* id : {"effective_keys", "largest_share", "largest_position"})
        repeat(result->numbers[id]);
    return result;
}

// The same heads, one window of `length` tokens for each power.
inline std::shared_ptr<Session> sessionOfWindows(const std::vector<double>& powers, int length = 512) {
    auto session = std::make_shared<Session>(*smolSession());
    const std::vector<TokenId> tokens = session->corpus.tokens;
    session->corpus.windows = int(powers.size());
    session->corpus.windowLength = length;
    session->corpus.tokens.clear();
    for (std::size_t window = 0; window < powers.size(); ++window)
        session->corpus.tokens.insert(session->corpus.tokens.end(), tokens.begin(), tokens.begin() + length);
    for (auto& layer : session->layers)
        layer = sharpened(*layer, powers);
    return session;
}

inline SessionPointer sessionWithBaseline(Session session) {
    session.baseline = gaussianBaseline(session, JobContext());
    return std::make_shared<const Session>(std::move(session));
}

// 64 to 512 tokens; at half the length, σ to the power 1.12.
inline SessionPointer sweptSession() {
    Session session = *smolSession();
    double power = 1;
    for (int length = 256; length >= 64; length /= 2) {
        auto shorter = sessionOfWindows({power *= 1.12}, length);
        session.sweep.insert(session.sweep.begin(), sessionWithBaseline(*shorter));
    }
    return sessionWithBaseline(std::move(session));
}

// Spectra that decay at another rate in every head.
inline SessionPointer largeSession(int layers, int heads, int components) {
    auto session = std::make_shared<Session>();
    session->model = smolSession()->model;
    session->model.layers = layers;
    session->model.heads = session->model.kvHeads = heads;
    session->model.headSize = components;
    session->model.scale.clear();
    session->corpus.windowLength = 1024;
    session->corpus.windows = 1;
    for (int layer = 0; layer < layers; ++layer) {
        auto result = std::make_shared<LayerResult>();
        for (const Variant variant : {Variant::field, Variant::interaction}) {
            LayerSpectra spectra{variant, heads, 1, components, 1024, 1024, {}, {}};
            for (int head = 0; head < heads; ++head)
                for (int i = 0; i < components; ++i) {
                    const double rate = (variant == Variant::field ? 3 : 20) + (layer * 7 + head * 13) % 31;
                    spectra.sigma.push_back(std::exp(-i / rate));
                }
            result->spectra.push_back(std::move(spectra));
        }
        result->states.assign(std::size_t(heads), HeadState::done);
        result->reasons.resize(std::size_t(heads));
        session->layers.push_back(std::move(result));
    }
    return session;
}

}  // namespace rankscope
