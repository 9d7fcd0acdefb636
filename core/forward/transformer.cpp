// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/forward/transformer.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <map>
#include <memory>

#include "core/base/error.h"
#include "core/base/library_settings.h"
#include "core/base/stopwatch.h"
#include "core/forward/forward_work.h"
#include "core/forward/layer_pipeline.h"
#include "core/forward/layers.h"
#include "core/forward/next_token_loss.h"
#include "core/forward/replaced_attention.h"

namespace rankscope {

namespace {

// Rows of a block: enough for the matrix products to be efficient, few enough for all threads to have work. Attention
// takes fewer: a block computes the logits of all keys up to its last query, so the last query's own are wasted on the
// others.
constexpr int blockRows = 512;
constexpr int attentionRows = 128;
constexpr int gpuBlockRows = 2048;

class Transformer {
public:
    Transformer(const WeightReader& weights, const Hyperparameters& model, const ForwardInput& input,
                const JobContext& context)
        : m_weights(weights),
          m_model(model),
          m_input(input),
          m_context(context),
          m_device(torchDevice(input.device)),
          m_how{context, input.portableOnly || !m_device.is_cpu()},
          m_pipeline(weights, m_device, context),
          m_replaced(model, input.windows, input.length, m_how) {
        const std::int64_t rows = std::int64_t{input.windows} * input.length;
        const auto make = [&](std::int64_t width) {
            return at::empty({rows, width}, at::TensorOptions(m_device).dtype(at::kFloat));
        };
        m_hidden = make(model.hiddenSize);
        m_query = make(std::int64_t{model.heads} * model.headSize);
        m_key = make(std::int64_t{model.kvHeads} * model.headSize);
        m_value = at::empty_like(m_key);
        m_rotated = model.rotates();
        if (m_rotated) {
            m_queryBefore = at::empty_like(m_query);
            m_keyBefore = at::empty_like(m_key);
        }
        m_keyBias = keyBiases(model, input.length);
        const std::vector<float> biases(m_keyBias.begin(), m_keyBias.end());
        if (!biases.empty())
            m_keyBiasTensor = viewOf(biases, {model.heads, input.length}).clone().to(m_device);
        m_blocks = blocksOf(m_device.is_cpu() ? blockRows : gpuBlockRows);
        m_attentionBlocks = blocksOf(m_device.is_cpu() ? attentionRows : gpuBlockRows);
    }

    ForwardResult run(const LayerTap& tap) {
        const auto start = Clock::now();
        const bool head = m_input.loss || m_input.logits || m_input.referenceWindows > 0;
        const int layers = head ? m_model.layers : std::min(m_model.layers, m_input.lastLayer.value + 1);
        const int first = m_input.firstLayer.value;
        ReadAhead readAhead(m_weights, first, layers, head, m_input.onFetched, m_context);
        readAhead.upTo(first + 1);
        begin();
        const double embedSeconds = secondsSince(start);
        if (first < layers) {
            m_pipeline.begin(LayerIndex(first), LayerPart::attention);
            m_pipeline.run(0, {});
        }
        if (m_input.onWork)
            m_input.onWork(0);
        double tapSeconds = 0;
        for (int layer = first; layer < layers; ++layer) {
            showActivations(layer);
            readAhead.upTo(layer + 2);
            const bool goesOn = layer + 1 < layers || head;
            if (goesOn)
                m_pipeline.begin(LayerIndex(layer), LayerPart::feedForward);
            projectQueriesKeysValues(layer);
            const auto tapStart = Clock::now();
            tap(capture(layer));
            tapSeconds += secondsSince(tapStart);
            if (!goesOn)
                break;
            replaceKeys(layer);
            attention(layer);
            if (layer + 1 < layers)
                m_pipeline.begin(LayerIndex(layer + 1), LayerPart::attention);
            finishLayer(layer);
        }
        ForwardResult result;
        if (head) {
            showActivations(layers);
            outputHead(result);
        }
        result.loadSeconds = embedSeconds + m_pipeline.seconds();
        result.computeSeconds = secondsSince(start) - result.loadSeconds - tapSeconds;
        return result;
    }

private:
    // A run of rows inside one window.
    struct Block {
        int window, first, count;  // positions first … first + count − 1
    };

