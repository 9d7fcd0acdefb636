// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The operations of a transformer, one function each, float32. Shapes are in the comments; n is a block of rows
// (tokens). Each runs in the calling thread alone: the transformer gives blocks of rows to its threads. All tensors are
// on one device.
#pragma once

#include <ATen/Tensor.h>
#include <vector>

#include "core/base/device.h"
#include "core/base/job.h"
#include "core/model/hyperparameters.h"
#include "core/model/layer_weights.h"

namespace rankscope {

// The weights of a layer as tensors on the device that computes with them. On the CPU they are views of LayerWeights'
// memory, which must outlive them; elsewhere they are copies.
struct LinearTensors {
    at::Tensor weight;  // [outputs, inputs], y = W x + b
    at::Tensor bias;    // [outputs] or undefined
};

struct NormTensors {
    bool used = false;
    at::Tensor gain, bias;  // [size] or undefined
};

struct LayerTensors {
    NormTensors attentionNorm, attentionOutputNorm, queryNorm, keyNorm;
    LinearTensors query, key, value, attentionOutput;
    NormTensors feedForwardNorm, feedForwardOutputNorm;
    LinearTensors gate, up, down;
};

// A tensor over memory that somebody else owns and keeps alive, on the CPU.
at::Tensor viewOf(const std::vector<float>& values, at::IntArrayRef shape);

// Undefined weight where the model has no such matrix.
LinearTensors tensorsOf(const Linear& linear, at::Device device);
NormTensors tensorsOf(const Norm& norm, at::Device device);
LinearTensors tensorsOf(Linear&& linear, at::Device device) = delete;
NormTensors tensorsOf(Norm&& norm, at::Device device) = delete;

// Replaces the tensors of one part and leaves the other.
void setPart(LayerTensors& tensors, LayerPart part, const LayerWeights& weights, at::Device device);

// The device of LibTorch that is meant. Error "cuda: device: expected a LibTorch built with CUDA and a GPU, found …".
at::Device torchDevice(Device device);

// How operations are carried out.
struct Execution {
    const JobContext& context;  // products of more than about 50 ms heed its stop requests: Cancelled
    // Only with the operations that LibTorch has on every device; false: also with ours for the CPU's rows.
    bool portableOnly = false;
};

// x [n, size] → [n, size]; x itself where the model has no norm in this place.
at::Tensor normalise(const at::Tensor& x, const NormTensors& norm, NormKind kind, double epsilon, const Execution& how);

// Norms on the queries or keys x [n, heads · headSize], as the family has them; in place.
void normaliseHeads(const at::Tensor& x, const NormTensors& norm, const Hyperparameters& model, const Execution& how);

// x [n, inputs] → y [n, outputs]: x Wᵀ + b. `y` may be a view of rows.
void applyLinear(const at::Tensor& y, const at::Tensor& x, const LinearTensors& linear, const Execution& how);
at::Tensor applyLinear(const at::Tensor& x, const LinearTensors& linear, const Execution& how);

// Cosines and sines of p·θ_m, times the amplitude: [positions, size / 2] each.
struct RotationTable {
    at::Tensor cosine, sine;
};
// The rows a window of this many tokens needs.
RotationTable makeRotationTable(const Rotation& rotation, int positions, at::Device device);

// Rotates x [n, heads, headSize] into `out`, of the same shape; its first row is at `firstPosition`.
void rotate(const at::Tensor& out, const at::Tensor& x, const Rotation& rotation, const RotationTable& table,
            int firstPosition, const Execution& how);

// x [n, hidden] → [n, hidden].
at::Tensor feedForward(const at::Tensor& x, const LayerTensors& weights, const Hyperparameters& model,
                       const Execution& how);

// c·tanh(x / c), in place; nothing where c is 0.
void softCap(const at::Tensor& x, double cap);

// Causal attention of one head for the queries at positions first … first + n − 1.
struct AttentionBlock {
    at::Tensor query;   // [n, headSize], a view
    at::Tensor key;     // [T, headSize], a view
    at::Tensor value;   // [T, headSize], a view
    at::Tensor output;  // [n, headSize], a view that is written; may be `query`
    int first = 0;
    double scale = 1;
    int window = 0;        // visible keys; 0: all before the query
    at::Tensor keyBias{};  // [T], added to the scaled logits; undefined: none
    double cap = 0;        // soft-cap of the logits; 0: none
    // [2 T − 1], of i − j = T − 1 first: taken off the scaled logits, or put in their place; undefined: none.
    at::Tensor distances{};
    bool distanceAlone = false;
};
void attend(const AttentionBlock& block, const Execution& how);

}  // namespace rankscope
