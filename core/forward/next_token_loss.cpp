// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/forward/next_token_loss.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "core/base/token_mean.h"
#include "core/forward/layers.h"

namespace rankscope {

namespace {

constexpr int vocabularySlice = 4096;  // rows of the head in memory at once
constexpr int blockRows = 256;

// Calls use(firstRow, firstToken, logits [rows, slice]) for every block of rows and slice of the vocabulary; blocks of
// one slice run in parallel on the CPU.
void forEachSlice(const WeightReader& weights, const Hyperparameters& model, const HeadInput& input,
                  const JobContext& context, const std::function<void(int, int, const at::Tensor&)>& use) {
    Linear slice;
    slice.inputs = model.embeddingSize;
    const std::vector<float> bias = weights.readHeadBias();
    const Execution how{context, input.anyDevice};
    const at::Device device = input.hidden.device();
    const int rows = static_cast<int>(input.hidden.size(0));
    const int block = std::clamp((rows + context.threads() - 1) / context.threads(), 1, blockRows);
    for (int first = 0; first < model.vocabulary; first += vocabularySlice) {
        slice.outputs = std::min(vocabularySlice, model.vocabulary - first);
        slice.weight.resize(std::size_t(slice.outputs) * slice.inputs);
        weights.readHeadRows(first, slice.outputs, slice.weight, context);
        if (!bias.empty())
            slice.bias.assign(bias.begin() + first, bias.begin() + first + slice.outputs);
        const LinearTensors tensors = tensorsOf(slice, device);
        const JobContext onDevice = device.is_cpu() ? context : JobContext(context.stopToken(), {}, 1);
        parallelFor((rows + block - 1) / block, onDevice, [&](int i) {
            const c10::InferenceMode inference;
            const int row = i * block, count = std::min(block, rows - row);
            const at::Tensor logits = applyLinear(input.hidden.narrow(0, row, count), tensors, how);
            if (model.logitScale != 1)
                logits.mul_(model.logitScale);
            softCap(logits, model.finalSoftCap);
            use(row, first, logits);
            if (input.onWork)
                input.onWork(2.0 * count * slice.outputs * slice.inputs);
        });
    }
}

// ln Σ exp of each row of `logits`, and its logits of the tokens in `targets` (one a row), in the CPU's memory.
struct RowSums {
    at::Tensor logSum, target;
};
RowSums sumsOf(const at::Tensor& logits, const std::vector<std::int64_t>& targets) {
    const at::Tensor at = at::tensor(targets, at::kLong).to(logits.device()).unsqueeze(1);
    return {at::logsumexp(logits, -1).cpu(), logits.gather(1, at).squeeze(1).cpu()};
}

}  // namespace

double nextTokenLoss(const WeightReader& weights, const Hyperparameters& model, const HeadInput& input,
                     const JobContext& context) {
    const std::size_t rows = input.tokens.size();
    // ln Σ exp over the slices seen so far, and the logit of the token that follows.
    std::vector<double> logSum(rows, -std::numeric_limits<double>::infinity()), target(rows, 0.0);
    forEachSlice(weights, model, input, context, [&](int row, int first, const at::Tensor& logits) {
        const std::int64_t count = logits.size(0), width = logits.size(1);
        std::vector<std::int64_t> next(count, -1);  // column of the token that follows; −1: none, or in another slice
        for (std::int64_t i = 0; i < count; ++i)
            if (const std::size_t at = row + i; (at + 1) % input.length != 0)
                next[i] = input.tokens[at + 1] - first;
        std::vector<std::int64_t> inside(count);
        std::ranges::transform(next, inside.begin(),
                               [&](auto column) { return std::clamp<std::int64_t>(column, 0, width - 1); });
        const RowSums sums = sumsOf(logits, inside);
        for (std::int64_t i = 0; i < count; ++i) {
            const double a = logSum[row + i], b = sums.logSum.data_ptr<float>()[i];
            logSum[row + i] = std::max(a, b) + std::log1p(std::exp(-std::abs(a - b)));
            if (next[i] == inside[i])
                target[row + i] = sums.target.data_ptr<float>()[i];
        }
    });
    TokenMean loss;
    for (std::size_t at = 0; at < rows; ++at)
        if ((at + 1) % input.length != 0)
            loss.add(logSum[at] - target[at]);
    return loss.mean();
}

std::vector<float> allLogits(const WeightReader& weights, const Hyperparameters& model, const HeadInput& input,
                             const JobContext& context) {
    const std::size_t vocabulary = model.vocabulary;
    std::vector<float> result(input.tokens.size() * vocabulary);
    forEachSlice(weights, model, input, context, [&](int row, int first, const at::Tensor& onDevice) {
        const at::Tensor logits = onDevice.cpu();
        const std::size_t width = logits.size(1);
        for (std::int64_t i = 0; i < logits.size(0); ++i)
            std::copy_n(logits.data_ptr<float>() + i * width, width, result.begin() + (row + i) * vocabulary + first);
    });
    return result;
}

}  // namespace rankscope
