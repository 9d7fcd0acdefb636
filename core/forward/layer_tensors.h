// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The weights of a layer as tensors on the device that computes with them. On the CPU they are views of LayerWeights'
// memory, which must outlive them; elsewhere they are copies.
#pragma once

#include <ATen/Tensor.h>

#include <vector>

#include "core/base/device.h"
#include "core/model/layer_weights.h"

namespace rankscope {

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

}  // namespace rankscope
