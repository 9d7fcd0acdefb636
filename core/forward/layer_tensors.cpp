// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/forward/layer_tensors.h"

#include <ATen/ATen.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/version.h>

#include "core/base/error.h"
#include "core/forward/transformer.h"

namespace rankscope {

at::Tensor viewOf(const std::vector<float>& values, at::IntArrayRef shape) {
    return at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat);
}

namespace {

at::Tensor vectorOn(const std::vector<float>& values, at::Device device) {
    return values.empty() ? at::Tensor() : viewOf(values, {static_cast<std::int64_t>(values.size())}).to(device);
}

}  // namespace

LinearTensors tensorsOf(const Linear& linear, at::Device device) {
    if (linear.weight.empty())
        return {};
    return {viewOf(linear.weight, {linear.outputs, linear.inputs}).to(device), vectorOn(linear.bias, device)};
}

NormTensors tensorsOf(const Norm& norm, at::Device device) {
    return {norm.used, vectorOn(norm.gain, device), vectorOn(norm.bias, device)};
}

void setPart(LayerTensors& tensors, LayerPart part, const LayerWeights& weights, at::Device device) {
    const auto on = [&](const auto& value) { return tensorsOf(value, device); };
    if (part == LayerPart::attention) {
        tensors.attentionNorm = on(weights.attentionNorm);
        tensors.attentionOutputNorm = on(weights.attentionOutputNorm);
        tensors.queryNorm = on(weights.queryNorm);
        tensors.keyNorm = on(weights.keyNorm);
        tensors.query = on(weights.query);
        tensors.key = on(weights.key);
        tensors.value = on(weights.value);
        tensors.attentionOutput = on(weights.attentionOutput);
        return;
    }
    tensors.feedForwardNorm = on(weights.feedForwardNorm);
    tensors.feedForwardOutputNorm = on(weights.feedForwardOutputNorm);
    tensors.gate = on(weights.gate);
    tensors.up = on(weights.up);
    tensors.down = on(weights.down);
}

at::Device torchDevice(Device device) {
    if (device == Device::cpu)
        return at::kCPU;
    if (!at::hasCUDA()) {
        const bool built = at::detail::getCUDAHooks().hasCUDART();
        throw Error(ErrorCode::unsupported, "cuda", "device", "a LibTorch built with CUDA and a GPU",
                    built ? "LibTorch " TORCH_VERSION " without a GPU that it can use"
                          : "LibTorch " TORCH_VERSION " built without CUDA");
    }
    // TensorFloat-32 keeps 10 bits of a product's factors: not the contract's float32.
    at::globalContext().setAllowTF32CuBLAS(false);
    return at::Device(at::kCUDA, 0);
}

void requireDevice(Device device) {
    torchDevice(device);
}

}  // namespace rankscope
