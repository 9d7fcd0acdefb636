// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/hyperparameters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/model/model_source.h"
#include "core/model/passed_over.h"
#include "core/model/position_code.h"
#include "core/model/rotation.h"

namespace rankscope {

namespace {

constexpr int maxContext = std::numeric_limits<int>::max();

// Every spelling means the same thing: Error where a file has two that disagree.
using Spellings = std::vector<std::string_view>;
const Spellings layerKeys{"num_hidden_layers", "n_layer", "num_layers", "n_layers"};
const Spellings headKeys{"num_attention_heads", "n_head", "num_heads", "n_heads"};
const Spellings hiddenKeys{"hidden_size", "n_embd", "n_embed", "d_model"};
const Spellings feedForwardKeys{"intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size"};
const Spellings contextKeys{"max_position_embeddings", "n_positions", "max_seq_len", "seq_length"};
const Spellings rmsEpsilonKeys{"rms_norm_eps"};
const Spellings layerEpsilonKeys{"layer_norm_epsilon", "layer_norm_eps", "norm_epsilon"};

void readSizes(const MetadataReader& meta, Hyperparameters& model) {
    const Architecture& row = *model.architecture;
    const auto size = [&](const Spellings& keys, std::int64_t maximum, std::optional<std::int64_t> fallback = {}) {
        return static_cast<int>(meta.integer(keys, 1, maximum, fallback));
    };
    model.layers = size(layerKeys, maxLayers);
    model.heads = size(headKeys, maxSize);
    model.kvHeads = size({"num_key_value_heads"}, maxSize, model.heads);
    model.hiddenSize = model.embeddingSize = size(hiddenKeys, maxSize);
    // Families without a gate may leave the size out: four times the hidden size.
    const std::optional<std::int64_t> inner = row.gated ? std::nullopt : std::optional(4LL * model.hiddenSize);
    model.feedForwardSize = size(feedForwardKeys, maxSize, inner);
    if (!meta.has("head_dim") && model.hiddenSize % model.heads != 0)
        meta.fail("hidden_size", "multiple of " + std::to_string(model.heads), std::to_string(model.hiddenSize));
    model.headSize = size({"head_dim"}, maxSize, model.hiddenSize / model.heads);
    model.vocabulary = size({"vocab_size"}, maxVocabulary);
    for (const std::string_view key : contextKeys) {  // not all of them mean quite the same: the first one counts
        const auto stated = static_cast<int>(meta.integer({key}, 1, maxContext, 0));
        model.contextLength = model.contextLength == 0 ? stated : model.contextLength;
    }
    model.normEpsilon =
        meta.number(row.norm.kind == NormKind::rms ? rmsEpsilonKeys : layerEpsilonKeys, 0, row.norm.epsilon);
}

Activation readActivation(const MetadataReader& meta, const Architecture& row) {
    static const std::map<std::string_view, Activation> known{
        {"silu", Activation::silu},         {"swish", Activation::silu},
        {"gelu", Activation::gelu},         {"gelu_python", Activation::gelu},
        {"gelu_new", Activation::geluTanh}, {"gelu_fast", Activation::geluTanh},
        {"relu", Activation::relu},         {"gelu_pytorch_tanh", Activation::geluTanh}};
    for (const std::string_view key : row.activationKeys) {
        const auto name = meta.text(key);
        if (!name)
            continue;
        const auto found = known.find(*name);
        if (found == known.end())
            meta.fail(key, "silu, gelu, gelu_new, gelu_pytorch_tanh or relu", meta.described(key));
        return found->second;
    }
    return row.activation;
}

std::string knownTypes() {
    std::string names;
    for (const Architecture& row : architectures())
        for (const std::string_view type : row.modelTypes)
            names += (names.empty() ? "" : ", ") + std::string(type);
    return names;
}

const Architecture& findArchitecture(const MetadataReader& meta) {
    const std::string type = meta.text("model_type").value_or("");
    for (const Architecture& row : architectures())
        if (std::ranges::find(row.modelTypes, type) != row.modelTypes.end() ||
            std::ranges::find(row.wrapperTypes, type) != row.wrapperTypes.end())
            return row;
    failUnknownFamily(meta, "model_type", knownTypes());
}

// What would need another computation than a dense causal decoder's: refused whatever the family.
void refuseOtherKinds(const MetadataReader& meta) {
    const auto refuse = [&](std::string_view key, std::string_view expected) {
        throw Error(ErrorCode::unsupported, meta.file(), key, expected, meta.described(key));
    };
    if (const auto settings = meta.object("quantization_config"))
        throw Error(ErrorCode::unsupported, meta.file(), "quantization_config", "none",
                    settings->has("quant_method") ? settings->described("quant_method") : "object");
    for (const std::string_view key : {"num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"})
        if (meta.integer({key}, 0, maxSize, 0) > 0)
            refuse(key, "none (a dense model)");
    if (meta.has("kv_lora_rank"))
        refuse("kv_lora_rank", "none (no multi-head latent attention)");
    for (const std::string_view key : {"is_encoder_decoder", "add_cross_attention"})
        if (meta.boolean(key, false))
            refuse(key, "false (a decoder-only model)");
    if (const auto layers = meta.object("per_layer_config"); layers && !layers->empty())
        refuse("per_layer_config", "none (all layers alike)");
}

// Every spelling of the switch that lets a query look at keys behind it. Some files say it with a word or a number.
void refuseTwoWayAttention(const MetadataReader& meta) {
    constexpr std::pair<std::string_view, std::string_view> spellings[] = {{"is_causal", "true"},
                                                                           {"causal", "true"},
                                                                           {"causal_attention", "true"},
                                                                           {"causal_mask", "true"},
                                                                           {"use_causal_attention", "true"},
                                                                           {"use_causal_mask", "true"},
                                                                           {"bidirectional", "false"},
                                                                           {"bidirectional_attention", "false"},
                                                                           {"is_bidirectional", "false"},
                                                                           {"use_bidirectional_attention", "false"},
                                                                           {"prefix_lm", "false"}};
    for (const auto& [key, causal] : spellings) {
        meta.setAside(key);
        if (meta.has(key) && meta.described(key) != causal)
            throw Error(ErrorCode::unsupported, meta.file(), key, std::string(causal) + " (a causal model)",
                        meta.described(key));
    }
    if (meta.isObject("attn_config"))
        refuseTwoWayAttention(*meta.object("attn_config"));
}

// The part of config.json that describes the language model.
const nlohmann::json& languageModel(const nlohmann::json& config, const Architecture& row) {
    const auto text = config.find("text_config");
    const bool wrapped = text != config.end() && text->is_object() &&
                         std::ranges::find(row.modelTypes, config.value("model_type", "")) == row.modelTypes.end();
    return wrapped ? *text : config;
}

// With the family's defaults below it.
nlohmann::json withDefaults(const nlohmann::json& config, const Architecture& row) {
    nlohmann::json merged = row.defaults.empty() ? nlohmann::json::object() : nlohmann::json::parse(row.defaults);
    merged.update(config);
    return merged;
}

Hyperparameters readHuggingFace(const WeightFile& file) {
    const std::string path = (file.tokenizerPath() / "config.json").string();
    Hyperparameters model;
    model.architecture = &findArchitecture(MetadataReader(file.metadata(), path));
    const nlohmann::json& stated = languageModel(file.metadata(), *model.architecture);
    const nlohmann::json config = withDefaults(stated, *model.architecture);
    const MetadataReader meta(config, path), whole(file.metadata(), path);
    for (const MetadataReader* reader : {&whole, &meta}) {
        refuseOtherKinds(*reader);
        refuseTwoWayAttention(*reader);
    }
    readSizes(meta, model);
    model.name = file.place().name;
    model.tiedHead = meta.boolean("tie_word_embeddings", false);
    model.activation = readActivation(meta, *model.architecture);
    model.fused = model.architecture->fused;
    model.inputsFirst = model.architecture->inputsFirst;
    model.normGainOffset = model.architecture->norm.gainOffset;
    model.names = model.architecture->huggingFace;
    applyArchitecture({file, meta, false}, model);
    const auto report = [&](const MetadataReader& reader, const nlohmann::json& object) {
        const auto lines = passedOverLines(passedOverConfig(reader, object, model.architecture->id), "config.json");
        model.warnings.insert(model.warnings.end(), lines.begin(), lines.end());
    };
    report(meta, stated);
    if (&stated != &file.metadata()) {
        if (whole.boolean("tie_word_embeddings", model.tiedHead) != model.tiedHead)
            whole.fail("tie_word_embeddings", "as in text_config", whole.described("tie_word_embeddings"));
        report(whole, file.metadata());
    }
    return model;
}

Presence presenceOf(const BiasRule& rule, const ModelSource& source) {
    if (source.gguf && !rule.key.empty())
        return Presence::optional;
    const bool present = rule.key.empty() ? rule.present : source.meta.boolean(rule.key, rule.present);
    return present ? Presence::required : Presence::absent;
}

void chooseQueryKeyNorm(const ModelSource& source, Hyperparameters& model) {
    const Architecture& row = *model.architecture;
    const bool on = row.queryKeyNormKey.empty() ||
                    (source.gguf ? source.has(model.names.queryNorm) : source.meta.boolean(row.queryKeyNormKey, false));
    model.queryKeyNorm = on ? row.queryKeyNorm : QueryKeyNorm::none;
    if (model.queryKeyNorm == QueryKeyNorm::none)
        model.names.queryNorm = model.names.keyNorm = {};
}

void choosePositions(const ModelSource& source, Hyperparameters& model) {
    const Architecture& row = *model.architecture;
    if (row.position == PositionCode::alibi)
        model.alibiSlopes = alibiSlopes(model.heads);
    if (row.position != PositionCode::rotary)
        return;
    const auto rotation = std::make_shared<const Rotation>(
        source.gguf ? readGgufRotation(source.file, source.meta, row, model.headSize)
                    : readRotation(source.meta, row, model.headSize, row.rotationPerLayerKind ? "full_attention" : ""));
    for (LayerHyperparameters& layer : model.perLayer)
        layer.rotation = rotation;
}

void requireConsistent(const MetadataReader& meta, const Hyperparameters& model) {
    if (model.heads % model.kvHeads != 0)
        meta.fail("num_attention_heads", "multiple of " + std::to_string(model.kvHeads), std::to_string(model.heads));
    constexpr std::int64_t maxHeadsInAll = 1 << 20;
    if (std::int64_t{model.layers} * model.heads > maxHeadsInAll)
        meta.fail("num_attention_heads", "at most " + std::to_string(maxHeadsInAll) + " in all layers",
                  std::to_string(std::int64_t{model.layers} * model.heads));
    if (model.fused == FusedLayout::quarters && model.heads % 4 != 0)
        meta.fail("num_attention_heads", "multiple of 4", std::to_string(model.heads));
    if (!model.alibiSlopes.empty() && model.heads != model.kvHeads)
        throw Error(ErrorCode::unsupported, meta.file(), "alibi", "one key head per query head",
                    std::to_string(model.kvHeads) + " for " + std::to_string(model.heads));
}

std::string plainNumber(double value) {
    return nlohmann::json(value).dump();
}

// What a reader of the numbers must know.
void addNotes(Hyperparameters& model) {
    if (model.attentionSoftCap > 0)
        model.notes.push_back("Ẽ is taken before the attention soft-cap of " + plainNumber(model.attentionSoftCap));
    if (model.queryKeyValueClip > 0)
        model.notes.push_back("Ẽ is taken after queries and keys are clamped to ±" +
                              plainNumber(model.queryKeyValueClip) + ", W_QᵀW_K without");
    if (model.queryKeyNorm != QueryKeyNorm::none)
        model.notes.push_back("Ẽ is taken after the norms on queries and keys, W_QᵀW_K without");
    if (!model.alibiSlopes.empty())
        model.notes.push_back("Ẽ includes the ALiBi bias: see the field without position bias");
    const auto windowed = std::ranges::count_if(model.perLayer, [](const auto& layer) { return layer.window > 0; });
    if (windowed > 0)
        model.notes.push_back("Ẽ is over all keys, also in the " + std::to_string(windowed) +
                              " layers whose attention has a sliding window");
    const auto& rotation = model.perLayer.front().rotation;
    if (rotation && rotation->originalContext > 0)
        model.notes.push_back("the " + rotation->scaling +
                              " rotation depends on the window's length: it changes above " +
                              std::to_string(rotation->originalContext) + " tokens");
}

}  // namespace

void failUnknownFamily(const MetadataReader& meta, std::string_view key, const std::string& known) {
    const std::string type = meta.text(key).value_or("");
    const std::string_view reason = unsupportedReason(type);
    throw Error(ErrorCode::unsupported, meta.file(), key,
                reason.empty() ? "one of " + known : "a dense decoder with softmax attention",
                meta.described(key) + (reason.empty() ? std::string() : " (" + std::string(reason) + ")"));
}

bool ModelSource::has(std::string_view pattern) const {
    std::string name(pattern);
    if (const std::size_t at = name.find("{}"); at != std::string::npos)
        name.replace(at, 2, "0");
    return file.find(name + ".weight") != nullptr;
}

void applyArchitecture(const ModelSource& source, Hyperparameters& model) {
    const Architecture& row = *model.architecture;
    model.biases = {.queryKeyValue = presenceOf(row.biases.queryKeyValue, source),
                    .attentionOutput = presenceOf(row.biases.attentionOutput, source),
                    .feedForward = presenceOf(row.biases.feedForward, source),
                    .head = presenceOf(row.biases.head, source),
                    .norm = row.norm.bias ? Presence::required : Presence::absent};
    model.wiring = row.wiring;
    if (const std::string_view key = source.key(row.parallelKey); !key.empty())
        model.wiring = source.meta.boolean(key, row.wiring == Wiring::parallel) ? Wiring::parallel : Wiring::sequential;
    chooseQueryKeyNorm(source, model);
    model.queryKeyValueClip = source.number(row.queryKeyValueClip, 0);
    model.attentionSoftCap = source.number(row.attentionSoftCap, 0);
    model.finalSoftCap = source.number(row.finalSoftCap, 0);
    model.embeddingScale = source.number(row.embeddingScale, 1);
    model.residualScale = source.number(row.residualScale, 1);
    model.logitScale = source.number(row.logitScale, 1);
    if (row.logitScaleDivides)
        model.logitScale = 1 / model.logitScale;
    const double scale = source.number(row.attentionScale, 1 / std::sqrt(static_cast<double>(model.headSize)));
    model.perLayer.assign(model.layers, {.scale = scale, .window = 0, .rotation = nullptr});
    choosePositions(source, model);
    for (const FamilyRule rule : row.rules)
        rule(source, model);
    requireConsistent(source.meta, model);
    addNotes(model);
}

bool Hyperparameters::rotates() const {
    return std::ranges::any_of(perLayer, [](const LayerHyperparameters& layer) { return layer.rotation != nullptr; });
}

Hyperparameters readHyperparameters(const WeightFile& file) {
    return file.naming() == NamingScheme::gguf ? readGgufHyperparameters(file) : readHuggingFace(file);
}

}  // namespace rankscope
