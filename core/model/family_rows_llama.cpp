// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Llama and what is near it.
#include "core/model/family_rows.h"
#include "core/model/family_rules.h"

namespace rankscope::families {

namespace {

constexpr BiasRule attentionBiasKey{.key = "attention_bias"}, mlpBiasKey{.key = "mlp_bias"};
constexpr KeyNames clipKeys{"clip_qkv", "attention.clamp_kqv"};
constexpr KeyNames attentionCapKeys{"attn_logit_softcapping", "attn_logit_softcapping"};
constexpr KeyNames finalCapKeys{"final_logit_softcapping", "final_logit_softcapping"};

const TensorNames ggufParallel = with(ggufNames, [](TensorNames& n) { n.feedForwardNorm = {}; });
const TensorNames ggufUngated = with(ggufNames, [](TensorNames& n) { n.gate = {}; });

void addQueryKeyNorms(TensorNames& n, bool gguf) {
    n.queryNorm = gguf ? "blk.{}.attn_q_norm" : "layers.{}.self_attn.q_norm";
    n.keyNorm = gguf ? "blk.{}.attn_k_norm" : "layers.{}.self_attn.k_norm";
}

const TensorNames normedLlamaNames = with(llamaNames, [](TensorNames& n) { addQueryKeyNorms(n, false); });
const TensorNames normedGgufNames = with(ggufNames, [](TensorNames& n) { addQueryKeyNorms(n, true); });

// Norms before and after both branches.
void useFourNorms(TensorNames& n, bool gguf) {
    n.attentionOutputNorm = gguf ? "blk.{}.post_attention_norm" : "layers.{}.post_attention_layernorm";
    n.feedForwardNorm = gguf ? "blk.{}.ffn_norm" : "layers.{}.pre_feedforward_layernorm";
    n.feedForwardOutputNorm = gguf ? "blk.{}.post_ffw_norm" : "layers.{}.post_feedforward_layernorm";
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
    row.normGainOffset = 1;
    row.activation = Activation::geluTanh;
    row.activationKeys = {"hidden_activation"};
    row.queryKeyValueBias = row.attentionOutputBias = attentionBiasKey;
    row.rules.insert(row.rules.begin(), rules::embeddingTimesRootOfSize);
    return llamaLike(row);
}

}  // namespace

void addLlamaFamilies(std::vector<Architecture>& rows) {
    rows.push_back(llamaLike({.id = "llama",
                              .modelTypes = {"llama"},
                              .ggufName = "llama",
                              .ggufPermutesQueryKey = true,
                              .queryKeyValueBias = attentionBiasKey,
                              .attentionOutputBias = attentionBiasKey,
                              .feedForwardBias = mlpBiasKey,
                              .rules = {rules::windowOfMistralNotInGguf}}));
    rows.push_back(llamaLike({.id = "mistral",
                              .modelTypes = {"mistral"},
                              .defaults = R"({"sliding_window": 4096, "num_key_value_heads": 8})",
                              .rules = {rules::windowInAllLayers}}));
    rows.push_back(llamaLike({.id = "smollm3",
                              .modelTypes = {"smollm3"},
                              .ggufName = "smollm3",
                              .defaults = tied,
                              .ggufPermutesQueryKey = true,
                              .queryKeyValueBias = attentionBiasKey,
                              .attentionOutputBias = attentionBiasKey,
                              .feedForwardBias = mlpBiasKey,
                              .rotationBase = 2000000,
                              .rules = {rules::layersWithoutRotation, rules::windowFromMaxWindowLayers}}));
    rows.push_back(llamaLike({.id = "granite",
                              .modelTypes = {"granite"},
                              .ggufName = "granite",
                              .ggufPermutesQueryKey = true,
                              .queryKeyValueBias = attentionBiasKey,
                              .attentionOutputBias = attentionBiasKey,
                              .feedForwardBias = mlpBiasKey,
                              .attentionScale = {"attention_multiplier", "attention.scale"},
                              .embeddingScale = {"embedding_multiplier", "embedding_scale"},
                              .residualScale = {"residual_multiplier", "residual_scale"},
                              .logitScale = {"logits_scaling", "logit_scale"},
                              .logitScaleDivides = true,
                              .rules = {rules::rotationSwitchInGguf}}));
    rows.push_back(llamaLike({.id = "qwen2",
                              .modelTypes = {"qwen2"},
                              .ggufName = "qwen2",
                              .defaults = R"({"sliding_window": 4096, "max_window_layers": 28})",
                              .queryKeyValueBias = always,
                              .rules = {rules::windowFromMaxWindowLayers}}));
    rows.push_back(llamaLike({.id = "qwen3",
                              .modelTypes = {"qwen3"},
                              .ggufName = "qwen3",
                              .defaults = R"({"sliding_window": 4096, "max_window_layers": 28, "head_dim": 128})",
                              .queryKeyNorm = QueryKeyNorm::sharedGains,
                              .queryKeyValueBias = attentionBiasKey,
                              .attentionOutputBias = attentionBiasKey,
                              .rules = {rules::windowFromMaxWindowLayers},
                              .huggingFace = normedLlamaNames,
                              .gguf = normedGgufNames}));
    rows.push_back(llamaLike({.id = "olmo2",
                              .modelTypes = {"olmo2"},
                              .ggufName = "olmo2",
                              .normEpsilon = 1e-5,
                              .queryKeyNorm = QueryKeyNorm::wholeProjection,
                              .queryKeyValueBias = attentionBiasKey,
                              .attentionOutputBias = attentionBiasKey,
                              .rules = {rules::windowOfOlmo3InGguf},
                              .huggingFace = with(normedLlamaNames,
                                                  [](TensorNames& n) {
                                                      useFourNorms(n, false);
                                                      n.attentionNorm = n.feedForwardNorm = {};
                                                  }),
                              .gguf = with(normedGgufNames, [](TensorNames& n) {
                                  useFourNorms(n, true);
                                  n.attentionNorm = n.feedForwardNorm = {};
                              })}));
    rows.push_back(llamaLike({.id = "phi3",
                              .modelTypes = {"phi3"},
                              .ggufName = "phi3",
                              .normEpsilon = 1e-5,
                              .rotatedShareKey = "partial_rotary_factor",
                              .rules = {rules::windowInAllLayers},
                              .huggingFace = with(llamaNames,
                                                  [](TensorNames& n) {
                                                      n.query = n.key = n.value = n.gate = n.up = {};
                                                      n.fused = "layers.{}.self_attn.qkv_proj";
                                                      n.gateUp = "layers.{}.mlp.gate_up_proj";
                                                  }),
                              .gguf = with(ggufNames, [](TensorNames& n) {
                                  n.gate = n.up = {};
                                  n.gateUp = "blk.{}.ffn_up";
                              })}));
}

void addGemmaFamilies(std::vector<Architecture>& rows) {
    const TensorNames gemma2Names = with(llamaNames, [](TensorNames& n) { useFourNorms(n, false); });
    const TensorNames gemma2Gguf = with(ggufNames, [](TensorNames& n) { useFourNorms(n, true); });
    rows.push_back(gemmaLike({.id = "gemma",
                              .modelTypes = {"gemma"},
                              .ggufName = "gemma",
                              .defaults = R"({"tie_word_embeddings": true, "head_dim": 256})"}));
    rows.push_back(gemmaLike({.id = "gemma2",
                              .modelTypes = {"gemma2"},
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
                   .huggingFace = with(gemma2Names, [](TensorNames& n) { addQueryKeyNorms(n, false); }),
                   .gguf = with(gemma2Gguf, [](TensorNames& n) { addQueryKeyNorms(n, true); })}));
}

// LayerNorm under Llama's names.
void addLayerNormFamilies(std::vector<Architecture>& rows) {
    rows.push_back(llamaLike({.id = "phi",
                              .modelTypes = {"phi"},
                              .ggufName = "phi2",
                              .norm = NormKind::layer,
                              .normBias = true,
                              .normEpsilon = 1e-5,
                              .wiring = Wiring::parallel,
                              .queryKeyNorm = QueryKeyNorm::sharedGains,
                              .queryKeyNormKind = NormKind::layer,
                              .queryKeyNormBias = true,
                              .queryKeyNormKey = "qk_layernorm",
                              .queryKeyValueBias = always,
                              .attentionOutputBias = always,
                              .feedForwardBias = always,
                              .headBias = always,
                              .rotatedShareKey = "partial_rotary_factor",
                              .rotatedShare = 0.5,
                              .activation = Activation::geluTanh,
                              .gated = false,
                              .ggufFeedForwardFromTensor = true,
                              .huggingFace = with(llamaNames,
                                                  [](TensorNames& n) {
                                                      n.finalNorm = "final_layernorm";
                                                      n.attentionOutput = "layers.{}.self_attn.dense";
                                                      n.queryNorm = "layers.{}.self_attn.q_layernorm";
                                                      n.keyNorm = "layers.{}.self_attn.k_layernorm";
                                                      n.feedForwardNorm = n.gate = {};
                                                      n.up = "layers.{}.mlp.fc1";
                                                      n.down = "layers.{}.mlp.fc2";
                                                  }),
                              .gguf = with(ggufParallel, [](TensorNames& n) { n.gate = {}; })}));
    rows.push_back(llamaLike({.id = "stablelm",
                              .modelTypes = {"stablelm"},
                              .ggufName = "stablelm",
                              .norm = NormKind::layer,
                              .normBias = true,
                              .normEpsilon = 1e-5,
                              .parallelKey = parallelKeys,
                              .queryKeyNorm = QueryKeyNorm::gainsPerHead,
                              .queryKeyNormKind = NormKind::layer,
                              .queryKeyNormKey = "qk_layernorm",
                              .queryKeyValueBias = {.key = "use_qkv_bias"},
                              .rotatedShareKey = "partial_rotary_factor",
                              .rotatedShare = 0.25,
                              .rules = {rules::oneNormIfParallel},
                              .huggingFace = with(llamaNames,
                                                  [](TensorNames& n) {
                                                      n.queryNorm = "layers.{}.self_attn.q_layernorm.norms.[]";
                                                      n.keyNorm = "layers.{}.self_attn.k_layernorm.norms.[]";
                                                  }),
                              .gguf = normedGgufNames}));
    rows.push_back(llamaLike({.id = "olmo",
                              .modelTypes = {"olmo"},
                              .ggufName = "olmo",
                              .norm = NormKind::layer,
                              .normWeightless = true,
                              .normEpsilon = 1e-5,
                              .ggufPermutesQueryKey = true,
                              .queryKeyValueBias = attentionBiasKey,
                              .attentionOutputBias = attentionBiasKey,
                              .queryKeyValueClip = clipKeys}));
    rows.push_back(llamaLike({.id = "cohere",
                              .modelTypes = {"cohere"},
                              .ggufName = "command-r",
                              .defaults = R"({"tie_word_embeddings": true, "logit_scale": 0.0625})",
                              .norm = NormKind::layer,
                              .normEpsilon = 1e-5,
                              .wiring = Wiring::parallel,
                              .queryKeyNorm = QueryKeyNorm::gainsPerHead,
                              .queryKeyNormKind = NormKind::layer,
                              .queryKeyNormKey = "use_qk_norm",
                              .queryKeyValueBias = attentionBiasKey,
                              .attentionOutputBias = attentionBiasKey,
                              .pairs = RotationPairs::interleaved,
                              .logitScale = {"logit_scale", "logit_scale"},
                              .huggingFace = with(normedLlamaNames, [](TensorNames& n) { n.feedForwardNorm = {}; }),
                              .gguf = with(normedGgufNames, [](TensorNames& n) { n.feedForwardNorm = {}; })}));
    const BiasRule useBias{.present = true, .key = "use_bias"};
    rows.push_back(llamaLike({.id = "starcoder2",
                              .modelTypes = {"starcoder2"},
                              .ggufName = "starcoder2",
                              .defaults = tied,
                              .norm = NormKind::layer,
                              .normBias = true,
                              .normEpsilon = 1e-5,
                              .queryKeyValueBias = useBias,
                              .attentionOutputBias = useBias,
                              .feedForwardBias = useBias,
                              .activation = Activation::geluTanh,
                              .gated = false,
                              .initialisation = {.deviation = 0.018042},
                              .rules = {rules::windowInAllLayers, rules::windowNotInGguf},
                              .huggingFace = with(llamaNames,
                                                  [](TensorNames& n) {
                                                      n.gate = {};
                                                      n.up = "layers.{}.mlp.c_fc";
                                                      n.down = "layers.{}.mlp.c_proj";
                                                  }),
                              .gguf = ggufUngated}));
}

}  // namespace rankscope::families
