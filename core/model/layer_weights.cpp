// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/layer_weights.h"

#include <algorithm>
#include <functional>
#include <list>
#include <set>

#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/io/weight_file.h"

namespace rankscope {

namespace {

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

void readRange(const WeightFile& file, const RowRange& range) {
    file.readRows(*range.tensor, range.first, range.count,
                  {range.out, static_cast<std::size_t>(range.count * range.tensor->rowLength())});
}

}  // namespace

WeightReader::WeightReader(const WeightFile& file, const Hyperparameters& model)
    : m_file(&file), m_model(&model), m_naming(file, model) {}

TensorCheck WeightReader::check() const {
    TensorCheck result;
    std::set<std::string> known;
    const std::string head = m_naming.name(m_model->names.head, 0, ".weight");
    for (const ExpectedTensor& expected : expectedTensors(*m_model, m_naming)) {
        known.insert(expected.name);
        const TensorInfo* found = m_file->find(expected.name);
        if (found && !(m_model->tiedHead && expected.name == head))
            result.parameters += found->elements();
        if (!found && !expected.optional) {
            result.missing.push_back(expected.name);
            result.headMissing |= expected.name == head;
        } else if (found && found->shape != expected.shape) {
            result.misshapen.push_back(expected.name + ": expected " + shapeText(expected.shape) + ", found " +
                                       shapeText(found->shape));
        }
    }
    const auto ignored = [&](const std::string& name) {
        const auto endsIt = [&](std::string_view end) { return name.ends_with(end); };
        const auto startsIt = [&](std::string_view start) { return name.starts_with(start); };
        return std::ranges::any_of(strayBuffers(), endsIt) ||
               std::ranges::any_of(m_model->architecture->ignoredPrefixes, startsIt);
    };
    for (const TensorInfo& tensor : m_file->tensors())
        if (!known.contains(tensor.name) && !ignored(tensor.name))
            result.unexpected.push_back(tensor.name);
    return result;
}

void WeightReader::requireComplete(bool needHead) const {
    const std::string head = m_naming.name(m_model->names.head, 0, ".weight");
    const auto refuse = [&](ErrorCode code, const std::string& name, const std::string& expected,
                            const std::string& found) {
        throw Error(code, m_file->path().string(), name, expected, found);
    };
    for (const ExpectedTensor& expected : expectedTensors(*m_model, m_naming)) {
        if (expected.name == head && !needHead)
            continue;
        const TensorInfo* found = m_file->find(expected.name);
        if (!found && !expected.optional)
            refuse(ErrorCode::missing, expected.name, "tensor " + shapeText(expected.shape), "none");
        if (found && found->shape != expected.shape)
            refuse(ErrorCode::mismatch, expected.name, shapeText(expected.shape), shapeText(found->shape));
    }
    if (m_file->naming() != NamingScheme::gguf)
        return;
    if (const std::vector<std::string> unexpected = check().unexpected; !unexpected.empty())
        refuse(ErrorCode::unsupported, unexpected.front(),
               "no such tensor in family " + std::string(m_model->architecture->id),
               shapeText(require(unexpected.front()).shape));
}

const TensorInfo& WeightReader::require(const std::string& name) const {
    if (const TensorInfo* tensor = m_file->find(name))
        return *tensor;
    throw Error(ErrorCode::missing, m_file->path().string(), name, "tensor", "none");
}

const TensorInfo& WeightReader::headTensor() const {
    const bool tied = m_model->tiedHead;
    return require(m_naming.name(tied ? m_model->names.embedding : m_model->names.head, 0, ".weight"));
}

std::vector<float> WeightReader::readBias(std::string_view pattern, int layer, Presence presence) const {
    const TensorInfo* tensor =
        presence == Presence::absent ? nullptr : m_file->find(m_naming.name(pattern, layer, ".bias"));
    std::vector<float> bias(tensor ? tensor->elements() : 0);
    if (tensor)
        m_file->readAll(*tensor, bias);
    return bias;
}

Norm WeightReader::readNorm(std::string_view pattern, int layer) const {
    Norm norm{.used = !pattern.empty(), .gain = {}, .bias = {}};
    if (!norm.used || m_model->architecture->norm.weightless)
        return norm;
    const TensorInfo& gain = require(m_naming.name(pattern, layer, ".weight"));
    norm.gain.resize(gain.elements());
    m_file->readAll(gain, norm.gain);
    for (float& value : norm.gain)
        value += static_cast<float>(m_model->normGainOffset);
    norm.bias = readBias(pattern, layer, m_model->biases.norm);
    return norm;
}

Norm WeightReader::readQueryKeyNorm(std::string_view pattern, int layer, int heads) const {
    if (pattern.find("[]") == std::string_view::npos) {
        Norm norm = readNorm(pattern, layer);
        if (norm.used && m_model->architecture->queryKeyNormBias)
            norm.bias = readBias(pattern, layer, Presence::required);
        return norm;
    }
    const std::size_t size = m_model->headSize;
    Norm norm{.used = true, .gain = std::vector<float>(heads * size), .bias = {}};
    for (int head = 0; head < heads; ++head)
        m_file->readAll(require(m_naming.name(pattern, layer, ".weight", head)),
                        std::span(norm.gain).subspan(head * size, size));
    return norm;
}

// What reading a part takes: conversions that the threads share, then splitting, transposing and un-permuting.
struct PartReading::Plan {
    struct Fused {
        Linear whole;  // weight only where it has to be transposed before it can be split
        std::vector<RowRun> runs;
        std::vector<Linear*> parts;
    };
    void finish(const JobContext& context);

