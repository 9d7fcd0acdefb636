// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What config.json or GGUF metadata say of a model, read once and checked: the same struct whatever the spelling.
// Pure data after reading; any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/model/architecture.h"

namespace rankscope {

class WeightFile;

// Rotary position code of a layer.
struct Rotation {
    RotationPairs pairs = RotationPairs::halfSplit;
    int size = 0;                     // leading dimensions of a head that are rotated
    double base = 0;
    std::vector<double> frequencies;  // θ_m per pair [size / 2]; angle at position p is p·θ_m
    double amplitude = 1;             // factor on cos and sin
    std::string scaling = "default";  // "linear", "llama3", …
};

struct LayerHyperparameters {
    double scale = 1;  // factor on query · key
    int window = 0;    // keys visible to a query, itself included; 0: all before it
    std::shared_ptr<const Rotation> rotation;  // null: this layer has none
};

struct Hyperparameters {
    const Architecture* architecture = nullptr;
    std::string name;
    int layers = 0, heads = 0, kvHeads = 0, headSize = 0, hiddenSize = 0, feedForwardSize = 0, vocabulary = 0;
    int contextLength = 0;  // 0: not stated
    double normEpsilon = 1e-5;
    bool queryKeyPermuted = false;  // Q and K rows must be regrouped on loading
    bool tiedHead = false;          // the file says that the output head is the embedding
    std::vector<LayerHyperparameters> perLayer;
    std::vector<std::string> notes;
};

// Error: unknown family, missing or contradictory values, packed quantisation.
Hyperparameters readHyperparameters(const WeightFile& file);

// "RoPE half-split, base 10000", for people.
std::string describePosition(const Hyperparameters& model);

}  // namespace rankscope
