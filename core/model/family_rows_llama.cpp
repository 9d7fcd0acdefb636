// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Llama and what is near it.
#include "core/model/family_rows.h"

namespace rankscope::families {

namespace {

constexpr BiasRule attentionBiasKey{.key = "attention_bias"}, mlpBiasKey{.key = "mlp_bias"};
constexpr BiasRules attentionBiases{attentionBiasKey, attentionBiasKey};
constexpr BiasRules llamaBiases{attentionBiasKey, attentionBiasKey, mlpBiasKey};
constexpr KeyNames clipKeys{"clip_qkv", "attention.clamp_kqv"};
constexpr KeyNames attentionCapKeys{"attn_logit_softcapping", "attn_logit_softcapping"};
constexpr KeyNames finalCapKeys{"final_logit_softcapping", "final_logit_softcapping"};

const TensorNames ggufParallel = with(ggufNames, &N::feedForwardNorm, "");

constexpr TensorNames withQueryKeyNorms(const TensorNames& names, bool gguf) {
    return with(names, &N::queryNorm, gguf ? "blk.{}.attn_q_norm" : "layers.{}.self_attn.q_norm", &N::keyNorm,
                gguf ? "blk.{}.attn_k_norm" : "layers.{}.self_attn.k_norm");
}

constexpr TensorNames normedLlamaNames = withQueryKeyNorms(llamaNames, false);
constexpr TensorNames normedGgufNames = withQueryKeyNorms(ggufNames, true);

// Norms before and after both branches.
constexpr TensorNames withFourNorms(const TensorNames& names, bool gguf) {
    return with(names, &N::attentionOutputNorm,
                gguf ? "blk.{}.post_attention_norm" : "layers.{}.post_attention_layernorm", &N::feedForwardNorm,
                gguf ? "blk.{}.ffn_norm" : "layers.{}.pre_feedforward_layernorm", &N::feedForwardOutputNorm,
                gguf ? "blk.{}.post_ffw_norm" : "layers.{}.post_feedforward_layernorm");
}

// RMS norms, half-split rotation and a gate, under Llama's names.
Architecture llamaLike(Architecture row) {
    row.prefixes = row.prefixes.empty() ? std::vector<std::string_view>{"model."} : row.prefixes;
    if (row.huggingFace.embedding.empty())
        row.huggingFace = llamaNames;
    if (row.gguf.embedding.empty() && !row.ggufName.empty())
        row.gguf = ggufNames;
    return row;
}

Architecture gemmaLike(Architecture row) {
    row.norm.gainOffset = 1;
    row.activation = Activation::geluTanh;
    row.activationKeys = {"hidden_activation"};
    row.biases = attentionBiases;
    row.rules.insert(row.rules.begin(), rules::embeddingTimesRootOfSize);
    return llamaLike(row);
}

}  // namespace

void addLlamaFamilies(std::vector<Architecture>& rows) {
    rows.push_back(llamaLike({.id = "llama",
                              .ggufName = "llama",
                              .ggufPermutesQueryKey = true,
                              .biases = llamaBiases,
                              .rules = {rules::windowOfMistralNotInGguf}}));
    rows.push_back(llamaLike({.id = "mistral",
                              .defaults = R"({"sliding_window": 4096, "num_key_value_heads": 8})",
                              .rules = {rules::windowInAllLayers}}));
    rows.push_back(llamaLike({.id = "smollm3",
                              .ggufName = "smollm3",
                              .defaults = tied,
                              .ggufPermutesQueryKey = true,
                              .biases = llamaBiases,
                              .rotationBase = 2000000,
                              .rules = {rules::layersWithoutRotation, rules::windowFromMaxWindowLayers}}));
    rows.push_back(llamaLike({.id = "granite",
                              .ggufName = "granite",
                              .ggufPermutesQueryKey = true,
                              .biases = llamaBiases,
                              .attentionScale = {"attention_multiplier", "attention.scale"},
                              .embeddingScale = {"embedding_multiplier", "embedding_scale"},
                              .residualScale = {"residual_multiplier", "residual_scale"},
                              .logitScale = {"logits_scaling", "logit_scale"},
                              .logitScaleDivides = true,
                              .rules = {rules::rotationSwitchInGguf}}));
    rows.push_back(llamaLike({.id = "qwen2",
                              .ggufName = "qwen2",
                              .defaults = R"({"sliding_window": 4096, "max_window_layers": 28})",
                              .biases = {always},
                              .rules = {rules::windowFromMaxWindowLayers}}));
    rows.push_back(llamaLike({.id = "qwen3",
                              .ggufName = "qwen3",
                              .defaults = R"({"sliding_window": 4096, "max_window_layers": 28, "head_dim": 128})",
                              .queryKeyNorm = QueryKeyNorm::sharedGains,
                              .biases = attentionBiases,
                              .rules = {rules::windowFromMaxWindowLayers},
                              .huggingFace = normedLlamaNames,
                              .gguf = normedGgufNames}));
    rows.push_back(llamaLike(
        {.id = "olmo2",
         .ggufName = "olmo2",
         .norm = {.epsilon = 1e-5},
         .queryKeyNorm = QueryKeyNorm::wholeProjection,
         .biases = attentionBiases,
         .rules = {rules::windowOfOlmo3InGguf},
         .huggingFace = with(withFourNorms(normedLlamaNames, false), &N::attentionNorm, "", &N::feedForwardNorm, ""),
         .gguf = with(withFourNorms(normedGgufNames, true), &N::attentionNorm, "", &N::feedForwardNorm, "")}));
    rows.push_back(llamaLike(
        {.id = "phi3",
         .ggufName = "phi3",
         .norm = {.epsilon = 1e-5},
         .rotatedShareKey = "partial_rotary_factor",
         .rules = {rules::windowInAllLayers},
         .huggingFace = with(llamaNames, &N::query, "", &N::key, "", &N::value, "", &N::gate, "", &N::up, "", &N::fused,
                             "layers.{}.self_attn.qkv_proj", &N::gateUp, "layers.{}.mlp.gate_up_proj"),
         .gguf = with(ggufNames, &N::gate, "", &N::up, "", &N::gateUp, "blk.{}.ffn_up")}));
}

void addGemmaFamilies(std::vector<Architecture>& rows) {
    const TensorNames gemma2Names = withFourNorms(llamaNames, false), gemma2Gguf = withFourNorms(ggufNames, true);
    rows.push_back(gemmaLike(
        {.id = "gemma", .ggufName = "gemma", .defaults = R"({"tie_word_embeddings": true, "head_dim": 256})"}));
    rows.push_back(gemmaLike({.id = "gemma2",
                              .ggufName = "gemma2",
                              .defaults = R"({"tie_word_embeddings": true, "head_dim": 256, "sliding_window": 4096,
                                              "query_pre_attn_scalar": 256, "attn_logit_softcapping": 50.0,
                                              "final_logit_softcapping": 30.0})",
                              .attentionSoftCap = attentionCapKeys,
                              .finalSoftCap = finalCapKeys,
                              .rules = {rules::scaleFromQueryScalar, rules::windowInEvenLayers, rules::softCapsStated},
                              .huggingFace = gemma2Names,
                              .gguf = gemma2Gguf}));
    rows.push_back(
        gemmaLike({.id = "gemma3",
                   .modelTypes = {"gemma3_text"},
                   .wrapperTypes = {"gemma3"},
                   .ggufName = "gemma3",
                   .defaults = R"({"tie_word_embeddings": true, "head_dim": 256, "sliding_window": 4096,
                         "query_pre_attn_scalar": 256, "vocab_size": 262208, "num_attention_heads": 8,
                         "num_key_value_heads": 4, "hidden_size": 2304, "intermediate_size": 9216,
                         "num_hidden_layers": 26, "max_position_embeddings": 131072})",
                   .queryKeyNorm = QueryKeyNorm::sharedGains,
                   .rotationPerLayerKind = true,
                   .rotationBase = 1000000,
                   .attentionSoftCap = attentionCapKeys,
                   .finalSoftCap = finalCapKeys,
                   .rules = {rules::scaleFromQueryScalar, rules::windowExceptEveryNth, rules::localRotationBase},
                   .prefixes = {"model.", "language_model.model.", "model.language_model."},
                   .ignoredPrefixes = {"vision_tower.", "multi_modal_projector.", "model.vision_tower.",
                                       "model.multi_modal_projector."},
                   .huggingFace = withQueryKeyNorms(gemma2Names, false),
                   .gguf = withQueryKeyNorms(gemma2Gguf, true)}));
}

