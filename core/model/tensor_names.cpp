// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/tensor_names.h"

namespace rankscope {

constinit const TensorNames llamaNames{.embedding = "embed_tokens",
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

constinit const TensorNames gpt2Names{.embedding = "wte",
                                      .positions = "wpe",
                                      .finalNorm = "ln_f",
                                      .head = "lm_head",
                                      .attentionNorm = "h.{}.ln_1",
                                      .attentionOutput = "h.{}.attn.c_proj",
                                      .fused = "h.{}.attn.c_attn",
                                      .feedForwardNorm = "h.{}.ln_2",
                                      .up = "h.{}.mlp.c_fc",
                                      .down = "h.{}.mlp.c_proj"};

constinit const TensorNames ggufNames{.embedding = "token_embd",
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

}  // namespace rankscope
