// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The families that came before Llama: LayerNorm, no gate.
#include "core/model/family_rows.h"

namespace rankscope::families {

namespace {

// GPT-2 and the families that took over its names: LayerNorm with bias, no gate.
Architecture gpt2Like(Architecture row) {
    row.norm = biasedLayerNorm;
    row.biases.feedForward = always;
    row.activation = Activation::geluTanh;
    row.activationKeys = {"activation_function"};
    row.gated = false;
    row.prefixes = {"transformer."};
    return row;
}

}  // namespace

void addGpt2Families(std::vector<Architecture>& rows) {
    const TensorNames ggufLearned = with(ggufUngated, &N::positions, "position_embd");
    rows.push_back(gpt2Like({.id = "gpt2",
                             .ggufName = "gpt2",
                             .defaults = tied,
                             .inputsFirst = true,
                             .biases = {always, always},
                             .position = PositionCode::learned,
                             .initialisation = {.residualShrinks = true},
                             .rules = {rules::scaleSwitches},
                             .huggingFace = gpt2Names,
                             .gguf = ggufLearned}));
    rows.push_back(gpt2Like({.id = "gpt_bigcode",
                             .ggufName = "starcoder",
                             .defaults = tied,
                             .biases = {always, always},
                             .position = PositionCode::learned,
                             .initialisation = {.residualShrinks = true},
                             .rules = {rules::scaleSwitches, rules::multiQuery},
                             .huggingFace = gpt2Names,
                             .gguf = ggufLearned}));
    rows.push_back(
        gpt2Like({.id = "gpt_neo",
                  .defaults = tied,
                  .biases = {.attentionOutput = always},
                  .position = PositionCode::learned,
                  .rules = {rules::unscaled, rules::windowByAttentionTypes},
                  .huggingFace = with(gpt2Names, &N::fused, "", &N::query, "h.{}.attn.attention.q_proj", &N::key,
                                      "h.{}.attn.attention.k_proj", &N::value, "h.{}.attn.attention.v_proj",
                                      &N::attentionOutput, "h.{}.attn.attention.out_proj")}));
    const TensorNames gptjNames =
        with(gpt2Names, &N::positions, "", &N::fused, "", &N::feedForwardNorm, "", &N::query, "h.{}.attn.q_proj",
             &N::key, "h.{}.attn.k_proj", &N::value, "h.{}.attn.v_proj", &N::attentionOutput, "h.{}.attn.out_proj",
             &N::up, "h.{}.mlp.fc_in", &N::down, "h.{}.mlp.fc_out");
    rows.push_back(gpt2Like({.id = "gptj",
                             .wiring = Wiring::parallel,
                             .biases = {.head = always},
                             .pairs = RotationPairs::interleaved,
                             .rotatedSizeKey = "rotary_dim",
                             .huggingFace = gptjNames}));
    rows.push_back(gpt2Like(
        {.id = "codegen",
         .wiring = Wiring::parallel,
         .fused = FusedLayout::quarters,
         .biases = {.head = always},
         .pairs = RotationPairs::interleaved,
         .rotatedSizeKey = "rotary_dim",
         .huggingFace = with(gptjNames, &N::query, "", &N::key, "", &N::value, "", &N::fused, "h.{}.attn.qkv_proj")}));
}

void addNeoxFamilies(std::vector<Architecture>& rows) {
    const BiasRule attentionBias{.present = true, .key = "attention_bias"}, falconBias{.key = "bias"};
    rows.push_back({.id = "gpt_neox",
                    .ggufName = "gptneox",
                    .norm = biasedLayerNorm,
                    .wiring = Wiring::parallel,
                    .parallelKey = parallelKeys,
                    .fused = FusedLayout::groups,
                    .biases = {attentionBias, attentionBias, always},
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
                    .ggufName = "bloom",
                    .defaults = tied,
                    .norm = biasedLayerNorm,
                    .fused = FusedLayout::groups,
                    .biases = {always, always, always},
                    .position = PositionCode::alibi,
                    .activation = Activation::geluTanh,
                    .activationKeys = {},
                    .gated = false,
                    .ggufContextStated = false,
                    .rules = {rules::bloomSettings},
                    .prefixes = {"transformer."},
                    .huggingFace = with(bloomNames, &N::embeddingNorm, "word_embeddings_layernorm"),
                    .gguf = with(ggufUngated, &N::embeddingNorm, "token_embd_norm")});
    rows.push_back({.id = "falcon",
                    .ggufName = "falcon",
                    .defaults = tied,
                    .norm = biasedLayerNorm,
                    .wiring = Wiring::parallel,
                    .biases = {falconBias, falconBias, falconBias},
                    .activation = Activation::gelu,
                    .activationKeys = {"activation"},
                    .gated = false,
                    .rules = {rules::falconSettings},
                    .prefixes = {"transformer."},
                    .huggingFace = bloomNames,
                    .gguf = with(ggufUngated, &N::feedForwardNorm, "")});
    rows.push_back({.id = "mpt",
                    .ggufName = "mpt",
                    .defaults = tied,
                    .norm = layerNorm,
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
    rows.push_back(
        {.id = "opt",
         .defaults = tied,
         .norm = biasedLayerNorm,
         .biases = {bias, bias, bias},
         .position = PositionCode::learned,
         .positionOffset = 2,
         .activation = Activation::relu,
         .activationKeys = {"activation_function"},
         .gated = false,
         .initialisation = {.key = "init_std"},
         .rules = {rules::optSettings},
         .prefixes = {"decoder.", "model.decoder."},
         .huggingFace =
             with(llamaNames, &N::positions, "embed_positions", &N::projectIn, "project_in", &N::projectOut,
                  "project_out", &N::finalNorm, "final_layer_norm", &N::attentionNorm, "layers.{}.self_attn_layer_norm",
                  &N::attentionOutput, "layers.{}.self_attn.out_proj", &N::feedForwardNorm,
                  "layers.{}.final_layer_norm", &N::gate, "", &N::up, "layers.{}.fc1", &N::down, "layers.{}.fc2")});
}

}  // namespace rankscope::families