    // Equal blocks of `largest` rows or fewer, every window alike. Where there are no more threads than windows they do
    // not depend on either, so that a window's numbers are the same to the last bit whatever it is computed with.
    std::vector<Block> blocksOf(int largest) const {
        const int threads = m_context.threads(), length = m_input.length;
        const int sharing = (threads + m_input.windows - 1) / m_input.windows;  // threads that one window has to feed
        const int parts = ((length + largest - 1) / largest + sharing - 1) / sharing * sharing;
        const int size = (length + parts - 1) / parts;
        std::vector<Block> blocks;
        for (int window = 0; window < m_input.windows; ++window)
            for (int first = 0; first < length; first += size)
                blocks.push_back({window, first, std::min(size, length - first)});
        return blocks;
    }

    at::Tensor rowsOf(const at::Tensor& tensor, const Block& block) const {
        return tensor.narrow(0, std::int64_t{block.window} * m_input.length + block.first, block.count);
    }

    // `workPerRow` as forwardWork counts, for ForwardInput::onWork.
    void forEachBlock(double workPerRow, const std::function<void(const Block&)>& task) {
        m_pipeline.run(static_cast<int>(m_blocks.size()), [&](int i) {
            const c10::InferenceMode inference;
            task(m_blocks[i]);
            if (m_input.onWork)
                m_input.onWork(workPerRow * m_blocks[i].count);
        });
    }

    LayerWork workOf(int layer) const { return layerWork(m_model, LayerIndex(layer), m_input.windows, m_input.length); }
    double perRow(double work) const { return work / m_input.windows / m_input.length; }

    const RotationTable& rotationTable(const std::shared_ptr<const Rotation>& rotation) {
        auto& table = m_tables[rotation.get()];
        if (!table.cosine.defined())
            table = makeRotationTable(*rotation, m_input.length, m_device);
        return table;
    }

    static std::span<float> valuesOf(const at::Tensor& x) {
        return {x.data_ptr<float>(), static_cast<std::size_t>(x.numel())};
    }

    at::Tensor normalised(const at::Tensor& x, const NormTensors& norm) const {
        return normalise(x, norm, m_model.architecture->norm.kind, m_model.normEpsilon, m_how);
    }

    // The input of the first layer to run.
    void begin() {
        if (m_input.hidden.empty())
            embed();
        else
            m_hidden.copy_(at::from_blob(const_cast<float*>(m_input.hidden.data()), m_hidden.sizes(), at::kFloat));
    }

    void showActivations(int layer) {
        if (m_input.onActivations && layer > m_input.firstLayer.value)
            m_input.onActivations(LayerIndex(layer), onHost(m_hidden, m_onHost[0]));
    }

    // tokens → hidden [rows, hidden]: embedding, projection, positions, norm and factor, as far as the model has them.
    void embed() {
        const Linear projectIn = m_weights.readProjectIn();
        const LinearTensors projection = tensorsOf(projectIn, m_device);
        const int rows = static_cast<int>(m_hidden.size(0));
        const at::Tensor embedded = at::empty({rows, m_model.embeddingSize}, at::kFloat);
        constexpr int rowsAtOnce = 256;
        parallelFor((rows + rowsAtOnce - 1) / rowsAtOnce, m_context, [&](int i) {
            const int first = i * rowsAtOnce, count = std::min(rowsAtOnce, rows - first);
            const std::size_t width = m_model.embeddingSize;
            m_weights.embed(m_input.tokens.subspan(first, count),
                            valuesOf(embedded).subspan(first * width, count * width));
        });
        if (projection.weight.defined())
            applyLinear(m_hidden, embedded.to(m_device), projection, m_how);
        else
            m_hidden.copy_(embedded);
        if (m_model.embeddingScale != 1)
            m_hidden.mul_(m_model.embeddingScale);
        if (m_model.architecture->position == PositionCode::learned) {
            const at::Tensor positions = at::empty({m_input.length, m_model.hiddenSize}, at::kFloat);
            m_weights.readPositions(m_input.length, valuesOf(positions));
            m_hidden.view({m_input.windows, m_input.length, m_model.hiddenSize}).add_(positions.to(m_device));
        }
        if (const Norm norm = m_weights.readEmbeddingNorm(); norm.used)
            m_hidden.copy_(normalised(m_hidden, tensorsOf(norm, m_device)));
    }

