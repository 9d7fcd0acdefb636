// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/layer_weights.h"

#include <algorithm>
#include <functional>
#include <set>

#include "core/base/error.h"
#include "core/io/weight_file.h"

namespace rankscope {

namespace {

std::string shapeText(const std::vector<std::int64_t>& shape) {
    std::string text = "[";
    for (const std::int64_t size : shape)
        text += (text.size() > 1 ? "," : "") + std::to_string(size);
    return text + "]";
}

// Pieces of a conversion that threads share: about this many values each.
constexpr std::int64_t valuesPerTask = 1 << 17;

struct RowRange {
    const TensorInfo* tensor;
    std::int64_t first, count;
    float* out;
};

void addRanges(std::vector<RowRange>& ranges, const TensorInfo& tensor, std::int64_t first, std::int64_t count,
               float* out) {
    const std::int64_t step = std::max<std::int64_t>(1, valuesPerTask / tensor.rowLength());
    for (std::int64_t row = 0; row < count; row += step)
        ranges.push_back({&tensor, first + row, std::min(step, count - row), out + row * tensor.rowLength()});
}

void readRanges(const WeightFile& file, const std::vector<RowRange>& ranges, const JobContext& context) {
    parallelFor(static_cast<int>(ranges.size()), context, [&](int i) {
        const RowRange& range = ranges[i];
        file.readRows(*range.tensor, range.first, range.count,
                      {range.out, static_cast<std::size_t>(range.count * range.tensor->rowLength())});
    });
}

// GGUF regroups the rows of a head so that pair m stands at rows 2m and 2m + 1; back to m and m + d/2.
void unpermuteRows(std::vector<float>& values, int headSize, std::size_t rowLength) {
    const std::size_t half = headSize / 2, headValues = headSize * rowLength;
    std::vector<float> head(headValues);
    for (std::size_t start = 0; start < values.size(); start += headValues) {
        std::copy_n(values.begin() + start, headValues, head.begin());
        for (std::size_t m = 0; m < half; ++m)
            for (std::size_t j = 0; j < 2; ++j)
                std::copy_n(head.begin() + (2 * m + j) * rowLength, rowLength,
                            values.begin() + start + (j * half + m) * rowLength);
    }
}

}  // namespace

WeightReader::WeightReader(const WeightFile& file, const Hyperparameters& model)
    : m_file(&file),
      m_model(&model),
      m_names(file.naming() == NamingScheme::gguf ? &model.architecture->gguf : &model.architecture->huggingFace) {
    if (file.naming() == NamingScheme::gguf)
        return;
    for (const std::string_view prefix : model.architecture->prefixes)
        if (file.find(std::string(prefix) + std::string(m_names->embedding) + ".weight"))
            m_prefix = prefix;
    if (m_prefix.empty() && !model.architecture->prefixes.empty() &&
        !file.find(std::string(m_names->embedding) + ".weight"))
        m_prefix = model.architecture->prefixes.front();  // nothing found: name what is missing as published files do
}

std::string WeightReader::resolved(std::string_view pattern, int layer, std::string_view suffix) const {
    std::string name(pattern);
    if (const std::size_t at = name.find("{}"); at != std::string::npos)
        name.replace(at, 2, std::to_string(layer));
    return (pattern == m_names->head ? "" : m_prefix) + name + std::string(suffix);
}

std::vector<WeightReader::Expected> WeightReader::expectedTensors() const {
    const Hyperparameters& model = *m_model;
    const TensorNames& names = *m_names;
    const std::int64_t hidden = model.hiddenSize, inner = model.feedForwardSize;
    const std::int64_t queries = std::int64_t{model.heads} * model.headSize;
    const std::int64_t keys = std::int64_t{model.kvHeads} * model.headSize;
    std::vector<Expected> result;
    const auto add = [&](std::string_view pattern, int layer, std::vector<std::int64_t> shape, bool optional = false) {
        if (pattern.empty())
            return;
        result.push_back({resolved(pattern, layer, ".weight"), shape, optional});
        result.push_back({resolved(pattern, layer, ".bias"), {shape.front()}, true});
    };
    add(names.embedding, 0, {model.vocabulary, hidden});
    for (int layer = 0; layer < model.layers; ++layer) {
        add(names.attentionNorm, layer, {hidden});
        add(names.query, layer, {queries, hidden});
        add(names.key, layer, {keys, hidden});
        add(names.value, layer, {keys, hidden});
        add(names.attentionOutput, layer, {hidden, queries});
        add(names.feedForwardNorm, layer, {hidden});
        if (model.architecture->gated)
            add(names.gate, layer, {inner, hidden});
        add(names.up, layer, {inner, hidden});
        add(names.down, layer, {hidden, inner});
    }
    add(names.finalNorm, 0, {hidden});
    add(names.head, 0, {model.vocabulary, hidden}, model.tiedHead);
    return result;
}

TensorCheck WeightReader::check() const {
    TensorCheck result;
    std::set<std::string> known{"rope_freqs.weight"};
    for (const Expected& expected : expectedTensors()) {
        known.insert(expected.name);
        const TensorInfo* found = m_file->find(expected.name);
        if (!found && !expected.optional) {
            result.missing.push_back(expected.name);
            result.headMissing |= expected.name == resolved(m_names->head, 0, ".weight");
        } else if (found && found->shape != expected.shape) {
            result.misshapen.push_back(expected.name + ": expected " + shapeText(expected.shape) + ", found " +
                                       shapeText(found->shape));
        }
    }
    for (const TensorInfo& tensor : m_file->tensors()) {
        const bool ignored = std::ranges::any_of(m_model->architecture->ignoredTensors,
                                                 [&](std::string_view end) { return tensor.name.ends_with(end); });
        if (!ignored && !known.contains(tensor.name))
            result.unexpected.push_back(tensor.name);
    }
    return result;
}

void WeightReader::requireComplete(bool needHead) const {
    const std::string head = resolved(m_names->head, 0, ".weight");
    for (const Expected& expected : expectedTensors()) {
        if (expected.name == head && !needHead)
            continue;
        const TensorInfo* found = m_file->find(expected.name);
        if (!found && !expected.optional)
            throw Error(ErrorCode::missing, m_file->path().string(), expected.name,
                        "tensor " + shapeText(expected.shape), "none");
        if (found && found->shape != expected.shape)
            throw Error(ErrorCode::mismatch, m_file->path().string(), expected.name, shapeText(expected.shape),
                        shapeText(found->shape));
    }
}

const TensorInfo& WeightReader::require(const std::string& name) const {
    if (const TensorInfo* tensor = m_file->find(name))
        return *tensor;
    throw Error(ErrorCode::missing, m_file->path().string(), name, "tensor", "none");
}

const TensorInfo& WeightReader::headTensor() const {
    if (const TensorInfo* tensor = m_file->find(resolved(m_names->head, 0, ".weight")))
        return *tensor;
    return require(m_model->tiedHead ? resolved(m_names->embedding, 0, ".weight")
                                     : resolved(m_names->head, 0, ".weight"));
}

Norm WeightReader::readNorm(std::string_view pattern, int layer) const {
    Norm norm;
    norm.gain.resize(m_model->hiddenSize);
    m_file->readAll(require(resolved(pattern, layer, ".weight")), norm.gain);
    if (const TensorInfo* bias = m_file->find(resolved(pattern, layer, ".bias"))) {
        norm.bias.resize(m_model->hiddenSize);
        m_file->readAll(*bias, norm.bias);
    }
    return norm;
}

void WeightReader::readLayer(LayerIndex index, LayerWeights& layer, const JobContext& context) const {
    std::vector<RowRange> ranges;
    const auto plan = [&](std::string_view pattern, Linear& linear) {
        const TensorInfo& weight = require(resolved(pattern, index.value, ".weight"));
        linear.outputs = static_cast<int>(weight.shape.at(0));
        linear.inputs = static_cast<int>(weight.shape.at(1));
        linear.weight.resize(weight.elements());
        addRanges(ranges, weight, 0, weight.rows(), linear.weight.data());
        linear.bias.clear();
        if (const TensorInfo* bias = m_file->find(resolved(pattern, index.value, ".bias"))) {
            linear.bias.resize(bias->elements());
            addRanges(ranges, *bias, 0, 1, linear.bias.data());
        }
    };
    plan(m_names->query, layer.query);
    plan(m_names->key, layer.key);
    plan(m_names->value, layer.value);
    plan(m_names->attentionOutput, layer.attentionOutput);
    if (m_model->architecture->gated)
        plan(m_names->gate, layer.gate);
    plan(m_names->up, layer.up);
    plan(m_names->down, layer.down);
    readRanges(*m_file, ranges, context);
    layer.attentionNorm = readNorm(m_names->attentionNorm, index.value);
    layer.feedForwardNorm = readNorm(m_names->feedForwardNorm, index.value);
    if (m_model->queryKeyPermuted) {
        for (Linear* linear : {&layer.query, &layer.key}) {
            unpermuteRows(linear->weight, m_model->headSize, linear->inputs);
            unpermuteRows(linear->bias, m_model->headSize, 1);
        }
    }
}

Norm WeightReader::readFinalNorm() const { return readNorm(m_names->finalNorm, 0); }

void WeightReader::embed(std::span<const TokenId> tokens, std::span<float> out) const {
    const TensorInfo& embedding = require(resolved(m_names->embedding, 0, ".weight"));
    const std::size_t size = m_model->hiddenSize;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i] < 0 || tokens[i] >= embedding.rows())
            throw Error(ErrorCode::mismatch, m_file->path().string(), embedding.name,
                        "token ids < " + std::to_string(embedding.rows()), std::to_string(tokens[i]));
        m_file->readRows(embedding, tokens[i], 1, out.subspan(i * size, size));
    }
}

void WeightReader::readHeadRows(int first, int count, std::span<float> out, const JobContext& context) const {
    std::vector<RowRange> ranges;
    addRanges(ranges, headTensor(), first, count, out.data());
    readRanges(*m_file, ranges, context);
}

}  // namespace rankscope
