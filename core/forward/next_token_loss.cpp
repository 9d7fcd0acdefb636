// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/forward/next_token_loss.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "core/forward/layers.h"

namespace rankscope {

namespace {

constexpr int vocabularySlice = 4096;  // rows of the head in memory at once
constexpr int blockRows = 256;

// Calls use(firstRow, firstToken, logits [rows, slice]) for every block of rows and slice of the vocabulary; blocks of
// one slice run in parallel.
void forEachSlice(const WeightReader& weights, const Hyperparameters& model, const HeadInput& input,
                  const JobContext& context, const std::function<void(int, int, const at::Tensor&)>& use) {
    Linear slice;
    slice.inputs = model.embeddingSize;
    const std::vector<float> bias = weights.readHeadBias();
    const int rows = static_cast<int>(input.hidden.size(0));
    const int block = std::clamp((rows + context.threads() - 1) / context.threads(), 1, blockRows);
    for (int first = 0; first < model.vocabulary; first += vocabularySlice) {
        slice.outputs = std::min(vocabularySlice, model.vocabulary - first);
        slice.weight.resize(std::size_t(slice.outputs) * slice.inputs);
        weights.readHeadRows(first, slice.outputs, slice.weight, context);
        if (!bias.empty())
            slice.bias.assign(bias.begin() + first, bias.begin() + first + slice.outputs);
        parallelFor((rows + block - 1) / block, context, [&](int i) {
            const c10::InferenceMode inference;
            const int row = i * block, count = std::min(block, rows - row);
            const at::Tensor logits = applyLinear(input.hidden.narrow(0, row, count), slice);
            if (model.logitScale != 1)
                logits.mul_(model.logitScale);
            softCap(logits, model.finalSoftCap);
            use(row, first, logits);
        });
    }
}

}  // namespace

double nextTokenLoss(const WeightReader& weights, const Hyperparameters& model, const HeadInput& input,
                     const JobContext& context) {
    const std::size_t rows = input.tokens.size();
    // ln Σ exp over the slices seen so far, and the logit of the token that follows.
    std::vector<double> logSum(rows, -std::numeric_limits<double>::infinity()), target(rows, 0.0);
    forEachSlice(weights, model, input, context, [&](int row, int first, const at::Tensor& logits) {
        const at::Tensor sums = at::logsumexp(logits, -1);  // [rows]
        for (std::int64_t i = 0; i < logits.size(0); ++i) {
            const std::size_t at = row + i;
            const double a = logSum[at], b = sums.data_ptr<float>()[i];
            logSum[at] = std::max(a, b) + std::log1p(std::exp(-std::abs(a - b)));
            if ((at + 1) % input.length == 0)
                continue;  // nothing follows the last token of a window
            const std::int64_t next = input.tokens[at + 1] - first;
            if (next >= 0 && next < logits.size(1))
                target[at] = logits.data_ptr<float>()[i * logits.size(1) + next];
        }
    });
    double sum = 0;
    for (std::size_t at = 0; at < rows; ++at)
        if ((at + 1) % input.length != 0)
            sum += logSum[at] - target[at];
    return sum / (static_cast<double>(input.windows) * (input.length - 1));
}

std::vector<float> allLogits(const WeightReader& weights, const Hyperparameters& model, const HeadInput& input,
                             const JobContext& context) {
    const std::size_t vocabulary = model.vocabulary;
    std::vector<float> result(input.tokens.size() * vocabulary);
    forEachSlice(weights, model, input, context, [&](int row, int first, const at::Tensor& logits) {
        const std::size_t width = logits.size(1);
        for (std::int64_t i = 0; i < logits.size(0); ++i)
            std::copy_n(logits.data_ptr<float>() + i * width, width, result.begin() + (row + i) * vocabulary + first);
    });
    return result;
}

}  // namespace rankscope
