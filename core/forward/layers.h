// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The operations of a transformer, one function each, float32. Shapes are in the comments; n is a block of rows
// (tokens). Each runs in the calling thread alone: the transformer gives blocks of rows to its threads.
#pragma once

#include <ATen/Tensor.h>

#include "core/model/hyperparameters.h"
#include "core/model/layer_weights.h"

namespace rankscope {

// A tensor over memory that somebody else owns and keeps alive.
at::Tensor viewOf(const std::vector<float>& values, at::IntArrayRef shape);

// x [n, size] → [n, size]; x itself where the model has no norm in this place.
at::Tensor normalise(const at::Tensor& x, const Norm& norm, NormKind kind, double epsilon);

// Norms on the queries or keys x [n, heads · headSize], as the family has them.
at::Tensor normaliseHeads(const at::Tensor& x, const Norm& norm, const Hyperparameters& model);

// x [n, inputs] → [n, outputs]: x Wᵀ + b.
at::Tensor applyLinear(const at::Tensor& x, const Linear& linear);

// Cosines and sines of p·θ_m, times the amplitude: [positions, size / 2] each.
struct RotationTable {
    at::Tensor cosine, sine;
};
// The rows a window of this many tokens needs.
RotationTable makeRotationTable(const Rotation& rotation, int positions);

// Rotates x [n, heads, headSize] in place; its first row is at `firstPosition`.
void rotate(const at::Tensor& x, const Rotation& rotation, const RotationTable& table, int firstPosition);

// x [n, hidden] → [n, hidden].
at::Tensor feedForward(const at::Tensor& x, const LayerWeights& weights, const Hyperparameters& model);

// c·tanh(x / c), in place; nothing where c is 0.
void softCap(const at::Tensor& x, double cap);

// Causal attention of one head for the queries at positions first … first + n − 1.
struct AttentionBlock {
    at::Tensor query;   // [n, headSize], a view
    at::Tensor key;     // [T, headSize], a view
    at::Tensor value;   // [T, headSize], a view
    at::Tensor output;  // [n, headSize], a view that is written
    int first = 0;
    double scale = 1;
    int window = 0;        // visible keys; 0: all before the query
    at::Tensor keyBias{};  // [T], added to the scaled logits; undefined: none
    double cap = 0;        // soft-cap of the logits; 0: none
};
void attend(const AttentionBlock& block);

}  // namespace rankscope
