// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/forward/transformer.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>

#include "core/base/blas_threads.h"
#include "core/forward/layers.h"
#include "core/forward/next_token_loss.h"

namespace rankscope {

namespace {

using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Rows of a block: enough for the matrix products to be efficient, few enough for all threads to have work and for a
// stop request to be answered at once.
constexpr int blockRows = 256;

class Transformer {
public:
    Transformer(const WeightReader& weights, const Hyperparameters& model, const ForwardInput& input,
                const JobContext& context)
        : m_weights(weights), m_model(model), m_input(input), m_context(context) {
        const std::int64_t rows = std::int64_t{input.windows} * input.length;
        const auto make = [&](std::int64_t width) { return at::empty({rows, width}, at::kFloat); };
        m_hidden = make(model.hiddenSize);
        m_query = make(std::int64_t{model.heads} * model.headSize);
        m_key = make(std::int64_t{model.kvHeads} * model.headSize);
        m_queryBefore = at::empty_like(m_query);
        m_keyBefore = at::empty_like(m_key);
        m_value = at::empty_like(m_key);
        m_attention = at::empty_like(m_query);
        planBlocks();
    }

    ForwardResult run(const LayerTap& tap) {
        ForwardResult result;
        const bool head = m_input.loss || m_input.logits;
        const int layers = head ? m_model.layers : std::min(m_model.layers, m_input.lastLayer.value + 1);
        auto start = Clock::now();
        m_weights.embed(m_input.tokens, {m_hidden.data_ptr<float>(), static_cast<std::size_t>(m_hidden.numel())});
        result.loadSeconds += secondsSince(start);
        for (int layer = 0; layer < layers; ++layer) {
            start = Clock::now();
            m_weights.readLayer(LayerIndex(layer), m_layer, m_context);
            result.loadSeconds += secondsSince(start);
            start = Clock::now();
            projectQueriesKeysValues(layer);
            result.computeSeconds += secondsSince(start);
            tap(capture(layer));
            start = Clock::now();
            if (layer + 1 < layers || head) {
                attention(layer);
                finishLayer();
            }
            result.computeSeconds += secondsSince(start);
        }
        start = Clock::now();
        if (head)
            outputHead(result);
        result.computeSeconds += secondsSince(start);
        return result;
    }

private:
    // A run of rows inside one window.
    struct Block {
        int window, first, count;  // positions first … first + count − 1
    };

    void planBlocks() {
        const int perThread = (m_input.length * m_input.windows + m_context.threads() - 1) / m_context.threads();
        const int size = std::clamp(perThread, 1, blockRows);
        for (int window = 0; window < m_input.windows; ++window)
            for (int first = 0; first < m_input.length; first += size)
                m_blocks.push_back({window, first, std::min(size, m_input.length - first)});
    }

    at::Tensor rowsOf(const at::Tensor& tensor, const Block& block) const {
        return tensor.narrow(0, std::int64_t{block.window} * m_input.length + block.first, block.count);
    }

    void forEachBlock(const std::function<void(const Block&)>& task) {
        parallelFor(static_cast<int>(m_blocks.size()), m_context, [&](int i) {
            const c10::InferenceMode inference;
            task(m_blocks[i]);
        });
    }

    const RotationTable& rotationTable(const std::shared_ptr<const Rotation>& rotation) {
        auto& table = m_tables[rotation.get()];
        if (!table.cosine.defined())
            table = makeRotationTable(*rotation, m_input.length);
        return table;
    }

    // hidden [rows, hidden] → query, key, value [rows, heads · headSize]
    void projectQueriesKeysValues(int layer) {
        const auto& rotation = m_model.perLayer[layer].rotation;
        const RotationTable* table = rotation ? &rotationTable(rotation) : nullptr;
        forEachBlock([&](const Block& block) {
            const at::Tensor x = normalise(rowsOf(m_hidden, block), m_layer.attentionNorm, m_model.architecture->norm,
                                           m_model.normEpsilon);
            const auto project = [&](const Linear& linear, at::Tensor& out, at::Tensor* before, int heads) {
                at::Tensor y = applyLinear(x, linear);
                if (before) {
                    rowsOf(*before, block).copy_(y);
                    if (table)
                        rotate(y.view({block.count, heads, m_model.headSize}), *rotation, *table, block.first);
                }
                rowsOf(out, block).copy_(y);
            };
            project(m_layer.query, m_query, &m_queryBefore, m_model.heads);
            project(m_layer.key, m_key, &m_keyBefore, m_model.kvHeads);
            project(m_layer.value, m_value, nullptr, m_model.kvHeads);
        });
    }