    // hidden [rows, hidden] → query, key, value [rows, heads · headSize]
    void projectQueriesKeysValues(int layer) {
        const auto& rotation = m_model.perLayer[layer].rotation;
        const RotationTable* table = rotation ? &rotationTable(rotation) : nullptr;
        const LayerTensors& weights = m_pipeline.tensors(LayerIndex(layer));
        forEachBlock(perRow(workOf(layer).projections), [&](const Block& block) {
            const at::Tensor x = normalised(rowsOf(m_hidden, block), weights.attentionNorm);
            const auto project = [&](const at::Tensor& y, const LinearTensors& linear) {
                applyLinear(y, x, linear, m_how);
                if (m_model.queryKeyValueClip > 0)
                    y.clamp_(-m_model.queryKeyValueClip, m_model.queryKeyValueClip);
            };
            const auto finish = [&](const LinearTensors& linear, const NormTensors& norm, const at::Tensor& out,
                                    const at::Tensor& before, int heads) {
                const at::Tensor y = rowsOf(m_rotated ? before : out, block), turned = rowsOf(out, block);
                project(y, linear);
                normaliseHeads(y, norm, m_model, m_how);
                const auto byHead = [&](const at::Tensor& all) {
                    return all.view({block.count, heads, m_model.headSize});
                };
                if (table)
                    rotate(byHead(turned), byHead(y), *rotation, *table, block.first, m_how);
                else if (m_rotated)
                    turned.copy_(y);
            };
            finish(weights.query, weights.queryNorm, m_query, m_queryBefore, m_model.heads);
            finish(weights.key, weights.keyNorm, m_key, m_keyBefore, m_model.kvHeads);
            project(rowsOf(m_value, block), weights.value);
        });
    }

    // What attention sees instead of the windows' own keys, before rotation. The others are replaced in attention().
    void replaceKeys(int layer) {
        m_replaced.begin(LayerIndex(layer), m_input.intervention, m_query);
        if (!m_input.intervention)
            return;
        const auto& rotation = m_model.perLayer[layer].rotation;
        const RotationTable* table = rotation ? &rotationTable(rotation) : nullptr;
        m_pipeline.run(m_input.windows, [&](int window) {
            const c10::InferenceMode inference;
            m_replaced.replace(window, ofWindow(m_rotated ? m_keyBefore : m_key, window), ofWindow(m_key, window),
                               rotation.get(), table);
        });
    }

    at::Tensor ofWindow(const at::Tensor& x, int window) const {
        return x.narrow(0, std::int64_t{window} * m_input.length, m_input.length);
    }

    // Leaves the weighted values of each head in m_query: nothing reads the queries after this.
    void attention(int layer) {
        const LayerHyperparameters& settings = m_model.perLayer[layer];
        const std::int64_t size = m_model.headSize;
        const int heads = m_model.heads, tasks = static_cast<int>(m_attentionBlocks.size()) * heads;
        const double work = workOf(layer).attention / tasks;
        m_pipeline.run(tasks, [&](int i) {
            const c10::InferenceMode inference;
            // Last blocks first: they see the most keys, and the short ones fill the gaps at the end.
            const Block& block = m_attentionBlocks[m_attentionBlocks.size() - 1 - i / heads];
            const HeadIndex head(i % heads);
            const int kv = kvHeadOf(head, heads, m_model.kvHeads).value;
            const auto wholeWindow = [&](const at::Tensor& x) {
                return ofWindow(x, block.window).narrow(1, kv * size, size);
            };
            const at::Tensor own = rowsOf(m_query, block).narrow(1, head.value * size, size);
            attend({.query = m_replaced.query(block.window, head.value, own),
                    .key = m_replaced.key(block.window, head.value, wholeWindow(m_key)),
                    .value = wholeWindow(m_value),
                    .output = own,
                    .first = block.first,
                    .scale = settings.scale,
                    .window = settings.window,
                    .keyBias = m_keyBiasTensor.defined() ? m_keyBiasTensor.select(0, head.value) : at::Tensor(),
                    .cap = m_model.attentionSoftCap,
                    .distances = m_replaced.distances(block.window, head.value),
                    .distanceAlone = m_replaced.distanceAlone(block.window)},
                   m_how);
            if (m_input.onWork)
                m_input.onWork(work);
        });
    }

