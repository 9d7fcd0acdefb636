// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/forward/layers.h"

#include <ATen/ATen.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/forward/row_kernels.h"
#include "core/forward/transformer.h"
#include "core/model/rotation.h"

namespace rankscope {

namespace {

const float* valuesOrNull(const at::Tensor& tensor) {
    return tensor.defined() ? tensor.data_ptr<float>() : nullptr;
}

// x and out [n, heads, headSize], contiguous, on the CPU
void rotateHalfSplit(const at::Tensor& out, const at::Tensor& x, const RotationTable& table, int firstPosition) {
    const std::int64_t half = table.cosine.size(1), heads = x.size(1), size = x.size(2);
    const float* from = x.data_ptr<float>();
    float* to = out.data_ptr<float>();
    for (std::int64_t row = 0; row < x.size(0); ++row) {
        const std::int64_t angle = (firstPosition + row) * half;
        for (std::int64_t head = 0; head < heads; ++head, from += size, to += size) {
            rotateHalves(from, table.cosine.data_ptr<float>() + angle, table.sine.data_ptr<float>() + angle, half, to);
            std::copy(from + 2 * half, from + size, to + 2 * half);
        }
    }
}

at::Tensor activate(at::Tensor x, Activation activation) {
    switch (activation) {
        case Activation::silu:
            return at::silu_(x);
        case Activation::gelu:
            return at::gelu(x);
        case Activation::geluTanh:
            return at::gelu(x, "tanh");
        case Activation::relu:
            return x.relu_();
    }
    return x;
}

// Softmax over the keys that each query sees, zeros for the others: the query at row i (position first + i) sees the
// key at column j (position begin + j) if that is not after it and less than `window` before. In place, on the CPU.
void softmaxOverVisibleKeys(const at::Tensor& logits, int first, int begin, int window) {
    const auto rows = logits.size(0), columns = logits.size(1);
    float* row = logits.data_ptr<float>();  // [rows, columns], contiguous
    for (std::int64_t i = 0; i < rows; ++i, row += columns) {
        const std::int64_t end = first + i - begin + 1;
        softmaxRow(row, columns, window > 0 ? std::max<std::int64_t>(0, end - window) : 0, end);
    }
}

// The same with the operations of every device.
at::Tensor maskedSoftmax(const at::Tensor& logits, int first, int begin, int window) {
    const auto positions = [&](std::int64_t from, std::int64_t count) {
        return at::arange(from, from + count, logits.options().dtype(at::kLong));
    };
    const at::Tensor query = positions(first, logits.size(0)).unsqueeze(1), key = positions(begin, logits.size(1));
    at::Tensor hidden = key.gt(query);
    if (window > 0)
        hidden = hidden.logical_or(key.le(query - window));
    return at::softmax(logits.masked_fill(hidden, -std::numeric_limits<float>::infinity()), -1);
}

// `values` [2 T − 1], of i − j = T − 1 first, laid out for queries first … first + n − 1 and keys begin …: [n, count].
at::Tensor byDistance(const at::Tensor& values, int first, int n, int begin, int count) {
    const std::int64_t lastQuery = first + n - 1, tokens = (values.size(0) + 1) / 2;
    const at::Tensor ofLast = values.narrow(0, tokens - 1 - (lastQuery - begin), n + count - 1);
    return ofLast.unfold(0, count, 1).flip(0).contiguous();
}

at::Tensor vectorOn(const std::vector<float>& values, at::Device device) {
    return values.empty() ? at::Tensor() : viewOf(values, {static_cast<std::int64_t>(values.size())}).to(device);
}

}  // namespace

at::Tensor normalise(const at::Tensor& x, const NormTensors& norm, NormKind kind, double epsilon,
                     const Execution& how) {
    if (!norm.used)
        return x;
    if (kind == NormKind::layer)
        return at::layer_norm(x, {x.size(-1)}, norm.gain, norm.bias, epsilon);
    if (!how.portableOnly && x.is_contiguous()) {
        const at::Tensor result = at::empty_like(x);
        rmsNormRows(x.data_ptr<float>(), x.numel() / x.size(-1), x.size(-1), valuesOrNull(norm.gain), epsilon,
                    result.data_ptr<float>());
        return result;
    }
    const at::Tensor inverse = x.square().mean(-1, /*keepdim=*/true).add_(epsilon).rsqrt_();  // [n, 1]
    const at::Tensor result = x.mul(inverse);
    return norm.gain.defined() ? result.mul_(norm.gain) : result;
}

void normaliseHeads(const at::Tensor& x, const NormTensors& norm, const Hyperparameters& model, const Execution& how) {
    const NormKind kind = model.architecture->queryKeyNormKind;
    if (!norm.used)
        return;
    const auto normed = [&](const at::Tensor& values, const NormTensors& with) {
        return normalise(values, with, kind, model.normEpsilon, how);
    };
    if (model.queryKeyNorm == QueryKeyNorm::wholeProjection) {
        x.copy_(normed(x, norm));
        return;
    }
    const at::Tensor heads = x.view({x.size(0), -1, model.headSize});
    if (model.queryKeyNorm == QueryKeyNorm::sharedGains)
        heads.copy_(normed(heads, norm));
    else
        x.copy_(normed(heads, {.used = true, .gain = {}, .bias = {}}).view(x.sizes()).mul_(norm.gain.view({-1})));
}

void applyLinear(const at::Tensor& y, const at::Tensor& x, const LinearTensors& linear, const Execution& how) {
    constexpr double workAtOnce = 4e9;           // about 50 ms of one core: then a stop request is heeded
    constexpr std::int64_t smallestSlice = 384;  // inputs: what the BLAS library multiplies at once anyway
    const std::int64_t inputs = x.size(1);
    const double work = 2.0 * static_cast<double>(x.size(0) * inputs) * static_cast<double>(y.size(1));
    const auto slices = how.portableOnly ? 1 : static_cast<std::int64_t>(std::ceil(work / workAtOnce));
    const std::int64_t slice = std::clamp((inputs + slices - 1) / slices, std::min(smallestSlice, inputs), inputs);
    at::Tensor sum = y;
    for (std::int64_t first = 0; first < inputs; first += slice) {
        how.context.throwIfStopped();
        const std::int64_t count = std::min(slice, inputs - first);
        const at::Tensor part = x.narrow(1, first, count), weight = linear.weight.narrow(1, first, count).t();
        if (first > 0)
            sum.addmm_(part, weight);
        else if (linear.bias.defined())
            at::addmm_out(sum, linear.bias, part, weight);
        else
            at::mm_out(sum, part, weight);
    }
}

at::Tensor applyLinear(const at::Tensor& x, const LinearTensors& linear, const Execution& how) {
    const at::Tensor y = at::empty({x.size(0), linear.weight.size(0)}, x.options());
    applyLinear(y, x, linear, how);
    return y;
}

RotationTable makeRotationTable(const Rotation& rotation, int positions, at::Device device) {
    // Angles in float64: position × θ loses digits in float32 from a few thousand positions on.
    const at::Tensor theta = at::tensor(frequenciesFor(rotation, positions), at::kDouble);
    const at::Tensor angles = at::outer(at::arange(positions, at::kDouble), theta);  // [positions, size / 2]
    return {angles.cos().mul_(rotation.amplitude).to(at::kFloat).to(device),
            angles.sin().mul_(rotation.amplitude).to(at::kFloat).to(device)};
}

void rotate(const at::Tensor& out, const at::Tensor& x, const Rotation& rotation, const RotationTable& table,
            int firstPosition, const Execution& how) {
    const bool split = rotation.pairs == RotationPairs::halfSplit;
    if (split && !how.portableOnly) {
        rotateHalfSplit(out, x, table, firstPosition);
        return;
    }
    out.copy_(x);
    const std::int64_t half = rotation.size / 2;
    const at::Tensor cosine = table.cosine.narrow(0, firstPosition, x.size(0)).unsqueeze(1);  // [n, 1, half]
    const at::Tensor sine = table.sine.narrow(0, firstPosition, x.size(0)).unsqueeze(1);
    at::Tensor first = split ? out.narrow(-1, 0, half) : out.slice(-1, 0, rotation.size, 2);  // [n, heads, half], views
    at::Tensor second = split ? out.narrow(-1, half, half) : out.slice(-1, 1, rotation.size, 2);
    const at::Tensor turned = first * cosine - second * sine;
    second.copy_(second * cosine + first * sine);
    first.copy_(turned);
}

at::Tensor feedForward(const at::Tensor& x, const LayerTensors& weights, const Hyperparameters& model,
                       const Execution& how) {
    if (!model.architecture->gated)
        return applyLinear(activate(applyLinear(x, weights.up, how), model.activation), weights.down, how);
    at::Tensor inner = applyLinear(x, weights.gate, how);  // [n, feedForwardSize]
    const at::Tensor up = applyLinear(x, weights.up, how);
    if (model.activation == Activation::silu && !how.portableOnly)
        siluTimes(inner.data_ptr<float>(), up.data_ptr<float>(), inner.numel());
    else
        inner = activate(inner, model.activation).mul_(up);
    return applyLinear(inner, weights.down, how);
}

void softCap(const at::Tensor& x, double cap) {
    if (cap > 0)
        x.div_(cap).tanh_().mul_(cap);
}

void attend(const AttentionBlock& block, const Execution& how) {
    const int n = static_cast<int>(block.query.size(0));
    const int begin = block.window > 0 ? std::max(0, block.first - block.window + 1) : 0;
    const int count = block.first + n - begin;  // no query of the block sees keys outside [begin, begin + count)
    const auto scaledLogits = [&] { return at::mm(block.query * block.scale, block.key.narrow(0, begin, count).t()); };
    at::Tensor logits;  // [n, count]
    if (block.distances.defined()) {
        const at::Tensor means = byDistance(block.distances, block.first, n, begin, count);
        logits = block.distanceAlone ? means : scaledLogits().sub_(means);
    } else {
        logits = scaledLogits();
    }
    if (block.keyBias.defined())
        logits.add_(block.keyBias.narrow(0, begin, count));
    softCap(logits, block.cap);
    if (how.portableOnly)
        logits = maskedSoftmax(logits, block.first, begin, block.window);
    else
        softmaxOverVisibleKeys(logits, block.first, begin, block.window);
    at::Tensor output = block.output;
    at::mm_out(output, logits, block.value.narrow(0, begin, count));
}

at::Tensor viewOf(const std::vector<float>& values, at::IntArrayRef shape) {
    return at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat);
}

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
