// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A model of random weights, large enough for its stages to take time, for tests of what is about time and threads.
#pragma once

#include <filesystem>
#include <string>

#include "tests/core/checkpoint_writer.h"

namespace rankscope::test {

struct RandomModel {
    int hidden = 1024, inner = 4096, layers = 4, heads = 16, kvHeads = 8, vocabulary = 8192;
};

// Writes config.json, model.safetensors (float16, magnitudes of 0.008 … 0.031) and tokens.json with 8192 tokens into
// `folder`. False if the disk refuses.
inline bool writeRandomModel(const std::filesystem::path& folder, const RandomModel& model) {
    std::uint32_t state = 1;
    const auto draw = [&] { return state = state * 1664525u + 1013904223u; };
    std::string header, data;
    const auto add = [&](const std::string& name, int rows, int columns) {
        const std::size_t begin = data.size(), count = std::size_t(rows) * columns;
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint32_t bits = draw() >> 16;
            const auto half = std::uint16_t((bits & 0x8000) | (0x2000 + (bits & 0x7FF)));
            data += {char(half & 0xFF), char(half >> 8)};
        }
        header += (header.empty() ? "" : ",") +
                  entry(name + ".weight", "F16",
                        rows == 1 ? "[" + std::to_string(columns) + "]"
                                  : "[" + std::to_string(rows) + "," + std::to_string(columns) + "]",
                        int(begin), int(data.size()));
    };
    const int keys = model.hidden / model.heads * model.kvHeads;
    add("model.embed_tokens", model.vocabulary, model.hidden);
    for (int layer = 0; layer < model.layers; ++layer) {
        const std::string prefix = "model.layers." + std::to_string(layer) + ".";
        for (const char* norm : {"input_layernorm", "post_attention_layernorm"})
            add(prefix + norm, 1, model.hidden);
        add(prefix + "self_attn.q_proj", model.hidden, model.hidden);
        add(prefix + "self_attn.k_proj", keys, model.hidden);
        add(prefix + "self_attn.v_proj", keys, model.hidden);
        add(prefix + "self_attn.o_proj", model.hidden, model.hidden);
        add(prefix + "mlp.gate_proj", model.inner, model.hidden);
        add(prefix + "mlp.up_proj", model.inner, model.hidden);
        add(prefix + "mlp.down_proj", model.hidden, model.inner);
    }
    add("model.norm", 1, model.hidden);
    add("lm_head", model.vocabulary, model.hidden);
    const auto field = [](const char* name, int value) {
        return std::string(",\"") + name + "\":" + std::to_string(value);
    };
    const std::string config =
        "{\"model_type\":\"llama\",\"hidden_act\":\"silu\",\"rms_norm_eps\":1e-5,"
        "\"tie_word_embeddings\":false" +
        field("hidden_size", model.hidden) + field("intermediate_size", model.inner) +
        field("num_hidden_layers", model.layers) + field("num_attention_heads", model.heads) +
        field("num_key_value_heads", model.kvHeads) + field("vocab_size", model.vocabulary) +
        field("max_position_embeddings", 8192) + "}";
    std::string tokens = "[";
    for (int i = 0; i < 8192; ++i)
        tokens += (i > 0 ? "," : "") + std::to_string((draw() >> 8) % std::uint32_t(model.vocabulary));
    return writeFile(folder / "model.safetensors", safetensors("{" + header + "}", data)) &&
           writeFile(folder / "config.json", config) && writeFile(folder / "tokens.json", tokens + "]");
}

}  // namespace rankscope::test
