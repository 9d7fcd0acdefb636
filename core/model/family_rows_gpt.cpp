// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The families that came before Llama: LayerNorm, no gate.
#include "core/model/family_rows.h"
#include "core/model/family_rules.h"

namespace rankscope::families {

namespace {

const TensorNames ggufUngated = with(ggufNames, [](TensorNames& n) { n.gate = {}; });

// GPT-2 and the families that took over its names: LayerNorm with bias, no gate.
Architecture gpt2Like(Architecture row) {
    row.norm = NormKind::layer;
    row.normBias = true;
    row.normEpsilon = 1e-5;
    row.feedForwardBias = always;
    row.activation = Activation::geluTanh;
    row.activationKeys = {"activation_function"};
    row.gated = false;
    row.prefixes = {"transformer."};
    return row;
}

}  // namespace

void addGpt2Families(std::vector<Architecture>& rows) {
    const TensorNames ggufLearned = with(ggufUngated, [](TensorNames& n) { n.positions = "position_embd"; });
    rows.push_back(gpt2Like({.id = "gpt2",
                             .modelTypes = {"gpt2"},
                             .ggufName = "gpt2",
                             .defaults = tied,
                             .inputsFirst = true,
                             .queryKeyValueBias = always,
                             .attentionOutputBias = always,
                             .position = PositionCode::learned,
                             .initialisation = {.residualShrinks = true},
                             .rules = {rules::scaleSwitches},
                             .huggingFace = gpt2Names,
                             .gguf = ggufLearned}));
    rows.push_back(gpt2Like({.id = "gpt_bigcode",
                             .modelTypes = {"gpt_bigcode"},
                             .ggufName = "starcoder",
                             .defaults = tied,
                             .queryKeyValueBias = always,
                             .attentionOutputBias = always,
                             .position = PositionCode::learned,
                             .initialisation = {.residualShrinks = true},
                             .rules = {rules::scaleSwitches, rules::multiQuery},
                             .huggingFace = gpt2Names,
                             .gguf = ggufLearned}));
    rows.push_back(gpt2Like({.id = "gpt_neo",
                             .modelTypes = {"gpt_neo"},
                             .defaults = tied,
                             .attentionOutputBias = always,
                             .position = PositionCode::learned,
                             .rules = {rules::unscaled, rules::windowByAttentionTypes},
                             .huggingFace = with(gpt2Names, [](TensorNames& n) {
                                 n.fused = {};
                                 n.query = "h.{}.attn.attention.q_proj";
                                 n.key = "h.{}.attn.attention.k_proj";
                                 n.value = "h.{}.attn.attention.v_proj";
                                 n.attentionOutput = "h.{}.attn.attention.out_proj";
                             })}));
    const TensorNames gptjNames = with(gpt2Names, [](TensorNames& n) {
        n.positions = n.fused = n.feedForwardNorm = {};
        n.query = "h.{}.attn.q_proj";
        n.key = "h.{}.attn.k_proj";
        n.value = "h.{}.attn.v_proj";
        n.attentionOutput = "h.{}.attn.out_proj";
        n.up = "h.{}.mlp.fc_in";
        n.down = "h.{}.mlp.fc_out";
    });
    rows.push_back(gpt2Like({.id = "gptj",
                             .modelTypes = {"gptj"},
                             .wiring = Wiring::parallel,
                             .headBias = always,
                             .pairs = RotationPairs::interleaved,
                             .rotatedSizeKey = "rotary_dim",
                             .huggingFace = gptjNames}));
    rows.push_back(gpt2Like({.id = "codegen",
                             .modelTypes = {"codegen"},
                             .wiring = Wiring::parallel,
                             .fused = FusedLayout::quarters,
                             .headBias = always,
                             .pairs = RotationPairs::interleaved,
                             .rotatedSizeKey = "rotary_dim",
                             .huggingFace = with(gptjNames, [](TensorNames& n) {
                                 n.query = n.key = n.value = {};
                                 n.fused = "h.{}.attn.qkv_proj";
                             })}));
}

void addNeoxFamilies(std::vector<Architecture>& rows) {
    const BiasRule attentionBias{.present = true, .key = "attention_bias"};
    rows.push_back({.id = "gpt_neox",
                    .modelTypes = {"gpt_neox"},
                    .ggufName = "gptneox",
                    .norm = NormKind::layer,
                    .normBias = true,
                    .normEpsilon = 1e-5,
                    .wiring = Wiring::parallel,
                    .parallelKey = parallelKeys,
                    .fused = FusedLayout::groups,
                    .queryKeyValueBias = attentionBias,
                    .attentionOutputBias = attentionBias,
                    .feedForwardBias = always,
                    .rotatedShareKey = "rotary_pct",
                    .rotatedShare = 0.25,
                    .activation = Activation::gelu,
                    .gated = false,
                    .rules = {rules::activationNotInGguf},
                    .prefixes = {"gpt_neox."},
                    .huggingFace = {.embedding = "embed_in",
                                    .finalNorm = "final_layer_norm",
                                    .head = "embed_out",
                                    .attentionNorm = "layers.{}.input_layernorm",
                                    .attentionOutput = "layers.{}.attention.dense",
                                    .fused = "layers.{}.attention.query_key_value",
                                    .feedForwardNorm = "layers.{}.post_attention_layernorm",
                                    .up = "layers.{}.mlp.dense_h_to_4h",
                                    .down = "layers.{}.mlp.dense_4h_to_h"},
                    .gguf = ggufUngated});
    const TensorNames bloomNames{.embedding = "word_embeddings",
                                 .finalNorm = "ln_f",
                                 .head = "lm_head",
                                 .attentionNorm = "h.{}.input_layernorm",
                                 .attentionOutput = "h.{}.self_attention.dense",
                                 .fused = "h.{}.self_attention.query_key_value",
                                 .feedForwardNorm = "h.{}.post_attention_layernorm",
                                 .up = "h.{}.mlp.dense_h_to_4h",
                                 .down = "h.{}.mlp.dense_4h_to_h"};
    rows.push_back({.id = "bloom",
                    .modelTypes = {"bloom"},
                    .ggufName = "bloom",
                    .defaults = tied,
                    .norm = NormKind::layer,
                    .normBias = true,
                    .normEpsilon = 1e-5,
                    .fused = FusedLayout::groups,
                    .queryKeyValueBias = always,
                    .attentionOutputBias = always,
                    .feedForwardBias = always,
                    .position = PositionCode::alibi,
                    .activation = Activation::geluTanh,
                    .activationKeys = {},
                    .gated = false,
                    .ggufContextStated = false,
                    .rules = {rules::bloomSettings},
                    .prefixes = {"transformer."},
                    .huggingFace = with(bloomNames, [](auto& n) { n.embeddingNorm = "word_embeddings_layernorm"; }),
                    .gguf = with(ggufUngated, [](TensorNames& n) { n.embeddingNorm = "token_embd_norm"; })});
    rows.push_back({.id = "falcon",
                    .modelTypes = {"falcon"},
                    .ggufName = "falcon",
                    .defaults = tied,
                    .norm = NormKind::layer,
                    .normBias = true,
                    .normEpsilon = 1e-5,
                    .wiring = Wiring::parallel,
                    .queryKeyValueBias = {.key = "bias"},
                    .attentionOutputBias = {.key = "bias"},
                    .feedForwardBias = {.key = "bias"},
                    .activation = Activation::gelu,
                    .activationKeys = {"activation"},
                    .gated = false,
                    .rules = {rules::falconSettings},
                    .prefixes = {"transformer."},
                    .huggingFace = bloomNames,
                    .gguf = with(ggufUngated, [](TensorNames& n) { n.feedForwardNorm = {}; })});
    rows.push_back({.id = "mpt",
                    .modelTypes = {"mpt"},
                    .ggufName = "mpt",
                    .defaults = tied,
                    .norm = NormKind::layer,
                    .normEpsilon = 1e-5,
                    .position = PositionCode::alibi,
                    .activation = Activation::gelu,
                    .activationKeys = {},
                    .gated = false,
                    .queryKeyValueClip = {"", "attention.clamp_kqv"},
                    .rules = {rules::mptSettings},
                    .prefixes = {"transformer."},
                    .huggingFace = {.embedding = "wte",
                                    .finalNorm = "norm_f",
                                    .head = "lm_head",
                                    .attentionNorm = "blocks.{}.norm_1",
                                    .attentionOutput = "blocks.{}.attn.out_proj",
                                    .fused = "blocks.{}.attn.Wqkv",
                                    .feedForwardNorm = "blocks.{}.norm_2",
                                    .up = "blocks.{}.ffn.up_proj",
                                    .down = "blocks.{}.ffn.down_proj"},
                    .gguf = ggufUngated});
}

void addOptFamily(std::vector<Architecture>& rows) {
    const BiasRule bias{.present = true, .key = "enable_bias"};
    rows.push_back({.id = "opt",
                    .modelTypes = {"opt"},
                    .defaults = tied,
                    .norm = NormKind::layer,
                    .normBias = true,
                    .normEpsilon = 1e-5,
                    .queryKeyValueBias = bias,
                    .attentionOutputBias = bias,
                    .feedForwardBias = bias,
                    .position = PositionCode::learned,
                    .positionOffset = 2,
                    .activation = Activation::relu,
                    .activationKeys = {"activation_function"},
                    .gated = false,
                    .initialisation = {.key = "init_std"},
                    .rules = {rules::optSettings},
                    .prefixes = {"decoder.", "model.decoder."},
                    .huggingFace = with(llamaNames, [](TensorNames& n) {
                        n.positions = "embed_positions";
                        n.projectIn = "project_in";
                        n.projectOut = "project_out";
                        n.finalNorm = "final_layer_norm";
                        n.attentionNorm = "layers.{}.self_attn_layer_norm";
                        n.attentionOutput = "layers.{}.self_attn.out_proj";
                        n.feedForwardNorm = "layers.{}.final_layer_norm";
                        n.gate = {};
                        n.up = "layers.{}.fc1";
                        n.down = "layers.{}.fc2";
                    })});
}

}  // namespace rankscope::families
