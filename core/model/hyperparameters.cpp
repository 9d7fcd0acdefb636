// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/hyperparameters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "core/model/metadata_reader.h"
#include "core/model/rotation.h"

namespace rankscope {

namespace {

constexpr std::int64_t maxLayers = 4096, maxSize = 1 << 20, maxVocabulary = 1 << 24;

std::string knownNames(NamingScheme naming) {
    std::string names;
    for (const Architecture& row : architectures()) {
        if (naming == NamingScheme::gguf && !row.ggufName.empty())
            names += (names.empty() ? "" : ", ") + std::string(row.ggufName);
        if (naming == NamingScheme::huggingFace)
            for (const std::string_view type : row.modelTypes)
                names += (names.empty() ? "" : ", ") + std::string(type);
    }
    return names;
}

const Architecture& findArchitecture(const MetadataReader& meta, NamingScheme naming) {
    const std::string_view key = naming == NamingScheme::gguf ? "general.architecture" : "model_type";
    const std::string type = meta.text(key).value_or("");
    for (const Architecture& row : architectures()) {
        if (naming == NamingScheme::gguf ? row.ggufName == type && !type.empty()
                                         : std::ranges::find(row.modelTypes, type) != row.modelTypes.end())
            return row;
    }
    throw Error(ErrorCode::unsupported, meta.file(), key, "one of " + knownNames(naming), meta.described(key));
}

// Sizes are named differently in the two formats, never differently meant.
struct SizeKeys {
    std::string_view layers, heads, kvHeads, headSize, hidden, feedForward, vocabulary, context, epsilon;
};
constexpr SizeKeys huggingFaceKeys{"num_hidden_layers", "num_attention_heads", "num_key_value_heads",
                                   "head_dim",          "hidden_size",         "intermediate_size",
                                   "vocab_size",        "max_position_embeddings", "rms_norm_eps"};
constexpr SizeKeys ggufKeys{"block_count",       "attention.head_count", "attention.head_count_kv",
                            "attention.key_length", "embedding_length",  "feed_forward_length",
                            "vocab_size",        "context_length",       "attention.layer_norm_rms_epsilon"};

void readSizes(Hyperparameters& model, const MetadataReader& meta, const SizeKeys& keys) {
    const auto size = [&](std::string_view key, std::int64_t maximum, std::optional<std::int64_t> fallback = {}) {
        return static_cast<int>(meta.integer({key}, 1, maximum, fallback));
    };
    model.layers = size(keys.layers, maxLayers);
    model.heads = size(keys.heads, maxSize);
    model.kvHeads = size(keys.kvHeads, maxSize, model.heads);
    model.hiddenSize = size(keys.hidden, maxSize);
    model.feedForwardSize = size(keys.feedForward, maxSize);
    if (!meta.has(keys.headSize) && model.hiddenSize % model.heads != 0)
        meta.fail(keys.hidden, "multiple of " + std::to_string(model.heads), std::to_string(model.hiddenSize));
    model.headSize = size(keys.headSize, maxSize, model.hiddenSize / model.heads);
    if (model.heads % model.kvHeads != 0)
        meta.fail(keys.heads, "multiple of " + std::to_string(model.kvHeads), std::to_string(model.heads));
    model.contextLength = static_cast<int>(meta.integer({keys.context}, 1, std::numeric_limits<int>::max(), 0));
    model.normEpsilon = meta.number({keys.epsilon}, 0, 1e-5);
}

// Rows of the embedding say how large the vocabulary is; GGUF need not state it.
int vocabularyOf(const WeightFile& file, const MetadataReader& meta, std::string_view embedding) {
    const TensorInfo* info = file.find(embedding);
    const std::int64_t rows = info ? info->rows() : 0;
    return static_cast<int>(meta.integer({"vocab_size"}, 1, maxVocabulary, rows > 0 ? rows : 1));
}

Hyperparameters readHuggingFace(const WeightFile& file) {
    const MetadataReader meta(file.metadata(), (file.tokenizerPath() / "config.json").string());
    if (meta.has("quantization_config")) {
        const auto settings = meta.object("quantization_config");
        throw Error(ErrorCode::unsupported, meta.file(), "quantization_config", "none",
                    settings ? settings->described("quant_method") : "object");
    }
    Hyperparameters model;
    model.architecture = &findArchitecture(meta, NamingScheme::huggingFace);
    readSizes(model, meta, huggingFaceKeys);
    model.name = file.path().filename().string();
    model.vocabulary = static_cast<int>(meta.integer({"vocab_size"}, 1, maxVocabulary));
    model.tiedHead = meta.boolean("tie_word_embeddings", false);
    if (meta.text("hidden_act").value_or("silu") != "silu")
        meta.fail("hidden_act", "\"silu\"", meta.described("hidden_act"));
    const int window = static_cast<int>(meta.integer({"sliding_window"}, 1, std::numeric_limits<int>::max(), 0));
    const auto rotation = std::make_shared<const Rotation>(readRotation(meta, *model.architecture, model.headSize));
    const double scale = 1.0 / std::sqrt(static_cast<double>(model.headSize));
    model.perLayer.assign(model.layers, {.scale = scale, .window = window, .rotation = rotation});
    return model;
}

Hyperparameters readGguf(const WeightFile& file) {
    const MetadataReader general(file.metadata(), file.path().string());
    Hyperparameters model;
    model.architecture = &findArchitecture(general, NamingScheme::gguf);
    const MetadataReader meta(file.metadata(), file.path().string(), std::string(model.architecture->ggufName) + ".");
    readSizes(model, meta, ggufKeys);
    model.name = general.text("general.name").value_or(file.path().stem().string());
    model.vocabulary = vocabularyOf(file, meta, std::string(model.architecture->gguf.embedding) + ".weight");
    model.queryKeyPermuted = model.architecture->ggufPermutesQueryKey;
    model.tiedHead = file.find(std::string(model.architecture->gguf.head) + ".weight") == nullptr;
    if (meta.integer({"expert_count"}, 0, maxSize, 0) > 0)
        throw Error(ErrorCode::unsupported, meta.file(), meta.fullKey("expert_count"), "0 (a dense model)",
                    meta.described("expert_count"));
    const auto rotation =
        std::make_shared<const Rotation>(readGgufRotation(file, meta, *model.architecture, model.headSize));
    const double scale = 1.0 / std::sqrt(static_cast<double>(model.headSize));
    model.perLayer.assign(model.layers, {.scale = scale, .window = 0, .rotation = rotation});
    return model;
}

}  // namespace

Hyperparameters readHyperparameters(const WeightFile& file) {
    return file.naming() == NamingScheme::gguf ? readGguf(file) : readHuggingFace(file);
}

std::string describePosition(const Hyperparameters& model) {
    const auto& rotation = model.perLayer.front().rotation;
    if (!rotation)
        return "none";
    std::string text = rotation->pairs == RotationPairs::halfSplit ? "RoPE half-split" : "RoPE interleaved";
    if (rotation->size != model.headSize)
        text += " on " + std::to_string(rotation->size) + " of " + std::to_string(model.headSize);
    text += ", base " + nlohmann::json(rotation->base).dump();
    return rotation->scaling == "default" ? text : text + ", " + rotation->scaling + " scaling";
}

}  // namespace rankscope
