// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sessions with factors: a tiny one whose numbers can be worked out by hand, and one of any length.
#pragma once

#include <cmath>
#include <memory>

#include "core/session/session.h"

namespace rankscope {

// Four layers of two heads, windows of four tokens. σ of Ẽ is 4, 2, 1 in every head; two components are stored:
//     u_1 = (0, 0, 0.6, −0.8)   v_1 = (1, −1, 0, 0) / √2
//     u_2 = (1, 0, 0, 0)        v_2 = (1, 1, −2, 0) / √6
// L00H01 is failed; layer 1 has no factors; in layer 2 σ is 4, 3.99, 1; layer 3 is pending.
inline std::shared_ptr<const Session> tinySession() {
    const auto layer = [](std::vector<double> sigma, bool factors) {
        auto result = std::make_shared<LayerResult>();
        LayerSpectra field;
        field.heads = 2;
        field.windows = 2;
        field.components = 3;
        field.rows = field.columns = 4;
        for (int spectrum = 0; spectrum < 4; ++spectrum)
            field.sigma.insert(field.sigma.end(), sigma.begin(), sigma.end());
        LayerSpectra weights = field;
        weights.variant = Variant::interaction;
        weights.windows = 1;
        weights.sigma = {1, 1, 1, 1, 1, 1};
        result->spectra = {field, weights};
        result->numbers = {{"effective_keys", {2.5, 2.0, 2.5, 2.0}},
                           {"largest_share", {0.5, 0.6, 0.5, 0.6}},
                           {"largest_position", {0, 3, 0, 3}}};
        result->states = {HeadState::done, HeadState::done};
        result->reasons.resize(2);
        if (!factors)
            return result;
        const auto r = [](double square) { return float(1 / std::sqrt(square)); };
        result->factors.rank = 2;
        for (int head = 0; head < 2; ++head) {
            for (const float value : {0.0f, 1.0f, 0.0f, 0.0f, 0.6f, 0.0f, -0.8f, 0.0f})
                result->factors.queryVectors.push_back(value);
            for (const float value : {r(2), r(6), -r(2), r(6), 0.0f, -2 * r(6), 0.0f, 0.0f})
                result->factors.keyVectors.push_back(value);
            result->factors.sigma.push_back(float(sigma[0]));
            result->factors.sigma.push_back(float(sigma[1]));
        }
        return result;
    };
    auto session = std::make_shared<Session>();
    session->model.name = "tiny";
    session->model.layers = 4;
    session->model.heads = 2;
    session->model.kvHeads = 1;
    session->model.headSize = 3;
    session->corpus.windowLength = session->corpus.stride = 4;
    session->corpus.windows = 2;
    session->corpus.tokens = {5, 6, 7, 8, 9, 10, 11, 12};
    session->corpus.pieces = {"\xC2\xB7the", "\xE2\x8F\x8E", "\xD7\x90\xD7\x91", "\xE2\x80\xAEx", "a", "b", "c", "d"};
    const auto first = layer({4, 2, 1}, true);
    first->states[1] = HeadState::failed;
    first->reasons[1] = "key: expected finite values, found Inf at token 2";
    session->layers = {first, layer({4, 2, 1}, false), layer({4, 3.99, 1}, true), nullptr};
    return session;
}

// One layer of two heads; the vectors are not orthogonal, which no picture needs.
inline std::shared_ptr<const Session> longSession(int tokens, int rank) {
    auto result = std::make_shared<LayerResult>();
    LayerSpectra field;
    field.heads = 2;
    field.windows = 1;
    field.components = rank;
    field.rows = field.columns = tokens;
    result->factors.rank = rank;
    for (int i = 0; i < 2 * tokens * rank; ++i) {
        result->factors.queryVectors.push_back(float(std::sin(0.37 * i) / std::sqrt(tokens / 2.0)));
        result->factors.keyVectors.push_back(float(std::cos(0.11 * i) / std::sqrt(tokens / 2.0)));
    }
    for (int i = 0; i < 2 * rank; ++i) {
        field.sigma.push_back(100.0 / (1 + i % rank));
        result->factors.sigma.push_back(float(field.sigma.back()));
    }
    result->spectra = {field};
    result->states = {HeadState::done, HeadState::done};
    result->reasons.resize(2);
    auto session = std::make_shared<Session>();
    session->model.name = "long";
    session->model.layers = 1;
    session->model.heads = session->model.kvHeads = 2;
    session->model.headSize = rank;
    session->corpus.windowLength = session->corpus.stride = tokens;
    session->corpus.windows = 1;
    for (int i = 0; i < tokens; ++i)
        session->corpus.tokens.push_back(i);
    session->layers = {result};
    return session;
}

}  // namespace rankscope
