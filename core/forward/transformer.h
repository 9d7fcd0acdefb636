// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The forward pass, layer by layer: load a layer, run all windows through it, hand its queries and keys to the tap,
// drop it; reading the next layer overlaps. float32 throughout; activations of all windows stay in memory, weights of
// one layer and a third at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/base/device.h"
#include "core/base/job.h"
#include "core/forward/intervention.h"
#include "core/model/hyperparameters.h"
#include "core/model/layer_weights.h"

namespace rankscope {

// What attention in one layer is about to see. All memory belongs to the forward pass and is valid during the call
// only.
struct LayerCapture {
    LayerIndex layer;
    int windows = 0, tokens = 0, heads = 0, kvHeads = 0, headSize = 0;
    int windowStride = 0;  // rows from one window's start to the next; ≥ tokens: a window's first tokens only
    double scale = 1;
    double softCap = 0;                    // of the model's own logits, which are before it here; 0: none
    int visible = 0;                       // keys that a query sees, itself included; 0: all before it
    bool rotated = false;                  // false: no layer of the model has rotation, `before` equals the others
    std::span<const float> query;          // [windows, windowStride, heads, headSize], bias, norm, clamp, rotation
    std::span<const float> key;            // [windows, windowStride, kvHeads, headSize]
    std::span<const float> queryBefore{};  // the same before rotation
    std::span<const float> keyBefore{};
    std::span<const float> value{};         // [windows, windowStride, kvHeads, headSize]
    std::span<const double> keyBias{};      // [heads, windowStride], added to the scaled logits; empty without ALiBi
    const LayerWeights* weights = nullptr;  // only LayerPart::attention
    // What heads would see of a window's keys after a replacement before rotation, [windowStride, heads or KV heads,
    // headSize]; any thread. Empty in a capture that no forward pass made.
    std::function<std::vector<float>(const KeyReplacement&, int window)> replacedKeys{};
};

// Called once per layer, in order, from the thread that runs the forward pass.
using LayerTap = std::function<void(const LayerCapture&)>;

// Called with the work finished since the last call, in the operations that forwardWork counts; from any thread,
// several at a time. First of all with 0: the weights of the first layer are there.
using WorkCallback = std::function<void(double)>;

// Called with what a layer is about to read, [windows · length, hidden size], and with what the output head reads, as
// that of layer `layers`. The memory is valid during the call only.
using ActivationTap = std::function<void(LayerIndex, std::span<const float>)>;

// Called in a thread of its own with a layer whose tensors were just fetched into the system's cache, before they are
// needed: who wants to look at the same bytes finds them there. REQUIRES that it throws nothing, and ends soon once a
// stop is requested.
using FetchTap = std::function<void(LayerIndex, const std::stop_token&)>;

struct ForwardInput {
    std::span<const TokenId> tokens;  // [windows, length]
    int windows = 0, length = 0;
    bool loss = false;    // also the output head, for the mean next-token loss
    bool logits = false;  // keep all logits: for tests and small models
    Device device = Device::cpu;
    LayerIndex lastLayer;   // layers after this one are not run, unless loss or logits ask for them
    WorkCallback onWork{};  // optional
    // Begin at this layer, whose input is given: what an ActivationTap was called with.
    LayerIndex firstLayer{};
    std::span<const float> hidden{};  // empty: begin with the embedding. REQUIRES then firstLayer 0
    ActivationTap onActivations{};    // optional; of all layers after firstLayer
    FetchTap onFetched{};             // optional
    Intervention intervention{};      // optional: what attention sees instead of the model's own keys
    int referenceWindows = 0;  // the first windows, with which the others are compared, in groups of as many; 0: none
    // What an ActivationTap got of the reference windows as that of layer `layers`: then they are not among the
    // windows, which are all groups to be compared with them, and the scores begin with them all the same.
    std::span<const float> referenceHidden{};
    // Compute with nothing but the operations that every device has, also on the CPU: for tests of what a GPU does.
    bool portableOnly = false;
};

// How the next token of every position is predicted, in groups of windows that have the same tokens: the first group is
// what the others are compared with. [windows, length]; the last position of a window predicts nothing and holds 0.
struct TokenScores {
    std::vector<double> loss;           // −ln P(token that follows), nats
    std::vector<double> divergence;     // KL(reference ‖ this) over the vocabulary, nats
    std::vector<std::uint8_t> sameTop;  // whether both find the same token likeliest
};

struct ForwardResult {
    double loadSeconds = 0;      // reading and converting weights, as if nothing else had been done meanwhile
    double computeSeconds = 0;   // everything else, without the tap
    std::optional<double> loss;  // nats per predicted token, all windows
    std::vector<float> logits;   // [windows, length, vocabulary] if asked for
    TokenScores scores;          // if there are reference windows
};

// Error if the device cannot be used here: "cuda: device: expected a LibTorch built with CUDA and a GPU, found …".
void requireDevice(Device device);

// `weights` must have passed requireComplete. Throws Error or Cancelled.
ForwardResult runForward(const WeightReader& weights, const Hyperparameters& model, const ForwardInput& input,
                         const LayerTap& tap, const JobContext& context);

}  // namespace rankscope
