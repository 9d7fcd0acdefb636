// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The table, put together. A new family: one row in family_rows_*.cpp, and a folder made by
// tests/data/make_reference.py, which the tests then find.
#include <array>

#include "core/model/architecture.h"
#include "core/model/family_rows.h"

namespace rankscope {

namespace {

struct Unsupported {
    std::string_view reason, types;
};
constexpr Unsupported unsupported[] = {
    {"mixture of experts",
     " mixtral qwen2_moe qwen2moe qwen3_moe qwen3moe olmoe gpt_oss gpt-oss granitemoe phimoe dbrx llama4"
     " llama4_text deepseek grok "},
    {"multi-head latent attention", " deepseek_v2 deepseek_v3 deepseek2 minicpm3 "},
    {"no softmax attention in every layer", " mamba mamba2 falcon_mamba jamba zamba2 rwkv rwkv6 recurrent_gemma "},
    {"not a decoder-only model", " bert roberta modernbert t5 bart whisper vit nomic-bert "},
};

constexpr std::array<std::string_view, 12> buffers{
    "rotary_emb.inv_freq",        "attn.bias",         "attn.masked_bias",         "attn.attention.bias",
    "attn.attention.masked_bias", "attention.bias",    "attention.masked_bias",    "attn.causal_mask",
    "attn_rot_embd.weight",       "rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"};

std::vector<Architecture> makeTable() {
    std::vector<Architecture> rows;
    using namespace families;
    addGpt2Families(rows);
    addNeoxFamilies(rows);
    addOptFamily(rows);
    addLlamaFamilies(rows);
    addGemmaFamilies(rows);
    addLayerNormFamilies(rows);
    for (Architecture& row : rows)
        if (row.modelTypes.empty())
            row.modelTypes = {row.id};
    return rows;
}

}  // namespace

std::span<const Architecture> architectures() {
    static const std::vector<Architecture> rows = makeTable();
    return rows;
}

std::string_view unsupportedReason(std::string_view type) {
    for (const Unsupported& entry : unsupported)
        if (hasWord(entry.types, type))
            return entry.reason;
    return {};
}

std::span<const std::string_view> strayBuffers() {
    return buffers;
}

}  // namespace rankscope
