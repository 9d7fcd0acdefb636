// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Small models with what a causal check does to them, for the tests of it.
#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <vector>

#include "core/causal/causal_check.h"
#include "core/causal/key_directions.h"
#include "core/forward/transformer.h"
#include "core/io/weight_file.h"

namespace rankscope::test {

namespace fs = std::filesystem;

inline constexpr int length = 16;  // of windows
inline const fs::path llama = fs::path(RANKSCOPE_TEST_DATA) / "models/llama";

inline std::vector<fs::path> tinyModels() {
    std::vector<fs::path> models;
    for (const auto& entry : fs::directory_iterator(fs::path(RANKSCOPE_TEST_DATA) / "models"))
        models.push_back(entry.path());
    for (const auto& entry : fs::directory_iterator(fs::path(RANKSCOPE_TEST_DATA) / "gguf"))
        if (entry.path().extension() == ".gguf")
            models.push_back(entry.path());
    std::ranges::sort(models);
    return models;
}

inline std::vector<TokenId> someTokens(int count, int vocabulary, int salt) {
    std::vector<TokenId> tokens;
    for (int i = 0; i < count; ++i)
        tokens.push_back((i * 37 + i * i * 11 + salt) % vocabulary);
    return tokens;
}

struct Opened {
    explicit Opened(const fs::path& path)
        : file(openWeightFile(path)), model(readHyperparameters(*file)), reader(*file, model) {}

    // Of a calibration text.
    struct Layers {
        std::vector<LayerGrams> grams;
        std::vector<std::vector<float>> distances;
    };

    Layers calibrate(std::span<const TokenId> tokens) const {
        const JobContext context({}, {}, 1);
        Layers found;
        runForward(
            reader, model,
            {.tokens = tokens,
             .windows = int(tokens.size()) / length,
             .length = length,
             .lastLayer = LayerIndex(model.layers - 1)},
            [&](const LayerCapture& capture) {
                found.grams.push_back(gramsOf(capture, context));
                found.distances.push_back(distanceMeansOf(capture, context));
            },
            context);
        return found;
    }

    KeyReplacement replacement(Arm arm, const Layers& of, int layer, int rank) const {
        if (!armInfo(arm).hasRank)
            return {.beforeRotation = false,
                    .perKvHead = false,
                    .projector = {},
                    .mean = {},
                    .changed = {},
                    .distances = of.distances[std::size_t(layer)],
                    .distanceAlone = arm == Arm::distance};
        const LayerGrams& grams = of.grams[std::size_t(layer)];
        const auto directions = directionsOf(arm, grams, LayerIndex(layer), 0, JobContext({}, {}, 1));
        KeyReplacement made = replacementOf(arm, grams, directions, std::vector<int>(directions.size(), rank));
        if (rank >= model.headSize)
            made.changed.clear();  // replaced like any other
        return made;
    }

    // Of one window whose heads keep `rank` directions of an arm.
    std::vector<float> logits(std::span<const TokenId> tokens, Arm arm, const Layers& of, int rank,
                              bool portableOnly = false) const {
        std::vector<KeyReplacement> replacements;
        for (int layer = 0; layer < model.layers; ++layer)
            replacements.push_back(replacement(arm, of, layer, rank));
        return logits(tokens, replacements, portableOnly);
    }

    // `replacements` of each layer; none: the model.
    std::vector<float> logits(std::span<const TokenId> tokens, const std::vector<KeyReplacement>& replacements,
                              bool portableOnly = false) const {
        ForwardInput input{.tokens = tokens,
                           .windows = 1,
                           .length = length,
                           .logits = true,
                           .lastLayer = LayerIndex(model.layers - 1),
                           .portableOnly = portableOnly};
        if (!replacements.empty())
            input.intervention = [&](LayerIndex layer, int) { return &replacements[std::size_t(layer.value)]; };
        return runForward(
                   reader, model, input, [](const LayerCapture&) {}, JobContext({}, {}, 1))
            .logits;
    }

    std::unique_ptr<WeightFile> file;
    Hyperparameters model;
    WeightReader reader;
};

// Largest difference of two sets of logits in units of the largest of the first.
inline float difference(const std::vector<float>& a, const std::vector<float>& b) {
    float largest = 0, off = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(a[i]));
        off = std::max(off, std::abs(a[i] - b[i]));
    }
    return off / largest;
}

// Six windows of ids in a file of `folder`: three calibrate, two are evaluated.
inline CausalRequest causalRequest(const fs::path& folder, const fs::path& model, int vocabulary) {
    const fs::path file = folder / "tokens.json";
    std::ofstream ids(file);
    for (const TokenId token : someTokens(6 * length, vocabulary, 3))
        ids << (ids.tellp() == 0 ? "[" : ",") << token;
    ids << "]";
    CausalRequest result;
    result.analysis.model = model;
    result.analysis.tokens = file;
    result.analysis.window = {.length = length, .windows = 2};
    result.calibrationWindows = 3;
    return result;
}

}  // namespace rankscope::test
