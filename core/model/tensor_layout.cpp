// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor_layout.h"

#include <algorithm>

#include "core/io/weight_file.h"

namespace rankscope {

TensorNaming::TensorNaming(const WeightFile& file, const Hyperparameters& model) : m_headPattern(model.names.head) {
    const TensorNames& names = model.names;
    if (file.naming() == NamingScheme::huggingFace) {
        const std::string embedding = std::string(names.embedding) + ".weight";
        const std::vector<std::string_view>& prefixes = model.architecture->prefixes;
        const auto found = std::ranges::find_if(
            prefixes, [&](std::string_view prefix) { return file.find(std::string(prefix) + embedding) != nullptr; });
        if (found != prefixes.end())
            m_prefix = *found;
        else if (!prefixes.empty() && !file.find(embedding))
            m_prefix = prefixes.front();  // nothing found: name what is missing as published files do
    }
    m_fused = !names.fused.empty() && (names.query.empty() || file.find(name(names.fused, 0, ".weight")));
}

std::string TensorNaming::name(std::string_view pattern, int layer, std::string_view suffix, int head) const {
    std::string name(pattern);
    if (const std::size_t at = name.find("{}"); at != std::string::npos)
        name.replace(at, 2, std::to_string(layer));
    if (const std::size_t at = name.find("[]"); at != std::string::npos)
        name.replace(at, 2, std::to_string(head));
    return (pattern == m_headPattern ? "" : m_prefix) + name + std::string(suffix);
}

namespace {

class Expectations {
public:
    Expectations(const Hyperparameters& model, const TensorNaming& naming) : m_model(model), m_naming(naming) {}

    std::vector<ExpectedTensor> all() {
        const TensorNames& names = m_model.names;
        const std::int64_t vocabulary = m_model.vocabulary, width = m_model.embeddingSize, hidden = m_model.hiddenSize;
        add(names.embedding, 0, {vocabulary, width});
        norm(names.embeddingNorm, 0);
        if (m_model.contextLength > 0)
            add(names.positions, 0, {m_model.contextLength + m_model.architecture->positionOffset, hidden});
        add(names.projectIn, 0, {hidden, width});
        for (int layer = 0; layer < m_model.layers; ++layer)
            addLayer(layer);
        norm(names.finalNorm, 0);
        add(names.projectOut, 0, {width, hidden});
        add(names.head, 0, {vocabulary, width}, m_model.tiedHead);
        bias(names.head, 0, vocabulary, m_model.biases.head);
        return std::move(m_result);
    }

    std::vector<ExpectedTensor> ofLayer(int layer) {
        addLayer(layer);
        return std::move(m_result);
    }

private:
    void add(std::string_view pattern, int layer, std::vector<std::int64_t> shape, bool optional = false) {
        if (!pattern.empty())
            m_result.push_back({m_naming.name(pattern, layer, ".weight"), std::move(shape), optional});
    }

    void bias(std::string_view pattern, int layer, std::int64_t size, Presence presence) {
        if (!pattern.empty() && presence != Presence::absent)
            m_result.push_back({m_naming.name(pattern, layer, ".bias"), {size}, presence == Presence::optional});
    }

    void norm(std::string_view pattern, int layer) {
        if (m_model.architecture->norm.weightless)
            return;
        add(pattern, layer, {m_model.hiddenSize});
        bias(pattern, layer, m_model.hiddenSize, m_model.biases.norm);
    }

    void linear(std::string_view pattern, int layer, std::int64_t outputs, std::int64_t inputs, Presence presence) {
        add(pattern, layer, m_model.inputsFirst ? std::vector{inputs, outputs} : std::vector{outputs, inputs});
        bias(pattern, layer, outputs, presence);
    }