// LayerNorm under Llama's names.
void addLayerNormFamilies(std::vector<Architecture>& rows) {
    rows.push_back(
        llamaLike({.id = "phi",
                   .ggufName = "phi2",
                   .norm = biasedLayerNorm,
                   .wiring = Wiring::parallel,
                   .queryKeyNorm = QueryKeyNorm::sharedGains,
                   .queryKeyNormKind = NormKind::layer,
                   .queryKeyNormBias = true,
                   .queryKeyNormKey = "qk_layernorm",
                   .biases = {always, always, always, always},
                   .rotatedShareKey = "partial_rotary_factor",
                   .rotatedShare = 0.5,
                   .activation = Activation::geluTanh,
                   .gated = false,
                   .ggufFeedForwardFromTensor = true,
                   .huggingFace = with(llamaNames, &N::finalNorm, "final_layernorm", &N::attentionOutput,
                                       "layers.{}.self_attn.dense", &N::queryNorm, "layers.{}.self_attn.q_layernorm",
                                       &N::keyNorm, "layers.{}.self_attn.k_layernorm", &N::feedForwardNorm, "",
                                       &N::gate, "", &N::up, "layers.{}.mlp.fc1", &N::down, "layers.{}.mlp.fc2"),
                   .gguf = with(ggufParallel, &N::gate, "")}));
    rows.push_back(llamaLike({.id = "stablelm",
                              .ggufName = "stablelm",
                              .norm = biasedLayerNorm,
                              .parallelKey = parallelKeys,
                              .queryKeyNorm = QueryKeyNorm::gainsPerHead,
                              .queryKeyNormKind = NormKind::layer,
                              .queryKeyNormKey = "qk_layernorm",
                              .biases = {{.key = "use_qkv_bias"}},
                              .rotatedShareKey = "partial_rotary_factor",
                              .rotatedShare = 0.25,
                              .rules = {rules::oneNormIfParallel},
                              .huggingFace = with(llamaNames, &N::queryNorm, "layers.{}.self_attn.q_layernorm.norms.[]",
                                                  &N::keyNorm, "layers.{}.self_attn.k_layernorm.norms.[]"),
                              .gguf = normedGgufNames}));
    rows.push_back(llamaLike({.id = "olmo",
                              .ggufName = "olmo",
                              .norm = {.kind = NormKind::layer, .weightless = true, .epsilon = 1e-5},
                              .ggufPermutesQueryKey = true,
                              .biases = attentionBiases,
                              .queryKeyValueClip = clipKeys}));
    rows.push_back(llamaLike({.id = "cohere",
                              .ggufName = "command-r",
                              .defaults = R"({"tie_word_embeddings": true, "logit_scale": 0.0625})",
                              .norm = layerNorm,
                              .wiring = Wiring::parallel,
                              .queryKeyNorm = QueryKeyNorm::gainsPerHead,
                              .queryKeyNormKind = NormKind::layer,
                              .queryKeyNormKey = "use_qk_norm",
                              .biases = attentionBiases,
                              .pairs = RotationPairs::interleaved,
                              .logitScale = {"logit_scale", "logit_scale"},
                              .huggingFace = with(normedLlamaNames, &N::feedForwardNorm, ""),
                              .gguf = with(normedGgufNames, &N::feedForwardNorm, "")}));
    const BiasRule useBias{.present = true, .key = "use_bias"};
    rows.push_back(llamaLike(
        {.id = "starcoder2",
         .ggufName = "starcoder2",
         .defaults = tied,
         .norm = biasedLayerNorm,
         .biases = {useBias, useBias, useBias},
         .activation = Activation::geluTanh,
         .gated = false,
         .initialisation = {.deviation = 0.018042},
         .rules = {rules::windowInAllLayers, rules::windowNotInGguf},
         .huggingFace = with(llamaNames, &N::gate, "", &N::up, "layers.{}.mlp.c_fc", &N::down, "layers.{}.mlp.c_proj"),
         .gguf = ggufUngated}));
}

}  // namespace rankscope::families
