// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rows of the table of families, by kinship, and the rules they may name. Internal to core/model.
#pragma once

#include <vector>

#include "core/model/model_source.h"

namespace rankscope::families {

// Each adds its rows to the end.
void addGpt2Families(std::vector<Architecture>& rows);  // GPT-2, BigCode, GPT-Neo, GPT-J, CodeGen
void addNeoxFamilies(std::vector<Architecture>& rows);  // GPT-NeoX, BLOOM, Falcon, MPT
void addOptFamily(std::vector<Architecture>& rows);
void addLlamaFamilies(std::vector<Architecture>& rows);  // RMS norms, a gate, half-split rotation
void addGemmaFamilies(std::vector<Architecture>& rows);
void addLayerNormFamilies(std::vector<Architecture>& rows);  // LayerNorm under Llama's names

// What many rows say.
inline constexpr NormRule layerNorm{.kind = NormKind::layer, .epsilon = 1e-5};
inline constexpr NormRule biasedLayerNorm{.kind = NormKind::layer, .bias = true, .epsilon = 1e-5};
inline constexpr BiasRule always{.present = true};
inline constexpr std::string_view tied = R"({"tie_word_embeddings": true})";
inline constexpr KeyNames parallelKeys{"use_parallel_residual", "use_parallel_residual"};

// Names of the Llama family in Hugging Face files, without the prefix "model."; most families since are close to it.
inline constexpr TensorNames llamaNames{.embedding = "embed_tokens",
                                        .finalNorm = "norm",
                                        .head = "lm_head",
                                        .attentionNorm = "layers.{}.input_layernorm",
                                        .query = "layers.{}.self_attn.q_proj",
                                        .key = "layers.{}.self_attn.k_proj",
                                        .value = "layers.{}.self_attn.v_proj",
                                        .attentionOutput = "layers.{}.self_attn.o_proj",
                                        .feedForwardNorm = "layers.{}.post_attention_layernorm",
                                        .gate = "layers.{}.mlp.gate_proj",
                                        .up = "layers.{}.mlp.up_proj",
                                        .down = "layers.{}.mlp.down_proj"};

// "transformer.h.N.ln_1" and so on: GPT-2 and what follows it.
inline constexpr TensorNames gpt2Names{.embedding = "wte",
                                       .positions = "wpe",
                                       .finalNorm = "ln_f",
                                       .head = "lm_head",
                                       .attentionNorm = "h.{}.ln_1",
                                       .attentionOutput = "h.{}.attn.c_proj",
                                       .fused = "h.{}.attn.c_attn",
                                       .feedForwardNorm = "h.{}.ln_2",
                                       .up = "h.{}.mlp.c_fc",
                                       .down = "h.{}.mlp.c_proj"};

// Names of a sequential layer in GGUF; families differ in which of them they have.
inline constexpr TensorNames ggufNames{.embedding = "token_embd",
                                       .finalNorm = "output_norm",
                                       .head = "output",
                                       .attentionNorm = "blk.{}.attn_norm",
                                       .query = "blk.{}.attn_q",
                                       .key = "blk.{}.attn_k",
                                       .value = "blk.{}.attn_v",
                                       .attentionOutput = "blk.{}.attn_output",
                                       .fused = "blk.{}.attn_qkv",
                                       .feedForwardNorm = "blk.{}.ffn_norm",
                                       .gate = "blk.{}.ffn_gate",
                                       .up = "blk.{}.ffn_up",
                                       .down = "blk.{}.ffn_down"};

using N = TensorNames;

// `names`, but for some members: with(names, &N::gate, "", …).
constexpr TensorNames with(TensorNames names) {
    return names;
}
template <typename... More>
constexpr TensorNames with(TensorNames names, std::string_view N::*member, std::string_view name, More... more) {
    names.*member = name;
    return with(names, more...);
}
inline constexpr TensorNames ggufUngated = with(ggufNames, &N::gate, "");

}  // namespace rankscope::families

// What rows do with metadata beyond plain values: named after what they do, so that several rows can share them. Each
// runs after everything that the row's other fields say was read.
namespace rankscope::rules {

// Sliding windows: which layers have the window that the metadata name. layer_types of config.json goes before all.
void windowInAllLayers(const ModelSource& source, Hyperparameters& model);
void windowInEvenLayers(const ModelSource& source, Hyperparameters& model);         // 0, 2, …
void windowFromMaxWindowLayers(const ModelSource& source, Hyperparameters& model);  // if use_sliding_window
void windowExceptEveryNth(const ModelSource& source, Hyperparameters& model);       // sliding_window_pattern
void windowByAttentionTypes(const ModelSource& source, Hyperparameters& model);     // GPT-Neo's "global" and "local"
void windowOfMistralNotInGguf(const ModelSource& source, Hyperparameters& model);   // where the name says it is one
void windowNotInGguf(const ModelSource& source, Hyperparameters& model);            // only says so
void windowOfOlmo3InGguf(const ModelSource& source, Hyperparameters& model);        // and its rotation

// Rotation: another base in layers with a window; none in some layers.
void localRotationBase(const ModelSource& source, Hyperparameters& model);
void layersWithoutRotation(const ModelSource& source, Hyperparameters& model);
void rotationSwitchInGguf(const ModelSource& source, Hyperparameters& model);  // Granite's

// Factor on query · key.
void unscaled(const ModelSource& source, Hyperparameters& model);
void scaleSwitches(const ModelSource& source, Hyperparameters& model);         // GPT-2's scale_attn_… booleans
void scaleFromQueryScalar(const ModelSource& source, Hyperparameters& model);  // query_pre_attn_scalar^−½

// GGUF: a missing soft-cap is an error, not "none": early files lack it.
void softCapsStated(const ModelSource& source, Hyperparameters& model);

// Embeddings × √hidden.
void embeddingTimesRootOfSize(const ModelSource& source, Hyperparameters& model);

// GGUF does not say which GELU a GPT-NeoX has: exact, but for the published 20B model.
void activationNotInGguf(const ModelSource& source, Hyperparameters& model);

// A parallel layer with one norm for both branches.
void oneNormIfParallel(const ModelSource& source, Hyperparameters& model);

// multi_query: one key head, all queries first; otherwise query, key and value head by head.
void multiQuery(const ModelSource& source, Hyperparameters& model);

// Settings that only one family has.
void bloomSettings(const ModelSource& source, Hyperparameters& model);
void falconSettings(const ModelSource& source, Hyperparameters& model);
void mptSettings(const ModelSource& source, Hyperparameters& model);
void optSettings(const ModelSource& source, Hyperparameters& model);

}  // namespace rankscope::rules