    const WeightFile* file = nullptr;
    int headSize = 0;
    std::vector<RowRange> ranges;
    std::vector<Linear*> toTranspose, toUnpermute;
    std::list<Fused> fused;
};

void WeightReader::planLinear(Plan& plan, std::string_view pattern, int layer, Presence bias, Linear& linear) const {
    if (pattern.empty())
        return;
    const TensorInfo& weight = require(m_naming.name(pattern, layer, ".weight"));
    linear.outputs = static_cast<int>(weight.shape.at(m_model->inputsFirst ? 1 : 0));
    linear.inputs = static_cast<int>(weight.shape.at(m_model->inputsFirst ? 0 : 1));
    linear.weight.resize(weight.elements());
    addRanges(plan.ranges, weight, 0, weight.rows(), linear.weight.data());
    if (m_model->inputsFirst)
        plan.toTranspose.push_back(&linear);
    linear.bias = readBias(pattern, layer, bias);
}

void WeightReader::planFused(Plan& plan, std::string_view pattern, int layer, Presence bias,
                             std::vector<Linear*> parts) const {
    const TensorInfo& weight = require(m_naming.name(pattern, layer, ".weight"));
    Plan::Fused& fused = plan.fused.emplace_back();
    fused.parts = std::move(parts);
    const std::int64_t inner = m_model->feedForwardSize;
    fused.runs = fused.parts.size() == 3 ? queryKeyValueRuns(*m_model)
                                         : std::vector<RowRun>{{0, 0, 0, inner}, {1, 0, inner, inner}};
    for (Linear* part : fused.parts)
        *part = {.outputs = 0, .inputs = m_model->hiddenSize, .weight = std::move(part->weight), .bias = {}};
    for (const RowRun& run : fused.runs)
        fused.parts[run.part]->outputs += static_cast<int>(run.count);
    for (Linear* part : fused.parts)
        part->weight.resize(std::size_t(part->outputs) * part->inputs);
    if (m_model->inputsFirst) {
        planLinear(plan, pattern, layer, bias, fused.whole);
        return;
    }
    for (const RowRun& run : fused.runs)
        addRanges(plan.ranges, weight, run.from, run.count,
                  fused.parts[run.part]->weight.data() + run.to * m_model->hiddenSize);
    fused.whole.bias = readBias(pattern, layer, bias);
}

void PartReading::Plan::finish(const JobContext& context) {
    parallelFor(static_cast<int>(toTranspose.size()), context, [&](int i) {
        Linear& linear = *toTranspose[i];
        linear.weight = transposed(linear.weight, linear.inputs, linear.outputs);
    });
    for (Fused& all : fused)
        for (std::size_t i = 0; i < all.parts.size(); ++i) {
            Linear& part = *all.parts[i];
            if (!all.whole.weight.empty())
                copyRows(all.whole.weight, all.runs, static_cast<int>(i), part.inputs, part.weight);
            part.bias.resize(all.whole.bias.empty() ? 0 : part.outputs);
            if (!part.bias.empty())
                copyRows(all.whole.bias, all.runs, static_cast<int>(i), 1, part.bias);
        }
    parallelFor(static_cast<int>(toUnpermute.size()), context, [&](int i) {
        Linear& linear = *toUnpermute[i];
        unpermuteRows(linear.weight, headSize, linear.inputs);
        unpermuteRows(linear.bias, headSize, 1);
    });
}

int PartReading::pieces() const {
    return m_plan ? static_cast<int>(m_plan->ranges.size()) : 0;
}

void PartReading::readPiece(int piece) const {
    readRange(*m_plan->file, m_plan->ranges[piece]);
}

void PartReading::finish(const JobContext& context) {
    if (m_plan)
        m_plan->finish(context);
    m_plan.reset();
}

void WeightReader::beginAttention(Plan& plan, int layer, LayerWeights& weights) const {
    const TensorNames& names = m_model->names;
    const BiasPresence& biases = m_model->biases;
    if (m_naming.fused()) {
        planFused(plan, names.fused, layer, biases.queryKeyValue, {&weights.query, &weights.key, &weights.value});
    } else {
        planLinear(plan, names.query, layer, biases.queryKeyValue, weights.query);
        planLinear(plan, names.key, layer, biases.queryKeyValue, weights.key);
        planLinear(plan, names.value, layer, biases.queryKeyValue, weights.value);
    }
    planLinear(plan, names.attentionOutput, layer, biases.attentionOutput, weights.attentionOutput);
    if (m_model->queryKeyPermuted)
        plan.toUnpermute = {&weights.query, &weights.key};
    weights.attentionNorm = readNorm(names.attentionNorm, layer);
    weights.attentionOutputNorm = readNorm(names.attentionOutputNorm, layer);
    weights.queryNorm = readQueryKeyNorm(names.queryNorm, layer, m_model->heads);
    weights.keyNorm = readQueryKeyNorm(names.keyNorm, layer, m_model->kvHeads);
}

void WeightReader::beginFeedForward(Plan& plan, int layer, LayerWeights& weights) const {
    const TensorNames& names = m_model->names;
    const Presence bias = m_model->biases.feedForward;
    if (!names.gateUp.empty())
        planFused(plan, names.gateUp, layer, bias, {&weights.gate, &weights.up});
    planLinear(plan, names.gate, layer, bias, weights.gate);
    planLinear(plan, names.up, layer, bias, weights.up);
    planLinear(plan, names.down, layer, bias, weights.down);
    weights.feedForwardNorm = readNorm(names.feedForwardNorm, layer);
    weights.feedForwardOutputNorm = readNorm(names.feedForwardOutputNorm, layer);
}

PartReading WeightReader::begin(LayerIndex index, LayerPart part, LayerWeights& layer) const {
    PartReading reading;
    reading.m_plan = std::make_shared<Plan>();
    reading.m_plan->file = m_file;
    reading.m_plan->headSize = m_model->headSize;
    if (part == LayerPart::attention)
        beginAttention(*reading.m_plan, index.value, layer);
    else
        beginFeedForward(*reading.m_plan, index.value, layer);
    return reading;
}

void WeightReader::readLayer(LayerIndex index, LayerWeights& layer, const JobContext& context) const {
    for (const LayerPart part : {LayerPart::attention, LayerPart::feedForward}) {
        PartReading reading = begin(index, part, layer);
        parallelFor(reading.pieces(), context, [&](int piece) { reading.readPiece(piece); });
        reading.finish(context);
    }
}

std::vector<const TensorInfo*> WeightReader::tensorsOf(LayerIndex index) const {
    std::vector<const TensorInfo*> tensors;
    for (const ExpectedTensor& expected : expectedTensors(*m_model, m_naming, index))
        if (const TensorInfo* tensor = m_file->find(expected.name))
            tensors.push_back(tensor);
    return tensors;
}

void WeightReader::readAhead(LayerIndex index, const std::stop_token& stop) const {
    for (const TensorInfo* tensor : tensorsOf(index))
        m_file->readAhead(*tensor, stop);
}

void WeightReader::readHeadAhead(const std::stop_token& stop) const {
    m_file->readAhead(headTensor(), stop);
}

void WeightReader::embed(std::span<const TokenId> tokens, std::span<float> out) const {
    const TensorInfo& embedding = require(m_naming.name(m_model->names.embedding, 0, ".weight"));
    const std::size_t size = m_model->embeddingSize;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i] < 0 || tokens[i] >= embedding.rows())
            throw Error(ErrorCode::mismatch, m_file->path().string(), embedding.name,
                        "token ids < " + std::to_string(embedding.rows()), std::to_string(tokens[i]));
        m_file->readRows(embedding, tokens[i], 1, out.subspan(i * size, size));
    }
}

