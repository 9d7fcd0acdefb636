// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/forward/layers.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "core/model/rotation.h"

namespace rankscope {

at::Tensor viewOf(const std::vector<float>& values, at::IntArrayRef shape) {
    return at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat);
}

namespace {
at::Tensor vectorView(const std::vector<float>& values) {
    return viewOf(values, {static_cast<std::int64_t>(values.size())});
}
}  // namespace

at::Tensor normalise(const at::Tensor& x, const Norm& norm, NormKind kind, double epsilon) {
    if (!norm.used)
        return x;
    const at::Tensor gain = norm.gain.empty() ? at::Tensor() : vectorView(norm.gain);
    if (kind == NormKind::layer) {
        const at::Tensor bias = norm.bias.empty() ? at::Tensor() : vectorView(norm.bias);
        return at::layer_norm(x, {x.size(-1)}, gain, bias, epsilon);
    }
    const at::Tensor inverse = x.square().mean(-1, /*keepdim=*/true).add_(epsilon).rsqrt_();  // [n, 1]
    const at::Tensor result = x.mul(inverse);
    return gain.defined() ? result.mul_(gain) : result;
}

at::Tensor normaliseHeads(const at::Tensor& x, const Norm& norm, const Hyperparameters& model) {
    const NormKind kind = model.architecture->queryKeyNormKind;
    if (!norm.used || model.queryKeyNorm == QueryKeyNorm::wholeProjection)
        return normalise(x, norm, kind, model.normEpsilon);
    const at::Tensor heads = x.view({x.size(0), -1, model.headSize});
    if (model.queryKeyNorm == QueryKeyNorm::sharedGains)
        return normalise(heads, norm, kind, model.normEpsilon).view(x.sizes());
    const at::Tensor plain = normalise(heads, {.used = true, .gain = {}, .bias = {}}, kind, model.normEpsilon);
    return plain.view(x.sizes()).mul_(vectorView(norm.gain));
}

at::Tensor applyLinear(const at::Tensor& x, const Linear& linear) {
    const at::Tensor weight = viewOf(linear.weight, {linear.outputs, linear.inputs});
    if (linear.bias.empty())
        return at::mm(x, weight.t());
    return at::addmm(vectorView(linear.bias), x, weight.t());
}

RotationTable makeRotationTable(const Rotation& rotation, int positions) {
    // Angles in float64: position × θ loses digits in float32 from a few thousand positions on.
    const at::Tensor theta = at::tensor(frequenciesFor(rotation, positions), at::kDouble);
    const at::Tensor angles = at::outer(at::arange(positions, at::kDouble), theta);  // [positions, size / 2]
    return {angles.cos().mul_(rotation.amplitude).to(at::kFloat), angles.sin().mul_(rotation.amplitude).to(at::kFloat)};
}

void rotate(const at::Tensor& x, const Rotation& rotation, const RotationTable& table, int firstPosition) {
    const std::int64_t half = rotation.size / 2;
    const at::Tensor cosine = table.cosine.narrow(0, firstPosition, x.size(0)).unsqueeze(1);  // [n, 1, half]
    const at::Tensor sine = table.sine.narrow(0, firstPosition, x.size(0)).unsqueeze(1);
    const bool split = rotation.pairs == RotationPairs::halfSplit;
    at::Tensor first = split ? x.narrow(-1, 0, half) : x.slice(-1, 0, rotation.size, 2);  // [n, heads, half], views
    at::Tensor second = split ? x.narrow(-1, half, half) : x.slice(-1, 1, rotation.size, 2);
    const at::Tensor turned = first * cosine - second * sine;
    second.copy_(second * cosine + first * sine);
    first.copy_(turned);
}

namespace {
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
}  // namespace

at::Tensor feedForward(const at::Tensor& x, const LayerWeights& weights, const Hyperparameters& model) {
    if (!model.architecture->gated)
        return applyLinear(activate(applyLinear(x, weights.up), model.activation), weights.down);
    at::Tensor inner = activate(applyLinear(x, weights.gate), model.activation);  // [n, feedForwardSize]
    inner.mul_(applyLinear(x, weights.up));
    return applyLinear(inner, weights.down);
}

void softCap(const at::Tensor& x, double cap) {
    if (cap > 0)
        x.div_(cap).tanh_().mul_(cap);
}

namespace {

// −∞ where the query at row i (position first + i) does not see the key at column j (position begin + j).
void hideKeys(const at::Tensor& logits, int first, int begin, int window) {
    const auto rows = logits.size(0), columns = logits.size(1);
    float* data = logits.data_ptr<float>();  // [rows, columns], contiguous
    constexpr float hidden = -std::numeric_limits<float>::infinity();
    for (std::int64_t i = 0; i < rows; ++i) {
        const std::int64_t position = first + i - begin;
        std::fill(data + i * columns + std::min(columns, position + 1), data + (i + 1) * columns, hidden);
        if (window > 0 && position >= window)
            std::fill_n(data + i * columns, position - window + 1, hidden);
    }
}

}  // namespace

void attend(const AttentionBlock& block) {
    const int n = static_cast<int>(block.query.size(0));
    const int begin = block.window > 0 ? std::max(0, block.first - block.window + 1) : 0;
    const int count = block.first + n - begin;  // the mask hides all keys outside [begin, begin + count)
    at::Tensor logits = at::mm(block.query * block.scale, block.key.narrow(0, begin, count).t());  // [n, count]
    if (block.keyBias.defined())
        logits.add_(block.keyBias.narrow(0, begin, count));
    softCap(logits, block.cap);
    hideKeys(logits, block.first, begin, block.window);
    const at::Tensor weights = at::softmax(logits, -1);
    block.output.copy_(at::mm(weights, block.value.narrow(0, begin, count)));
}

}  // namespace rankscope