    // The two branches and the residual stream, as the family wires them. Norms that it has not are passed by.
    void finishLayer(int layer) {
        const Wiring wiring = m_model.wiring;
        const LayerTensors& weights = m_pipeline.tensors(LayerIndex(layer));
        forEachBlock(perRow(workOf(layer).rest), [&](const Block& block) {
            at::Tensor hidden = rowsOf(m_hidden, block);
            const at::Tensor attended = applyLinear(rowsOf(m_query, block), weights.attentionOutput, m_how);
            const auto feedForwardOf = [&](const at::Tensor& x) { return feedForward(x, weights, m_model, m_how); };
            if (wiring == Wiring::normAfterResidual) {
                hidden.copy_(normalised(hidden + attended, weights.attentionOutputNorm));
                hidden.copy_(normalised(hidden + feedForwardOf(hidden), weights.feedForwardOutputNorm));
                return;
            }
            const bool parallel = wiring == Wiring::parallel;
            at::Tensor x;
            if (parallel)
                x = normalised(hidden, weights.feedForwardNorm.used ? weights.feedForwardNorm : weights.attentionNorm);
            hidden.add_(normalised(attended, weights.attentionOutputNorm), m_model.residualScale);
            if (!parallel)
                x = normalised(hidden, weights.feedForwardNorm);
            hidden.add_(normalised(feedForwardOf(x), weights.feedForwardOutputNorm), m_model.residualScale);
        });
    }

    void outputHead(ForwardResult& result) {
        std::vector<TokenId> tokens(m_input.tokens.begin(), m_input.tokens.end());
        if (!m_input.referenceHidden.empty())
            beginWithReference(tokens);
        const at::Tensor output = normalisedOutput();
        const HeadInput input{.weights = m_weights,
                              .model = m_model,
                              .context = m_context,
                              .hidden = output,
                              .tokens = tokens,
                              .length = m_input.length,
                              .portableOnly = m_how.portableOnly,
                              .onWork = m_input.onWork};
        if (m_input.loss)
            result.loss = nextTokenLoss(input);
        if (m_input.referenceWindows > 0)
            result.scores = tokenScores(input, m_input.referenceWindows);
        if (m_input.logits)
            result.logits = allLogits(input);
    }

    // Puts what is known of the reference windows, which have the tokens of every group, before those that were run.
    void beginWithReference(std::vector<TokenId>& tokens) {
        const std::int64_t rows = std::int64_t{m_input.referenceWindows} * m_input.length;
        const at::Tensor known =
            at::from_blob(const_cast<float*>(m_input.referenceHidden.data()), {rows, m_model.hiddenSize}, at::kFloat);
        m_hidden = at::cat({known.to(m_device), m_hidden});
        tokens.insert(tokens.begin(), m_input.tokens.begin(), m_input.tokens.begin() + rows);
    }

    // What the output head multiplies [rows, embedding size].
    at::Tensor normalisedOutput() {
        const Norm finalNorm = m_weights.readFinalNorm();
        const NormTensors norm = tensorsOf(finalNorm, m_device);
        const Linear projectOut = m_weights.readProjectOut();
        const LinearTensors projection = tensorsOf(projectOut, m_device);
        const std::int64_t rows = m_hidden.size(0), rowsAtOnce = m_device.is_cpu() ? blockRows : gpuBlockRows;
        const at::Tensor output =
            projection.weight.defined() ? at::empty({rows, projectOut.outputs}, m_hidden.options()) : m_hidden;
        m_pipeline.run(static_cast<int>((rows + rowsAtOnce - 1) / rowsAtOnce), [&](int i) {
            const c10::InferenceMode inference;
            const std::int64_t first = i * rowsAtOnce, count = std::min(rowsAtOnce, rows - first);
            const at::Tensor x = normalised(m_hidden.narrow(0, first, count), norm);
            output.narrow(0, first, count).copy_(projection.weight.defined() ? applyLinear(x, projection, m_how) : x);
        });
        return output;
    }

