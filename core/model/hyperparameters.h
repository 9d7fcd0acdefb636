// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Holds what config.json or GGUF metadata say of a model, read once and checked: the same struct whatever the family,
// the format and the spelling. The weights and the forward pass follow it alone. Pure data after reading; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/model/architecture.h"

namespace rankscope {

class WeightFile;

// Rotary position code of a layer.
struct Rotation {
    RotationPairs pairs = RotationPairs::halfSplit;
    int size = 0;  // leading dimensions of a head that are rotated
    double base = 0;
    std::vector<double> frequencies;  // θ_m per pair [size / 2]; angle at position p is p·θ_m
    double amplitude = 1;             // factor on cos and sin
    std::string scaling = "default";  // "linear", "llama3", …
    // Rules that look at the window's length (frequenciesFor): longer than `originalContext`, these frequencies hold,
    // or the base grows with `dynamicFactor`.
    std::vector<double> longFrequencies;
    double dynamicFactor = 0;
    int originalContext = 0;
};

// How many heads a layer has, and of what size.
struct HeadShape {
    int heads = 0, kvHeads = 0, size = 0;
};

struct LayerHyperparameters {
    double scale = 1;                          // factor on query · key
    int window = 0;                            // keys visible to a query, itself included; 0: all before it
    std::shared_ptr<const Rotation> rotation;  // null: this layer has none
};

// Which weights have biases.
struct BiasPresence {
    Presence queryKeyValue = Presence::absent, attentionOutput = Presence::absent, feedForward = Presence::absent;
    Presence head = Presence::absent, norm = Presence::absent;
};

struct Hyperparameters {
    const Architecture* architecture = nullptr;
    std::string name;
    std::string givenName{};  // what the file calls itself: general.name of GGUF; empty: nothing
    int layers = 0, heads = 0, kvHeads = 0, headSize = 0, hiddenSize = 0, feedForwardSize = 0, vocabulary = 0;
    int embeddingSize = 0;  // width of the embedding and the output head: hiddenSize unless there are projections
    int contextLength = 0;  // 0: not stated
    double normEpsilon = 1e-5;

    TensorNames names;  // in the file's format; empty: this model has no such tensor
    BiasPresence biases;
    Wiring wiring = Wiring::sequential;
    QueryKeyNorm queryKeyNorm = QueryKeyNorm::none;
    FusedLayout fused = FusedLayout::blocks;
    bool inputsFirst = false;       // linear weights of a layer are stored [inputs, outputs]
    double normGainOffset = 0;      // to be added to stored gains
    bool queryKeyPermuted = false;  // Q and K rows must be regrouped on loading
    bool tiedHead = false;          // the output head is the embedding

    Activation activation = Activation::silu;
    double queryKeyValueClip = 0;  // queries, keys and values are clamped to ± this; 0: not
    double attentionSoftCap = 0;   // logits become c·tanh(logit / c); 0: not. Not part of Ẽ
    double finalSoftCap = 0;       // the same on next-token logits
    double embeddingScale = 1, residualScale = 1, logitScale = 1;
    std::vector<double> alibiSlopes;  // [heads]; bias of the key at position j is slope·j, before `alibiScale`
    bool alibiBfloat16 = false;       // slope, position and their product are rounded to bfloat16
    double alibiScale = 1;            // factor on the bias
    std::vector<LayerHyperparameters> perLayer;
    std::vector<std::string> notes;     // what a reader of the numbers must know
    std::vector<std::string> warnings;  // what may make them wrong: settings that were passed over

    // Of one layer. All are alike in the families so far: who asks here is right where they differ.
    HeadShape headsAt(LayerIndex) const { return {heads, kvHeads, headSize}; }
    bool rotates() const;  // at least one layer
};

// Error: unknown family, missing or contradictory values, packed quantisation, anything that is not computed exactly.
Hyperparameters readHyperparameters(const WeightFile& file);

// "RoPE half-split, base 10000", for people.
std::string describePosition(const Hyperparameters& model);

// Bias per head and key position, as it is added to the scaled logits [heads, tokens]; empty without ALiBi.
std::vector<double> keyBiases(const Hyperparameters& model, int tokens);

}  // namespace rankscope