void WeightReader::readPositions(int count, std::span<float> out) const {
    const TensorInfo& table = require(m_naming.name(m_model->names.positions, 0, ".weight"));
    const int offset = m_model->architecture->positionOffset;
    if (count > table.rows() - offset)
        throw Error(ErrorCode::mismatch, m_file->path().string(), "window",
                    "at most the " + std::to_string(table.rows() - offset) + " positions that the model has learned",
                    std::to_string(count) + " tokens");
    m_file->readRows(table, offset, count, out);
}

Linear WeightReader::readLinear(std::string_view pattern) const {
    Linear linear;
    if (pattern.empty())
        return linear;
    const TensorInfo& weight = require(m_naming.name(pattern, 0, ".weight"));
    linear.outputs = static_cast<int>(weight.shape.at(0));
    linear.inputs = static_cast<int>(weight.shape.at(1));
    linear.weight.resize(weight.elements());
    m_file->readAll(weight, linear.weight);
    return linear;
}

void WeightReader::readHeadRows(int first, int count, std::span<float> out, const JobContext& context) const {
    std::vector<RowRange> ranges;
    addRanges(ranges, headTensor(), first, count, out.data());
    parallelFor(static_cast<int>(ranges.size()), context, [&](int i) { readRange(*m_file, ranges[i]); });
}

}  // namespace rankscope