    // The values in the CPU's memory; copied to `host` if they are not there.
    static std::span<const float> onHost(const at::Tensor& x, at::Tensor& host) {
        host = x.cpu();
        return valuesOf(host);
    }

    LayerCapture capture(int layer) {
        return {.layer = LayerIndex(layer),
                .windows = m_input.windows,
                .tokens = m_input.length,
                .heads = m_model.heads,
                .kvHeads = m_model.kvHeads,
                .headSize = m_model.headSize,
                .windowStride = m_input.length,
                .scale = m_model.perLayer[layer].scale,
                .softCap = m_model.attentionSoftCap,
                .visible = m_model.perLayer[layer].window,
                .rotated = m_rotated,
                .query = onHost(m_query, m_onHost[0]),
                .key = onHost(m_key, m_onHost[1]),
                .queryBefore = onHost(m_rotated ? m_queryBefore : m_query, m_onHost[2]),
                .keyBefore = onHost(m_rotated ? m_keyBefore : m_key, m_onHost[3]),
                .value = onHost(m_value, m_onHost[4]),
                .keyBias = m_keyBias,
                .weights = &m_pipeline.weights(LayerIndex(layer)),
                .replacedKeys = [this, layer](const KeyReplacement& keys, int window) {
                    return replacedKeysOf(keys, layer, window);
                }};
    }

    std::vector<float> replacedKeysOf(const KeyReplacement& keys, int layer, int window) const {
        const c10::InferenceMode inference;
        const auto& rotation = m_model.perLayer[layer].rotation;
        const at::Tensor seen = replacedKeys(keys, ofWindow(m_rotated ? m_keyBefore : m_key, window), m_model,
                                             rotation.get(), rotation ? &m_tables.at(rotation.get()) : nullptr, m_how)
                                    .cpu();
        return {seen.data_ptr<float>(), seen.data_ptr<float>() + seen.numel()};
    }

    const WeightReader& m_weights;
    const Hyperparameters& m_model;
    const ForwardInput& m_input;
    const JobContext& m_context;
    const at::Device m_device;
    const Execution m_how;
    LayerPipeline m_pipeline;
    std::vector<Block> m_blocks, m_attentionBlocks;
    std::map<const Rotation*, RotationTable> m_tables;
    bool m_rotated = false;                  // at least one layer has rotation
    std::vector<double> m_keyBias;           // [heads, length], or empty
    at::Tensor m_keyBiasTensor;              // the same for attention
    at::Tensor m_hidden;                     // [rows, hidden]
    at::Tensor m_query, m_queryBefore;       // [rows, heads · headSize]
    at::Tensor m_key, m_keyBefore, m_value;  // [rows, kvHeads · headSize]
    at::Tensor m_onHost[5];                  // what the tap sees

    ReplacedAttention m_replaced;
};

// What LibTorch says of a device that fails it, most often for lack of memory: its first line.
Error deviceError(const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    return Error(ErrorCode::unsupported, "cuda", "forward pass", "enough GPU memory and a working device",
                 text.substr(0, text.find('\n')));
}

}  // namespace

ForwardResult runForward(const WeightReader& weights, const Hyperparameters& model, const ForwardInput& input,
                         const LayerTap& tap, const JobContext& context) {
    // All parallelism is over blocks of rows on our own threads: the libraries below must not add theirs.
    useOneBlasThread();
    keepFreedMemory();
    at::set_num_threads(1);
    const c10::InferenceMode inference;
    try {
        return Transformer(weights, model, input, context).run(tap);
    } catch (const c10::Error& error) {
        if (input.device == Device::cpu)
            throw;
        throw deviceError(error);
    }
}

}  // namespace rankscope