    void addLayer(int layer) {
        const TensorNames& names = m_model.names;
        const BiasPresence& biases = m_model.biases;
        const std::int64_t hidden = m_model.hiddenSize, inner = m_model.feedForwardSize;
        const std::int64_t queries = std::int64_t{m_model.heads} * m_model.headSize;
        const std::int64_t keys = std::int64_t{m_model.kvHeads} * m_model.headSize;
        norm(names.attentionNorm, layer);
        if (m_naming.fused()) {
            linear(names.fused, layer, queries + 2 * keys, hidden, biases.queryKeyValue);
        } else {
            linear(names.query, layer, queries, hidden, biases.queryKeyValue);
            linear(names.key, layer, keys, hidden, biases.queryKeyValue);
            linear(names.value, layer, keys, hidden, biases.queryKeyValue);
        }
        queryKeyNorm(names.queryNorm, layer, m_model.heads);
        queryKeyNorm(names.keyNorm, layer, m_model.kvHeads);
        linear(names.attentionOutput, layer, hidden, queries, biases.attentionOutput);
        norm(names.attentionOutputNorm, layer);
        norm(names.feedForwardNorm, layer);
        linear(names.gate, layer, inner, hidden, biases.feedForward);
        linear(names.up, layer, inner, hidden, biases.feedForward);
        linear(names.gateUp, layer, 2 * inner, hidden, biases.feedForward);
        linear(names.down, layer, hidden, inner, biases.feedForward);
        norm(names.feedForwardOutputNorm, layer);
    }

    void queryKeyNorm(std::string_view pattern, int layer, std::int64_t heads) {
        const std::int64_t size = m_model.headSize;
        if (pattern.empty())
            return;
        if (pattern.find("[]") != std::string_view::npos) {
            for (int head = 0; head < heads; ++head)
                m_result.push_back({m_naming.name(pattern, layer, ".weight", head), {size}, false});
            return;
        }
        if (m_model.queryKeyNorm == QueryKeyNorm::wholeProjection)
            add(pattern, layer, {heads * size});
        else if (m_model.queryKeyNorm == QueryKeyNorm::gainsPerHead)
            add(pattern, layer, {heads, size});
        else
            add(pattern, layer, {size});
        bias(pattern, layer, size, m_model.architecture->queryKeyNormBias ? Presence::required : Presence::absent);
    }

    const Hyperparameters& m_model;
    const TensorNaming& m_naming;
    std::vector<ExpectedTensor> m_result;
};

}  // namespace

std::vector<ExpectedTensor> expectedTensors(const Hyperparameters& model, const TensorNaming& naming) {
    return Expectations(model, naming).all();
}

std::vector<ExpectedTensor> expectedTensors(const Hyperparameters& model, const TensorNaming& naming,
                                            LayerIndex layer) {
    return Expectations(model, naming).ofLayer(layer.value);
}

std::vector<RowRun> queryKeyValueRuns(const Hyperparameters& model) {
    const std::int64_t size = model.headSize, queries = model.heads * size, keys = model.kvHeads * size;
    std::vector<RowRun> runs;
    if (model.fused == FusedLayout::blocks)
        return {{0, 0, 0, queries}, {1, 0, queries, keys}, {2, 0, queries + keys, keys}};
    if (model.fused == FusedLayout::groups) {
        const std::int64_t group = queries / model.kvHeads;  // query rows of a group
        for (std::int64_t kv = 0; kv < model.kvHeads; ++kv) {
            const std::int64_t from = kv * (group + 2 * size);
            runs.push_back({0, kv * group, from, group});
            runs.push_back({1, kv * size, from + group, size});
            runs.push_back({2, kv * size, from + group + size, size});
        }
        return runs;
    }
    const std::int64_t part = queries / 4;  // quarters: query, value, key
    for (std::int64_t quarter = 0; quarter < 4; ++quarter) {
        runs.push_back({0, quarter * part, 3 * quarter * part, part});
        runs.push_back({2, quarter * part, (3 * quarter + 1) * part, part});
        runs.push_back({1, quarter * part, (3 * quarter + 2) * part, part});
    }
    return runs;
}

void copyRows(std::span<const float> fused, const std::vector<RowRun>& runs, int part, std::size_t rowLength,
              std::span<float> out) {
    for (const RowRun& run : runs)
        if (run.part == part)
            std::copy_n(fused.begin() + run.from * rowLength, run.count * rowLength, out.begin() + run.to * rowLength);
}

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

std::vector<float> transposed(const std::vector<float>& values, std::int64_t rows, std::int64_t columns) {
    constexpr std::int64_t tile = 32;  // both sides of a tile stay in the cache
    std::vector<float> result(values.size());
    for (std::int64_t top = 0; top < rows; top += tile)
        for (std::int64_t left = 0; left < columns; left += tile)
            for (std::int64_t i = top; i < std::min(rows, top + tile); ++i)
                for (std::int64_t j = left; j < std::min(columns, left + tile); ++j)
                    result[j * rows + i] = values[i * columns + j];
    return result;
}

}  // namespace rankscope