    void attention(int layer) {
        const LayerHyperparameters& settings = m_model.perLayer[layer];
        const std::int64_t size = m_model.headSize;
        const int heads = m_model.heads, tasks = static_cast<int>(m_blocks.size()) * heads;
        parallelFor(tasks, m_context, [&](int i) {
            const c10::InferenceMode inference;
            // Last blocks first: they see the most keys, and the short ones fill the gaps at the end.
            const Block& block = m_blocks[m_blocks.size() - 1 - i / heads];
            const HeadIndex head(i % heads);
            const int kv = kvHeadOf(head, heads, m_model.kvHeads).value;
            const std::int64_t start = std::int64_t{block.window} * m_input.length;
            const auto wholeWindow = [&](const at::Tensor& x) {
                return x.narrow(0, start, m_input.length).narrow(1, kv * size, size);
            };
            attend({.query = rowsOf(m_query, block).narrow(1, head.value * size, size),
                    .key = wholeWindow(m_key),
                    .value = wholeWindow(m_value),
                    .output = rowsOf(m_attention, block).narrow(1, head.value * size, size),
                    .first = block.first,
                    .scale = settings.scale,
                    .window = settings.window});
        });
    }

    void finishLayer() {
        forEachBlock([&](const Block& block) {
            at::Tensor hidden = rowsOf(m_hidden, block);
            hidden.add_(applyLinear(rowsOf(m_attention, block), m_layer.attentionOutput));
            const at::Tensor x = normalise(hidden, m_layer.feedForwardNorm, m_model.architecture->norm,
                                           m_model.normEpsilon);
            hidden.add_(feedForward(x, m_layer, *m_model.architecture));
        });
    }

    void outputHead(ForwardResult& result) {
        const Norm norm = m_weights.readFinalNorm();
        forEachBlock([&](const Block& block) {
            at::Tensor hidden = rowsOf(m_hidden, block);
            hidden.copy_(normalise(hidden, norm, m_model.architecture->norm, m_model.normEpsilon));
        });
        const HeadInput input{.hidden = m_hidden, .tokens = m_input.tokens, .windows = m_input.windows,
                              .length = m_input.length};
        if (m_input.loss)
            result.loss = nextTokenLoss(m_weights, m_model, input, m_context);
        if (m_input.logits)
            result.logits = allLogits(m_weights, m_model, input, m_context);
    }

    LayerCapture capture(int layer) const {
        const auto span = [](const at::Tensor& x) {
            return std::span<const float>(x.data_ptr<float>(), static_cast<std::size_t>(x.numel()));
        };
        return {.layer = LayerIndex(layer),
                .windows = m_input.windows,
                .tokens = m_input.length,
                .heads = m_model.heads,
                .kvHeads = m_model.kvHeads,
                .headSize = m_model.headSize,
                .scale = m_model.perLayer[layer].scale,
                .rotated = m_model.perLayer[layer].rotation != nullptr,
                .query = span(m_query),
                .key = span(m_key),
                .queryBefore = span(m_queryBefore),
                .keyBefore = span(m_keyBefore),
                .weights = &m_layer};
    }

    const WeightReader& m_weights;
    const Hyperparameters& m_model;
    const ForwardInput& m_input;
    const JobContext& m_context;
    std::vector<Block> m_blocks;
    std::map<const Rotation*, RotationTable> m_tables;
    LayerWeights m_layer;
    at::Tensor m_hidden;                                     // [rows, hidden]
    at::Tensor m_query, m_queryBefore, m_attention;          // [rows, heads · headSize]
    at::Tensor m_key, m_keyBefore, m_value;                  // [rows, kvHeads · headSize]
};

}  // namespace

ForwardResult runForward(const WeightReader& weights, const Hyperparameters& model, const ForwardInput& input,
                         const LayerTap& tap, const JobContext& context) {
    // All parallelism is over blocks of rows on our own threads: the libraries below must not add theirs.
    useOneBlasThread();
    at::set_num_threads(1);
    const c10::InferenceMode inference;
    return Transformer(weights, model, input, context).run(tap);
}

}  // namespace rankscope
