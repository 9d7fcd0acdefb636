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
    std::string_view type, reason;
};
constexpr std::string_view experts = "mixture of experts", latent = "multi-head latent attention",
                           stateSpace = "no softmax attention in every layer", encoder = "not a decoder-only model";
constexpr std::array unsupported{
    Unsupported{"mixtral", experts},
    Unsupported{"qwen2_moe", experts},
    Unsupported{"qwen2moe", experts},
    Unsupported{"qwen3_moe", experts},
    Unsupported{"qwen3moe", experts},
    Unsupported{"olmoe", experts},
    Unsupported{"gpt_oss", experts},
    Unsupported{"gpt-oss", experts},
    Unsupported{"granitemoe", experts},
    Unsupported{"phimoe", experts},
    Unsupported{"dbrx", experts},
    Unsupported{"llama4", experts},
    Unsupported{"llama4_text", experts},
    Unsupported{"deepseek", experts},
    Unsupported{"grok", experts},
    Unsupported{"deepseek_v2", latent},
    Unsupported{"deepseek_v3", latent},
    Unsupported{"deepseek2", latent},
    Unsupported{"minicpm3", latent},
    Unsupported{"mamba", stateSpace},
    Unsupported{"mamba2", stateSpace},
    Unsupported{"falcon_mamba", stateSpace},
    Unsupported{"jamba", stateSpace},
    Unsupported{"zamba2", stateSpace},
    Unsupported{"rwkv", stateSpace},
    Unsupported{"rwkv6", stateSpace},
    Unsupported{"recurrent_gemma", stateSpace},
    Unsupported{"bert", encoder},
    Unsupported{"roberta", encoder},
    Unsupported{"modernbert", encoder},
    Unsupported{"t5", encoder},
    Unsupported{"bart", encoder},
    Unsupported{"whisper", encoder},
    Unsupported{"vit", encoder},
    Unsupported{"nomic-bert", encoder},
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
    return rows;
}

}  // namespace

std::span<const Architecture> architectures() {
    static const std::vector<Architecture> rows = makeTable();
    return rows;
}

std::string_view unsupportedReason(std::string_view type) {
    for (const Unsupported& entry : unsupported)
        if (entry.type == type)
            return entry.reason;
    return {};
}

std::span<const std::string_view> strayBuffers() {
    return buffers;
}

}  // namespace rankscope
