// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/forward/transformer.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <map>
#include <memory>

#include "core/base/blas_threads.h"
#include "core/base/freed_memory.h"
#include "core/base/stopwatch.h"
#include "core/forward/layers.h"
#include "core/forward/next_token_loss.h"

namespace rankscope {

namespace {

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
        m_rotated = std::ranges::any_of(model.perLayer, [](const auto& layer) { return layer.rotation != nullptr; });
        if (m_rotated) {
            m_queryBefore = at::empty_like(m_query);
            m_keyBefore = at::empty_like(m_key);
        }
        m_keyBias = keyBiases(model, input.length);
        const std::vector<float> biases(m_keyBias.begin(), m_keyBias.end());
        if (!biases.empty())
            m_keyBiasTensor = viewOf(biases, {model.heads, input.length}).clone();
        m_value = at::empty_like(m_key);
        m_attention = at::empty_like(m_query);
        planBlocks();
    }

    ForwardResult run(const LayerTap& tap) {
        ForwardResult result;
        const bool head = m_input.loss || m_input.logits;
        const int layers = head ? m_model.layers : std::min(m_model.layers, m_input.lastLayer.value + 1);
        auto start = Clock::now();
        embed();
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

    static std::span<float> valuesOf(const at::Tensor& x) {
        return {x.data_ptr<float>(), static_cast<std::size_t>(x.numel())};
    }

    at::Tensor normalised(const at::Tensor& x, const Norm& norm) const {
        return normalise(x, norm, m_model.architecture->norm, m_model.normEpsilon);
    }

    // tokens → hidden [rows, hidden]: embedding, projection, positions, norm and factor, as far as the model has them.
    void embed() {
        const Linear projection = m_weights.readProjectIn();
        at::Tensor embedded = m_hidden;
        if (projection.outputs > 0)
            embedded = at::empty({m_hidden.size(0), m_model.embeddingSize}, at::kFloat);
        m_weights.embed(m_input.tokens, valuesOf(embedded));
        if (projection.outputs > 0)
            m_hidden.copy_(applyLinear(embedded, projection));
        if (m_model.embeddingScale != 1)
            m_hidden.mul_(m_model.embeddingScale);
        if (m_model.architecture->position == PositionCode::learned) {
            const at::Tensor positions = at::empty({m_input.length, m_model.hiddenSize}, at::kFloat);
            m_weights.readPositions(m_input.length, valuesOf(positions));
            m_hidden.view({m_input.windows, m_input.length, m_model.hiddenSize}).add_(positions);
        }
        if (const Norm norm = m_weights.readEmbeddingNorm(); norm.used)
            m_hidden.copy_(normalised(m_hidden, norm));
    }

    // hidden [rows, hidden] → query, key, value [rows, heads · headSize]
    void projectQueriesKeysValues(int layer) {
        const auto& rotation = m_model.perLayer[layer].rotation;
        const RotationTable* table = rotation ? &rotationTable(rotation) : nullptr;
        forEachBlock([&](const Block& block) {
            const at::Tensor x = normalised(rowsOf(m_hidden, block), m_layer.attentionNorm);
            const auto project = [&](const Linear& linear) {
                at::Tensor y = applyLinear(x, linear);
                if (m_model.queryKeyValueClip > 0)
                    y.clamp_(-m_model.queryKeyValueClip, m_model.queryKeyValueClip);
                return y;
            };
            const auto finish = [&](const Linear& linear, const Norm& norm, const at::Tensor& out,
                                    const at::Tensor& before, int heads) {
                const at::Tensor y = normaliseHeads(project(linear), norm, m_model);
                if (m_rotated)
                    rowsOf(before, block).copy_(y);
                if (table)
                    rotate(y.view({block.count, heads, m_model.headSize}), *rotation, *table, block.first);
                rowsOf(out, block).copy_(y);
            };
            finish(m_layer.query, m_layer.queryNorm, m_query, m_queryBefore, m_model.heads);
            finish(m_layer.key, m_layer.keyNorm, m_key, m_keyBefore, m_model.kvHeads);
            rowsOf(m_value, block).copy_(project(m_layer.value));
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
                    .window = settings.window,
                    .keyBias = m_keyBiasTensor.defined() ? m_keyBiasTensor.select(0, head.value) : at::Tensor(),
                    .cap = m_model.attentionSoftCap});
        });
    }

    // The two branches and the residual stream, as the family wires them. Norms that it has not are passed by.
    void finishLayer() {
        const Wiring wiring = m_model.wiring;
        forEachBlock([&](const Block& block) {
            at::Tensor hidden = rowsOf(m_hidden, block);
            const at::Tensor attended = applyLinear(rowsOf(m_attention, block), m_layer.attentionOutput);
            const auto feedForwardOf = [&](const at::Tensor& x) { return feedForward(x, m_layer, m_model); };
            if (wiring == Wiring::normAfterResidual) {
                hidden.copy_(normalised(hidden + attended, m_layer.attentionOutputNorm));
                hidden.copy_(normalised(hidden + feedForwardOf(hidden), m_layer.feedForwardOutputNorm));
                return;
            }
            const bool parallel = wiring == Wiring::parallel;
            at::Tensor x;
            if (parallel)
                x = normalised(hidden, m_layer.feedForwardNorm.used ? m_layer.feedForwardNorm : m_layer.attentionNorm);
            hidden.add_(normalised(attended, m_layer.attentionOutputNorm), m_model.residualScale);
            if (!parallel)
                x = normalised(hidden, m_layer.feedForwardNorm);
            hidden.add_(normalised(feedForwardOf(x), m_layer.feedForwardOutputNorm), m_model.residualScale);
        });
    }

    void outputHead(ForwardResult& result) {
        const Norm norm = m_weights.readFinalNorm();
        const Linear projection = m_weights.readProjectOut();
        at::Tensor output = m_hidden;
        if (projection.outputs > 0)
            output = at::empty({m_hidden.size(0), projection.outputs}, at::kFloat);
        forEachBlock([&](const Block& block) {
            const at::Tensor x = normalised(rowsOf(m_hidden, block), norm);
            rowsOf(output, block).copy_(projection.outputs > 0 ? applyLinear(x, projection) : x);
        });
        const HeadInput input{
            .hidden = output, .tokens = m_input.tokens, .windows = m_input.windows, .length = m_input.length};
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
                .windowStride = m_input.length,
                .scale = m_model.perLayer[layer].scale,
                .rotated = m_rotated,
                .query = span(m_query),
                .key = span(m_key),
                .queryBefore = span(m_rotated ? m_queryBefore : m_query),
                .keyBefore = span(m_rotated ? m_keyBefore : m_key),
                .keyBias = m_keyBias,
                .weights = &m_layer};
    }

    const WeightReader& m_weights;
    const Hyperparameters& m_model;
    const ForwardInput& m_input;
    const JobContext& m_context;
    std::vector<Block> m_blocks;
    std::map<const Rotation*, RotationTable> m_tables;
    LayerWeights m_layer;
    bool m_rotated = false;                          // at least one layer has rotation
    std::vector<double> m_keyBias;                   // [heads, length], or empty
    at::Tensor m_keyBiasTensor;                      // the same for attention
    at::Tensor m_hidden;                             // [rows, hidden]
    at::Tensor m_query, m_queryBefore, m_attention;  // [rows, heads · headSize]
    at::Tensor m_key, m_keyBefore, m_value;          // [rows, kvHeads · headSize]
};

}  // namespace

ForwardResult runForward(const WeightReader& weights, const Hyperparameters& model, const ForwardInput& input,
                         const LayerTap& tap, const JobContext& context) {
    // All parallelism is over blocks of rows on our own threads: the libraries below must not add theirs.
    useOneBlasThread();
    keepFreedMemory();
    at::set_num_threads(1);
    const c10::InferenceMode inference;
    return Transformer(weights, model, input, context).run(tap);
}

}  // namespace rankscope
