// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/model/model_source.h"
#include "core/model/passed_over.h"

namespace rankscope {

namespace {

const Architecture& findArchitecture(const MetadataReader& meta) {
    constexpr std::string_view key = "general.architecture";
    const std::string type = meta.text(key).value_or("");
    std::string known;
    for (const Architecture& row : architectures()) {
        if (!type.empty() && row.ggufName == type)
            return row;
        if (!row.ggufName.empty())
            known += (known.empty() ? "" : ", ") + std::string(row.ggufName);
    }
    failUnknownFamily(meta, key, known);
}

// A size that may be an array with one entry per layer: then all must agree.
int uniformSize(const MetadataReader& meta, std::string_view key, int layers,
                std::optional<std::int64_t> fallback = {}) {
    if (!meta.isArray(key))
        return static_cast<int>(meta.integer({key}, 1, maxSize, fallback));
    const std::vector<double> values = *meta.numbers(key, layers);
    const double first = values.front();
    if (!(first >= 1) || first > maxSize || first != static_cast<int>(first))
        meta.fail(key, "integers 1.." + std::to_string(maxSize), std::to_string(first));
    for (const double value : values)
        if (value != first)
            throw Error(ErrorCode::unsupported, meta.file(), meta.fullKey(key), "the same size in every layer",
                        std::to_string(static_cast<long long>(first)) + " and " +
                            std::to_string(static_cast<long long>(value)));
    return static_cast<int>(first);
}

// Rows of layer 0's weight; 0 if the file has none.
std::int64_t rowsOf(const WeightFile& file, std::string name) {
    name.replace(name.find("{}"), 2, "0");
    const TensorInfo* info = file.find(name + ".weight");
    return info ? info->rows() : 0;
}

void readSizes(const ModelSource& source, Hyperparameters& model) {
    const MetadataReader& meta = source.meta;
    const Architecture& row = *model.architecture;
    model.layers = static_cast<int>(meta.integer({"block_count"}, 1, maxLayers));
    model.heads = uniformSize(meta, "attention.head_count", model.layers);
    model.kvHeads = uniformSize(meta, "attention.head_count_kv", model.layers, model.heads);
    model.hiddenSize = model.embeddingSize = static_cast<int>(meta.integer({"embedding_length"}, 1, maxSize));
    model.feedForwardSize = uniformSize(meta, "feed_forward_length", model.layers);
    if (row.ggufFeedForwardFromTensor)
        if (const std::int64_t rows = rowsOf(source.file, std::string(row.gguf.up)); rows > 0 && rows <= maxSize)
            model.feedForwardSize = static_cast<int>(rows);
    if (!meta.has("attention.key_length") && model.hiddenSize % model.heads != 0)
        meta.fail("embedding_length", "multiple of " + std::to_string(model.heads), std::to_string(model.hiddenSize));
    model.headSize =
        static_cast<int>(meta.integer({"attention.key_length"}, 1, maxSize, model.hiddenSize / model.heads));
    if (meta.integer({"attention.value_length"}, 1, maxSize, model.headSize) != model.headSize)
        throw Error(ErrorCode::unsupported, meta.file(), meta.fullKey("attention.value_length"),
                    std::to_string(model.headSize) + " as attention.key_length",
                    meta.described("attention.value_length"));
    if (row.ggufContextStated)
        model.contextLength = static_cast<int>(meta.integer({"context_length"}, 1, std::numeric_limits<int>::max(), 0));
    const bool rms = row.norm.kind == NormKind::rms;
    model.normEpsilon = meta.number({rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon"}, 0);
    // Rows of the embedding say how large the vocabulary is; GGUF need not state it.
    const TensorInfo* embedding = source.file.find(std::string(row.gguf.embedding) + ".weight");
    const std::int64_t rows = embedding ? embedding->rows() : 0;
    model.vocabulary = static_cast<int>(meta.integer({"vocab_size"}, 1, maxVocabulary, rows > 0 ? rows : 1));
}

void refuseOtherKinds(const MetadataReader& meta) {
    const auto refuse = [&](std::string_view key, std::string_view expected) {
        throw Error(ErrorCode::unsupported, meta.file(), meta.fullKey(key), expected, meta.described(key));
    };
    if (meta.integer({"expert_count"}, 0, maxSize, 0) > 0)
        refuse("expert_count", "0 (a dense model)");
    if (meta.has("attention.kv_lora_rank"))
        refuse("attention.kv_lora_rank", "none (no multi-head latent attention)");
    if (!meta.boolean("attention.causal", true))
        refuse("attention.causal", "true");
}

// Two readers disagree here: llama.cpp multiplies the two factors (llama-context.cpp), and converters write
// config.json's attention_factor, which is the whole of it, into the file.
void warnOfTwoFactors(const MetadataReader& meta, Hyperparameters& model) {
    constexpr std::string_view key = "rope.scaling.attn_factor";
    const double stated = meta.number({key}, 0, 1.0);
    for (const LayerHyperparameters& layer : model.perLayer)
        if (stated != 1 && layer.rotation && layer.rotation->scaling == "yarn") {
            model.warnings.push_back(meta.fullKey(key) + " = " + plainNumber(stated) +
                                     " is taken times YaRN's own factor, as llama.cpp does; transformers takes one of "
                                     "the two: the numbers may not be the model's");
            return;
        }
}

}  // namespace

Hyperparameters readGgufHyperparameters(const WeightFile& file) {
    if (file.tensors().empty())
        throw Error(ErrorCode::missing, file.path().string(), "tensors", "those of a language model",
                    "only a vocabulary");
    const MetadataReader general(file.metadata(), file.path().string());
    Hyperparameters model;
    model.architecture = &findArchitecture(general);
    const Architecture& row = *model.architecture;
    const MetadataReader meta(file.metadata(), file.path().string(), std::string(row.ggufName) + ".");
    const ModelSource source{file, meta, true};
    refuseOtherKinds(meta);
    readSizes(source, model);
    // Not general.name: what converters write there often says less than the name the user chose the file by.
    model.name = file.place().name;
    model.givenName = general.text("general.name").value_or(std::string());
    model.queryKeyPermuted = row.ggufPermutesQueryKey;
    model.tiedHead = file.find(std::string(row.gguf.head) + ".weight") == nullptr;
    model.activation = row.activation;
    model.names = row.gguf;
    applyArchitecture(source, model);
    model.warnings = passedOverLines(passedOverGguf(meta, file.metadata(), row.id, meta.fullKey("")),
                                     file.path().filename().string());
    warnOfTwoFactors(meta, model);
    return model;
}

}  // namespace rankscope
