// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/family_rows.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>
#include <limits>

#include "core/base/error.h"
#include "core/model/position_code.h"
#include "core/model/rotation.h"

namespace rankscope::rules {

namespace {

constexpr int unlimited = std::numeric_limits<int>::max();

int statedWindow(const ModelSource& source, int fallback = 0) {
    if (source.gguf)
        return static_cast<int>(source.meta.integer({"attention.sliding_window"}, 0, unlimited, fallback));
    return static_cast<int>(source.meta.integer({"sliding_window", "sliding_window_size"}, 0, unlimited, fallback));
}

// GGUF says which layers are local with one switch per layer, or with the period of which the last layer is not; of an
// array llama.cpp reads nothing, and takes the period it knows.
std::optional<std::vector<bool>> statedLocalLayers(const ModelSource& source, int layers) {
    constexpr std::string_view key = "attention.sliding_window_pattern";
    if (!source.gguf || !source.meta.has(key))
        return std::nullopt;
    if (source.meta.isArray(key))
        return source.meta.switches(key, static_cast<std::size_t>(layers));
    const auto period = source.meta.integer({key}, 0, unlimited);
    std::vector<bool> local(static_cast<std::size_t>(layers));
    for (int layer = 0; layer < layers; ++layer)
        local[layer] = period == 0 || (layer + 1) % period != 0;
    return local;
}

// `fallback`: the window where the file states none.
void setWindows(const ModelSource& source, Hyperparameters& model, const std::function<bool(int)>& isLocal,
                int fallback = 0) {
    const int window = statedWindow(source, fallback);
    if (const auto local = statedLocalLayers(source, model.layers)) {
        for (int layer = 0; layer < model.layers; ++layer)
            model.perLayer[layer].window = (*local)[layer] ? window : 0;
        return;
    }
    std::optional<std::vector<std::string>> types;
    if (!source.gguf)
        types = source.meta.texts("layer_types", model.layers);
    for (int layer = 0; layer < model.layers; ++layer) {
        bool local = isLocal(layer);
        if (types) {
            local = (*types)[layer] == "sliding_attention";
            if (!local && (*types)[layer] != "full_attention")
                source.meta.fail("layer_types", "full_attention or sliding_attention", '"' + (*types)[layer] + '"');
        }
        if (local && window == 0 && types)
            source.meta.fail("sliding_window", "integer >= 1", source.meta.described("sliding_window"));
        model.perLayer[layer].window = local ? window : 0;
    }
}

void setScale(Hyperparameters& model, double scale) {
    for (LayerHyperparameters& layer : model.perLayer)
        layer.scale = scale;
}

int windowPattern(const ModelSource& source) {
    if (source.gguf)
        return 6;  // not in the file: llama.cpp knows it
    return static_cast<int>(
        source.meta.integer({"sliding_window_pattern", "_sliding_window_pattern"}, 1, unlimited, 6));
}

}  // namespace

void windowInAllLayers(const ModelSource& source, Hyperparameters& model) {
    setWindows(source, model, [](int) { return true; });
}

void windowInEvenLayers(const ModelSource& source, Hyperparameters& model) {
    constexpr int published = 4096;  // where GGUF says nothing: llama.cpp's src/models/gemma2.cpp
    if (source.gguf && !source.meta.has("attention.sliding_window"))
        model.notes.push_back(
            "GGUF does not state the sliding window: 4096 keys are taken, as in the published models");
    setWindows(
        source, model, [](int layer) { return layer % 2 == 0; }, source.gguf ? published : 0);
}

void windowFromMaxWindowLayers(const ModelSource& source, Hyperparameters& model) {
    if (source.gguf)
        return;
    if (!source.meta.boolean("use_sliding_window", false)) {
        for (const std::string_view key : {"sliding_window", "max_window_layers"})
            source.meta.setAside(key);
        return;
    }
    const auto first = source.meta.integer({"max_window_layers"}, 0, unlimited, 0);
    setWindows(source, model, [=](int layer) { return layer >= first; });
}

void windowExceptEveryNth(const ModelSource& source, Hyperparameters& model) {
    setWindows(source, model, [n = windowPattern(source)](int layer) { return (layer + 1) % n != 0; });
}

// [[["global", "local"], 12]]: the inner list, twelve times.
void windowByAttentionTypes(const ModelSource& source, Hyperparameters& model) {
    const int window = static_cast<int>(source.meta.integer({"window_size"}, 1, unlimited, 256));
    const std::vector<std::string> types = source.meta.repeatedTexts("attention_types");
    if (types.size() != static_cast<std::size_t>(model.layers))
        source.meta.fail("attention_types", std::to_string(model.layers) + " layers", std::to_string(types.size()));
    if (const auto listed = source.meta.texts("attention_layers", types.size()); listed && *listed != types)
        source.meta.fail("attention_layers", "the layers that attention_types lists", "others");
    for (int layer = 0; layer < model.layers; ++layer) {
        if (types[layer] != "global" && types[layer] != "local")
            source.meta.fail("attention_types", "global or local", '"' + types[layer] + '"');
        model.perLayer[layer].window = types[layer] == "local" ? window : 0;
    }
}

void windowNotInGguf(const ModelSource& source, Hyperparameters& model) {
    if (source.gguf)
        model.notes.push_back(
            "GGUF leaves out the sliding window that some models of this family have (4096 keys): the "
            "numbers hold for windows no longer than that");
}

void windowOfMistralNotInGguf(const ModelSource& source, Hyperparameters& model) {
    std::string name = model.name;
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (name.find("mistral") != std::string::npos && name.find("v0.1") != std::string::npos)
        windowNotInGguf(source, model);
}

// Olmo 3 under OLMo 2's name: llama.cpp's src/models/olmo2.cpp. Layers with a window do not stretch their rotation.
void windowOfOlmo3InGguf(const ModelSource& source, Hyperparameters& model) {
    if (!source.gguf || statedWindow(source) == 0)
        return;
    setWindows(source, model, [](int layer) { return (layer + 1) % 4 != 0; });
    const std::shared_ptr<const Rotation>& full = model.perLayer.front().rotation;
    const auto plain = std::make_shared<const Rotation>(plainRotation(*model.architecture, full->size, full->base));
    for (LayerHyperparameters& layer : model.perLayer)
        if (layer.window > 0)
            layer.rotation = plain;
}

// llama.cpp's src/models/granite.cpp reads the key as "has rotation".
void rotationSwitchInGguf(const ModelSource& source, Hyperparameters& model) {
    if (source.gguf && !source.meta.boolean("rope.scaling.finetuned", true))
        for (LayerHyperparameters& layer : model.perLayer)
            layer.rotation = nullptr;
}

void localRotationBase(const ModelSource& source, Hyperparameters& model) {
    const Architecture& row = *model.architecture;
    const auto share = [](Rotation rotation) { return std::make_shared<const Rotation>(std::move(rotation)); };
    std::shared_ptr<const Rotation> local;
    if (!source.gguf && source.meta.has("rope_parameters")) {
        const auto parameters = source.meta.object("rope_parameters");
        if (parameters->has("full_attention"))
            local = share(readRotation(source.meta, row, model.headSize, "sliding_attention"));
    }
    if (!local)
        local = share(plainRotation(row, model.headSize,
                                    source.gguf ? source.meta.number({"rope.freq_base_swa"}, 0, 10000.0)
                                                : source.meta.number({"rope_local_base_freq"}, 0, 10000.0)));
    for (LayerHyperparameters& layer : model.perLayer)
        if (layer.window > 0)
            layer.rotation = local;
}

void layersWithoutRotation(const ModelSource& source, Hyperparameters& model) {
    const bool listed = !source.gguf && source.meta.isArray("no_rope_layers");
    const auto interval =
        source.gguf ? 4 : source.meta.integer({"no_rope_layer_interval"}, 1, unlimited, 4);  // llama.cpp knows it
    std::vector<double> rotated;
    if (listed)
        rotated = *source.meta.numbers("no_rope_layers", model.layers);
    for (int layer = 0; layer < model.layers; ++layer) {
        if (listed && rotated[layer] != 0 && rotated[layer] != 1)
            source.meta.fail("no_rope_layers", "0 or 1", std::to_string(rotated[layer]));
        // In spite of its name, 1 in the list means that the layer has rotation.
        if (listed ? rotated[layer] == 0 : (layer + 1) % interval == 0)
            model.perLayer[layer].rotation = nullptr;
    }
}

void unscaled(const ModelSource&, Hyperparameters& model) {
    setScale(model, 1.0);
}

void scaleSwitches(const ModelSource& source, Hyperparameters& model) {
    if (source.gguf)
        return;
    if (!source.meta.boolean("scale_attn_weights", true))
        setScale(model, 1.0);
    if (source.meta.boolean("scale_attn_by_inverse_layer_idx", false))
        for (int layer = 0; layer < model.layers; ++layer)
            model.perLayer[layer].scale /= layer + 1;
}

// GGUF does not store the scalar. llama.cpp goes by the number of layers: the two models of 27 B are the exceptions.
void scaleFromQueryScalar(const ModelSource& source, Hyperparameters& model) {
    double scalar = 0;
    if (source.gguf) {
        const int layersOf27B = model.architecture->ggufName == "gemma2" ? 46 : 62;
        const bool is27B = model.layers == layersOf27B;
        scalar = is27B ? static_cast<double>(model.hiddenSize) / model.heads : model.headSize;
        model.notes.push_back(is27B ? "GGUF does not store the scale: (D/H)^−½ is taken, as in the published 27B model"
                                    : "GGUF does not store the scale: d_h^−½ is taken, as in the published models");
    } else {
        scalar = source.meta.number({"query_pre_attn_scalar"}, 0);
    }
    setScale(model, 1 / std::sqrt(scalar));
}

void softCapsStated(const ModelSource& source, Hyperparameters& model) {
    if (!source.gguf)
        return;
    for (const std::string_view key :
         {model.architecture->attentionSoftCap.gguf, model.architecture->finalSoftCap.gguf})
        source.meta.number({key}, 0);
}

void embeddingTimesRootOfSize(const ModelSource&, Hyperparameters& model) {
    model.embeddingScale = std::sqrt(static_cast<double>(model.hiddenSize));
}

void activationNotInGguf(const ModelSource& source, Hyperparameters& model) {
    if (!source.gguf)
        return;
    const bool is20B = model.layers == 44;
    if (is20B)
        model.activation = Activation::geluTanh;
    model.notes.push_back(is20B ? "GGUF does not store the activation: that of GPT-NeoX-20B is taken"
                                : "GGUF does not store the activation: exact GELU is taken, as in Pythia");
}

void oneNormIfParallel(const ModelSource&, Hyperparameters& model) {
    if (model.wiring == Wiring::parallel)
        model.names.feedForwardNorm = {};
}

void multiQuery(const ModelSource& source, Hyperparameters& model) {
    if (source.gguf)
        return;
    const bool on = source.meta.boolean("multi_query", true);
    model.kvHeads = on ? 1 : model.heads;
    model.fused = on ? FusedLayout::blocks : FusedLayout::groups;
}

void bloomSettings(const ModelSource& source, Hyperparameters&) {
    if (!source.gguf && source.meta.boolean("apply_residual_connection_post_layernorm", false))
        source.meta.fail("apply_residual_connection_post_layernorm", "false", "true");
}

namespace {

// In GGUF the norm of the attention branch is the second one where there are two.
void falconNormsOfGguf(const ModelSource& source, Hyperparameters& model) {
    constexpr std::string_view second = "blk.{}.attn_norm_2";
    if (!source.has(second))
        return;
    model.names.feedForwardNorm = model.names.attentionNorm;
    model.names.attentionNorm = second;
}

void falconAlibi(Hyperparameters& model) {
    model.alibiSlopes = alibiSlopes(model.heads);
    model.alibiBfloat16 = true;
    model.alibiScale = model.perLayer.front().scale;
    for (LayerHyperparameters& layer : model.perLayer)
        layer.rotation = nullptr;
}

}  // namespace

void falconSettings(const ModelSource& source, Hyperparameters& model) {
    if (source.gguf) {
        falconNormsOfGguf(source, model);
        return;
    }
    const MetadataReader& meta = source.meta;
    const bool grouped = meta.boolean("new_decoder_architecture", false);
    const bool parallel = meta.boolean("parallel_attn", true);
    const bool multiQuery = meta.boolean("multi_query", true);
    const auto norms = meta.integer({"num_ln_in_parallel_attn"}, 1, 2, grouped ? 2 : 1);
    if (grouped && !parallel)
        meta.fail("parallel_attn", "true with new_decoder_architecture", "false");
    if (!grouped && norms != 1)
        meta.fail("num_ln_in_parallel_attn", "1 without new_decoder_architecture", std::to_string(norms));
    const auto kvHeads = static_cast<int>(meta.integer({"num_kv_heads"}, 1, maxSize, model.heads));
    if (!grouped && !multiQuery && kvHeads != model.heads)
        meta.fail("num_kv_heads", std::to_string(model.heads) + " without multi_query", std::to_string(kvHeads));
    model.kvHeads = grouped ? kvHeads : (multiQuery ? 1 : model.heads);
    model.fused = grouped || !multiQuery ? FusedLayout::groups : FusedLayout::blocks;
    model.wiring = parallel ? Wiring::parallel : Wiring::sequential;
    if (norms == 2) {
        model.names.attentionNorm = "h.{}.ln_attn";
        model.names.feedForwardNorm = "h.{}.ln_mlp";
    } else if (parallel) {
        model.names.feedForwardNorm = {};
    }
    if (meta.boolean("alibi", false))
        falconAlibi(model);
}

// transformers and llama.cpp always add ALiBi with a maximum of 8 here and have no norms on queries and keys.
void mptSettings(const ModelSource& source, Hyperparameters& model) {
    if (source.gguf) {
        if (const double maximum = source.meta.number({"attention.max_alibi_bias"}, -1, 0.0); maximum != 8)
            source.meta.fail("attention.max_alibi_bias", "8", source.meta.described("attention.max_alibi_bias"));
        return;
    }
    const auto attention = source.meta.object("attn_config");
    if (!attention)
        source.meta.fail("attn_config", "object", "none");
    if (!attention->boolean("alibi", true))
        attention->fail("alibi", "true", "false");
    if (attention->number({"alibi_bias_max"}, 0, 8.0) != 8)
        attention->fail("alibi_bias_max", "8", attention->described("alibi_bias_max"));
    for (const std::string_view key : {"qk_ln", "prefix_lm"})
        if (attention->boolean(key, false))
            attention->fail(key, "false", "true");
    if (attention->text("attn_type").value_or("multihead_attention") != "multihead_attention")
        attention->fail("attn_type", "multihead_attention", attention->described("attn_type"));
    model.queryKeyValueClip = attention->number({"clip_qkv"}, 0, 0.0);
    setScale(model, attention->number({"softmax_scale"}, 0, model.perLayer.front().scale));
}

void optSettings(const ModelSource& source, Hyperparameters& model) {
    const MetadataReader& meta = source.meta;
    if (!meta.boolean("layer_norm_elementwise_affine", true))
        meta.fail("layer_norm_elementwise_affine", "true", "false");
    const bool before = meta.boolean("do_layer_norm_before", true);
    if (!before) {
        model.wiring = Wiring::normAfterResidual;
        std::swap(model.names.attentionOutputNorm, model.names.attentionNorm);
        std::swap(model.names.feedForwardOutputNorm, model.names.feedForwardNorm);
    }
    if (meta.boolean("_remove_final_layer_norm", false) || !before)
        model.names.finalNorm = {};
    model.embeddingSize = static_cast<int>(meta.integer({"word_embed_proj_dim"}, 1, maxSize, model.hiddenSize));
    if (model.embeddingSize == model.hiddenSize)
        model.names.projectIn = model.names.projectOut = {};
}

}  // namespace rankscope::rules
