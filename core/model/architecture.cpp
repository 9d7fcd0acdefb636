// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/architecture.h"

namespace rankscope {

namespace {

constexpr TensorNames llamaNames{.embedding = "embed_tokens",
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

constexpr TensorNames ggufNames{.embedding = "token_embd",
                                .finalNorm = "output_norm",
                                .head = "output",
                                .attentionNorm = "blk.{}.attn_norm",
                                .query = "blk.{}.attn_q",
                                .key = "blk.{}.attn_k",
                                .value = "blk.{}.attn_v",
                                .attentionOutput = "blk.{}.attn_output",
                                .feedForwardNorm = "blk.{}.ffn_norm",
                                .gate = "blk.{}.ffn_gate",
                                .up = "blk.{}.ffn_up",
                                .down = "blk.{}.ffn_down"};

const std::vector<Architecture>& table() {
    static const std::vector<Architecture> rows{
        {.id = "llama",
         .modelTypes = {"llama", "mistral"},
         .ggufName = "llama",
         .ggufPermutesQueryKey = true,
         .prefixes = {"model."},
         .ignoredTensors = {"rotary_emb.inv_freq"},
         .huggingFace = llamaNames,
         .gguf = ggufNames},
    };
    return rows;
}

}  // namespace

std::span<const Architecture> architectures() { return table(); }

}  // namespace rankscope
