// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is read from configurations and GGUF metadata, and what is refused: each refusal is one line that names the key.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "core/model/architecture.h"
#include "core/model/hyperparameters.h"
#include "core/model/layer_weights.h"
#include "core/model/model_info.h"
#include "tests/core/checkpoint_writer.h"

using namespace rankscope;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

fs::path models() {
    return fs::path(RANKSCOPE_TEST_DATA) / "models";
}

json configOf(const std::string& model) {
    std::ifstream file(models() / model / "config.json");
    return json::parse(file);
}

// The part of the line after "FILE: "; empty if nothing was thrown.
template <typename Read>
QString refusal(Read read) {
    try {
        read();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what()).mid(qsizetype(error.file().size()) + 2);
    }
    return {};
}

// As errors list them, of which the first 120 bytes are shown.
std::string knownFamilies(bool gguf = false) {
    std::string known;
    for (const Architecture& row : architectures()) {
        if (gguf && !row.ggufName.empty())
            known += (known.empty() ? "" : ", ") + std::string(row.ggufName);
        for (std::size_t i = 0; !gguf && i < row.modelTypes.size(); ++i)
            known += (known.empty() ? "" : ", ") + std::string(row.modelTypes[i]);
    }
    return printable("one of " + known).substr(7);
}

// Metadata of a Llama GGUF without tensors.
rankscope::test::GgufBuilder llamaGguf(std::string_view architecture = "llama", std::uint32_t layers = 2) {
    const std::string prefix = std::string(architecture) + ".";
    rankscope::test::GgufBuilder builder;
    builder.text("general.architecture", architecture)
        .u32(prefix + "block_count", layers)
        .u32(prefix + "embedding_length", 8)
        .u32(prefix + "feed_forward_length", 16)
        .pair(prefix + "attention.layer_norm_rms_epsilon", 6, rankscope::test::bytesOf(1e-5f));
    return builder;
}

}  // namespace

class TestModelFamilies : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_count = 0;

    // A folder with this config.json and the tensors of `model`.
    fs::path folderWith(const std::string& model, const json& config) {
        const fs::path folder = fs::path(m_folder.path().toStdString()) / std::to_string(m_count++);
        fs::create_directories(folder);
        fs::copy_file(models() / model / "model.safetensors", folder / "model.safetensors");
        std::ofstream(folder / "config.json") << config.dump();
        return folder;
    }

    // With a tensor: without any it would be a vocabulary.
    fs::path fileWith(rankscope::test::GgufBuilder builder) {
        const fs::path path = fs::path(m_folder.path().toStdString()) / (std::to_string(m_count++) + ".gguf");
        if (!rankscope::test::writeFile(
                path,
                builder.tensor("stand-in", {1}, rankscope::test::tensorF32, 0).build(rankscope::test::zeroFloats(1))))
            qFatal("cannot write %s", path.c_str());
        return path;
    }

private Q_SLOTS:
    void idsAreUnique() {
        std::set<std::string_view> ids, types, gguf;
        for (const Architecture& row : architectures()) {
            QVERIFY(ids.insert(row.id).second);
            for (const std::string_view type : row.modelTypes) {
                QVERIFY(types.insert(type).second);
                QVERIFY(unsupportedReason(type).empty());
            }
            QVERIFY(row.ggufName.empty() || gguf.insert(row.ggufName).second);
            QVERIFY(row.ggufName.empty() == row.gguf.embedding.empty());
            QVERIFY(!row.huggingFace.embedding.empty());
        }
    }

    void everyRowHasAReference() {
        std::set<std::string> seen;
        for (const auto& entry : fs::directory_iterator(models()))
            seen.insert(configOf(entry.path().filename().string()).at("model_type"));
        for (const Architecture& row : architectures())
            QVERIFY2(seen.contains(std::string(row.modelTypes.front())), row.id.data());
    }

    void refusesConfig_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("patch");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* model, const char* patch, const char* expected) {
            QTest::newRow(name) << model << patch << expected;
        };
        row("38 mixture of experts", "llama", R"({"model_type": "mixtral"})",
            R"(model_type: expected a dense decoder with softmax attention, found "mixtral" (mixture of experts))");
        row("38 latent attention", "llama", R"({"model_type": "deepseek_v3"})",
            R"(model_type: expected a dense decoder with softmax attention, found "deepseek_v3" (multi-head latent attention))");
        row("38 state space", "llama", R"({"model_type": "mamba"})",
            R"(model_type: expected a dense decoder with softmax attention, found "mamba" (no softmax attention in every layer))");
        row("38 no such family", "llama", R"({"model_type": "nonesuch"})",
            ("model_type: expected one of " + knownFamilies() + ", found \"nonesuch\"").c_str());
        row("38 none", "llama", R"({"model_type": null})",
            ("model_type: expected one of " + knownFamilies() + ", found none").c_str());
        row("38 number", "llama", R"({"model_type": 7})", "model_type: expected string, found 7");
        row("38 recurrent", "llama", R"({"model_type": "rwkv"})",
            R"(model_type: expected a dense decoder with softmax attention, found "rwkv" (no softmax attention in every layer))");
        row("38 encoder", "llama", R"({"model_type": "bert"})",
            R"(model_type: expected a dense decoder with softmax attention, found "bert" (not a decoder-only model))");
        row("experts in a known family", "llama", R"({"num_local_experts": 8})",
            "num_local_experts: expected none (a dense model), found 8");
        row("latent key", "llama", R"({"kv_lora_rank": 512})",
            "kv_lora_rank: expected none (no multi-head latent attention), found 512");
        row("39 GPTQ", "llama", R"({"quantization_config": {"quant_method": "gptq"}})",
            R"(quantization_config: expected none, found "gptq": take the unquantised model or a GGUF file)");
        row("39 AWQ", "llama", R"({"quantization_config": {"quant_method": "awq", "bits": 4}})",
            R"(quantization_config: expected none, found "awq": take the unquantised model or a GGUF file)");
        row("39 without a method", "llama", R"({"quantization_config": {"bits": 4}})",
            "quantization_config: expected none, found object: take the unquantised model or a GGUF file");
        row("cross attention", "gpt2", R"({"add_cross_attention": true})",
            "add_cross_attention: expected false (a decoder-only model), found true");
        row("bidirectional", "gemma3", R"({"use_bidirectional_attention": true})",
            "use_bidirectional_attention: expected false (a causal model), found true");
        row("32 no heads", "llama", R"({"num_attention_heads": 0})",
            "num_attention_heads: expected integer 1..1048576, found 0");
        row("32 no key heads", "llama", R"({"num_key_value_heads": 0})",
            "num_key_value_heads: expected integer 1..1048576, found 0");
        row("33 heads and key heads", "llama", R"({"num_key_value_heads": 3})",
            "num_attention_heads: expected multiple of 3, found 4");
        row("33 hidden size", "qwen2", R"({"hidden_size": 50})", "hidden_size: expected multiple of 4, found 50");
        row("34 layers", "llama", R"({"num_hidden_layers": 1000000000})",
            "num_hidden_layers: expected integer 1..4096, found 1000000000");
        row("34 heads in all", "llama", R"({"num_hidden_layers": 4096, "num_attention_heads": 1024, "head_dim": 12})",
            "num_attention_heads: expected at most 1048576 in all layers, found 4194304");
        row("34 layers as text", "llama", R"({"num_hidden_layers": "32"})",
            R"(num_hidden_layers: expected integer 1..4096, found "32")");
        row("two spellings of heads", "falcon-grouped", R"({"n_head": 5})",
            "n_head: expected 4 as in num_attention_heads, found 5");
        row("two bases", "llama", R"({"rope_theta": 5000.0})",
            "rope_theta: expected 10000.0 as in rope_parameters, found 5000.0");
        row("two scalings", "llama-linear-rope", R"({"rope_scaling": {"type": "dynamic", "factor": 4.0}})",
            R"(rope_scaling: expected "linear" as in rope_parameters, found "dynamic")");
        row("two factors", "llama-linear-rope", R"({"rope_scaling": {"type": "linear", "factor": 2.0}})",
            "rope_scaling: expected factor 4.0 as in rope_parameters, found 2.0");
        row("unknown scaling", "llama", R"({"rope_parameters": {"rope_type": "spiral"}})",
            R"(rope_type: expected default, linear, dynamic, llama3, yarn or longrope, found "spiral")");
        row("35 llama3 factors", "llama3-rope", R"({"rope_parameters": {"low_freq_factor": 4.0}})",
            "low_freq_factor: expected < high_freq_factor 4.0, found 4.0");
        row("35 base 0", "llama", R"({"rope_parameters": {"rope_theta": 0}})",
            "rope_theta: expected number > 0.0, found 0");
        row("35 negative base", "qwen2", R"({"rope_theta": -1.5, "rope_parameters": null})",
            "rope_theta: expected number > 0.0, found -1.5");
        row("35 factor 0", "llama-linear-rope", R"({"rope_parameters": {"factor": 0.0}})",
            "factor: expected number > 0.0, found 0.0");
        row("35 negative factor", "llama3-rope", R"({"rope_parameters": {"factor": -8}})",
            "factor: expected number > 0.0, found -8");
        row("35 low above high", "llama3-rope", R"({"rope_parameters": {"low_freq_factor": 5.0}})",
            "low_freq_factor: expected < high_freq_factor 4.0, found 5.0");
        row("35 context beyond any number", "llama",
            R"({"max_position_embeddings": 1e300, "rope_parameters": {"rope_type": "dynamic", "factor": 2.0}})",
            "max_position_embeddings: expected integer 1..2147483647, found 1e+300");
        row("35 partial rotation", "llama", R"({"partial_rotary_factor": 0.5})",
            "partial_rotary_factor: expected 1 in this family, found 0.500000");
        row("35 odd rotation", "phi", R"({"rope_parameters": {"partial_rotary_factor": 0.25}})",
            "head_dim: expected an even number of rotated dimensions, found 3");
        row("36 long factors", "phi3-longrope", R"({"rope_parameters": {"long_factor": [1.0, 1.0]}})",
            "long_factor: expected 6 values, found 2");
        row("37 layer types", "gemma2", R"({"layer_types": ["full_attention"]})",
            "layer_types: expected 3 values, found 1");
        row("37 unknown layer type", "gemma2", R"({"layer_types": ["full_attention", "linear", "full_attention"]})",
            R"(layer_types: expected full_attention or sliding_attention, found "linear")");
        row("37 rotation list", "smollm3", R"({"no_rope_layers": [1, 0]})",
            "no_rope_layers: expected 4 values, found 2");
        row("37 attention types", "gpt_neo", R"({"attention_types": [[["global"], 3]]})",
            "attention_types: expected 4 layers, found 3");
        row("activation", "llama", R"({"hidden_act": "mish"})",
            R"(hidden_act: expected silu, gelu, gelu_new, gelu_pytorch_tanh or relu, found "mish")");
        row("MPT without ALiBi", "mpt", R"({"attn_config": {"alibi": false}})", "alibi: expected true, found false");
        row("MPT maximum", "mpt", R"({"attn_config": {"alibi_bias_max": 16}})", "alibi_bias_max: expected 8, found 16");
        row("MPT norms", "mpt", R"({"attn_config": {"qk_ln": true}})", "qk_ln: expected false, found true");
        row("BLOOM residual", "bloom", R"({"apply_residual_connection_post_layernorm": true})",
            "apply_residual_connection_post_layernorm: expected false, found true");
        row("ALiBi with shared keys", "falcon-alibi", R"({"multi_query": true})",
            "alibi: expected one key head per query head, found 1 for 4");
    }

    void refusesConfig() {
        QFETCH(QString, model);
        QFETCH(QString, patch);
        QFETCH(QString, expected);
        json config = configOf(model.toStdString());
        config.merge_patch(json::parse(patch.toStdString()));
        const fs::path folder = folderWith(model.toStdString(), config);
        QCOMPARE(refusal([&] { readHyperparameters(*openWeightFile(folder)); }), expected);
    }

    void refusesShapes_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("patch");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* model, const char* patch, const char* expected) {
            QTest::newRow(name) << model << patch << expected;
        };
        row("as it is", "llama", "{}", "");
        row("40 feed-forward size", "llama", R"({"intermediate_size": 97})",
            "model.layers.0.mlp.gate_proj.weight: expected [97,48], found [80,48]");
        row("40 vocabulary", "llama", R"({"vocab_size": 95})",
            "model.embed_tokens.weight: expected [95,48], found [96,48]");
        row("40 fewer heads of the same size", "llama", R"({"num_attention_heads": 2, "num_key_value_heads": 2})",
            "model.layers.0.self_attn.q_proj.weight: expected [24,48], found [48,48]");
        row("40 more layers", "llama", R"({"num_hidden_layers": 4})",
            "model.layers.3.input_layernorm.weight: expected tensor [48], found none");
    }

    void refusesShapes() {
        QFETCH(QString, model);
        QFETCH(QString, patch);
        QFETCH(QString, expected);
        json config = configOf(model.toStdString());
        config.merge_patch(json::parse(patch.toStdString()));
        const auto file = openWeightFile(folderWith(model.toStdString(), config));
        const Hyperparameters parameters = readHyperparameters(*file);
        QCOMPARE(refusal([&] { WeightReader(*file, parameters).requireComplete(true); }), expected);
    }

    void refusesGguf_data() {
        using rankscope::test::bytesOf;
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("expected");
        const auto row = [this](const char* name, const rankscope::test::GgufBuilder& builder, const char* expected) {
            QTest::newRow(name) << QString::fromStdString(fileWith(builder).string()) << expected;
        };
        const auto heads = [](std::string_view architecture = "llama") {
            return llamaGguf(architecture).u32(std::string(architecture) + ".attention.head_count", 2);
        };
        row("64 no heads", llamaGguf().u32("llama.attention.head_count", 0),
            "llama.attention.head_count: expected integer 1..1048576, found 0");
        row("64 no layers", llamaGguf("llama", 0), "llama.block_count: expected integer 1..4096, found 0");
        row("64 layers missing", rankscope::test::GgufBuilder().text("general.architecture", "llama"),
            "llama.block_count: expected integer 1..4096, found none");
        row("64 layers as text",
            rankscope::test::GgufBuilder().text("general.architecture", "llama").text("llama.block_count", "2"),
            R"(llama.block_count: expected integer 1..4096, found "2")");
        row("64 no architecture", rankscope::test::GgufBuilder().u32("llama.block_count", 2),
            ("general.architecture: expected one of " + knownFamilies(true) + ", found none").c_str());
        row("35 base 0 in GGUF", heads().pair("llama.rope.freq_base", 6, bytesOf(0.0f)),
            "llama.rope.freq_base: expected number > 0.0, found 0.0");
        row("35 factor 0 in GGUF",
            heads().text("llama.rope.scaling.type", "linear").pair("llama.rope.scaling.factor", 6, bytesOf(0.0f)),
            "llama.rope.scaling.factor: expected number > 0.0, found 0.0");
        row("64 heads missing", llamaGguf(), "llama.attention.head_count: expected integer 1..1048576, found none");
        row("experts", heads().u32("llama.expert_count", 8), "llama.expert_count: expected 0 (a dense model), found 8");
        row("38 mixture of experts", heads("qwen2moe"),
            R"(general.architecture: expected a dense decoder with softmax attention, found "qwen2moe" (mixture of experts))");
        row("65 per layer, too short",
            heads().array("llama.attention.head_count_kv", 4, 1, bytesOf(std::vector<std::uint32_t>{1})),
            "llama.attention.head_count_kv: expected 2 values, found 1");
        row("65 per layer, different",
            heads().array("llama.attention.head_count_kv", 4, 2, bytesOf(std::vector<std::uint32_t>{1, 2})),
            "llama.attention.head_count_kv: expected the same size in every layer, found 1 and 2");
        row("scaling", heads().text("llama.rope.scaling.type", "spiral"),
            R"(llama.rope.scaling.type: expected none, linear, yarn or longrope, found "spiral")");
        row("soft-cap missing", heads("gemma2"), "gemma2.attn_logit_softcapping: expected number > 0.0, found none");
        row("35 odd rotation", heads().u32("llama.rope.dimension_count", 3),
            "llama.rope.dimension_count: expected even number, found 3");
    }

    void refusesGguf() {
        QFETCH(QString, path);
        QFETCH(QString, expected);
        const auto file = openWeightFile(path.toStdString());
        QCOMPARE(refusal([&] { readHyperparameters(*file); }), expected);
    }

    void arrayPerLayer() {
        using rankscope::test::bytesOf;
        const auto file = openWeightFile(
            fileWith(llamaGguf()
                         .u32("llama.attention.head_count", 2)
                         .array("llama.attention.head_count_kv", 4, 2, bytesOf(std::vector<std::uint32_t>{1, 1}))));
        QCOMPARE(readHyperparameters(*file).kvHeads, 1);
    }

    void refusesUnknownTensorInGguf() {
        // A tensor that the family does not compute with would make the numbers wrong without a word.
        const auto file = openWeightFile(fs::path(RANKSCOPE_TEST_DATA) / "gguf" / "qwen3.gguf");
        Hyperparameters model = readHyperparameters(*file);
        model.names.queryNorm = {};
        QVERIFY(refusal([&] {
                    WeightReader(*file, model).requireComplete(false);
                }).startsWith("blk.0.attn_q_norm.weight: expected no such tensor in family qwen3"));
    }

    void facts_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("family");
        QTest::addColumn<QString>("position");
        QTest::addColumn<QString>("note");  // one of them starts so; empty: there are none
        const auto row = [](const char* model, const char* family, const char* position, const char* note) {
            QTest::newRow(model) << model << family << position << note;
        };
        row("models/llama", "llama", "RoPE half-split, base 10000", "");
        row("models/gpt2", "gpt2", "learned positions", "");
        row("models/bloom", "bloom", "ALiBi", "Ẽ includes the ALiBi bias");
        row("models/gptj", "gptj", "RoPE interleaved on 8 of 16, base 10000", "");
        row("models/llama3-rope", "llama", "RoPE half-split, base 500000, llama3 scaling", "");
        row("models/gemma2", "gemma2", "RoPE half-split, base 10000", "Ẽ is taken before the attention soft-cap of 5");
        row("models/olmo", "olmo", "RoPE half-split, base 10000",
            "Ẽ is taken after queries and keys are clamped to ±2");
        row("models/qwen3", "qwen3", "RoPE half-split, base 10000", "Ẽ is taken after the norms on queries and keys");
        row("models/mistral", "mistral", "RoPE half-split, base 10000", "Ẽ is over all keys, also in the 3 layers");
        row("models/gemma3", "gemma3",
            "RoPE half-split, base 10000 in 6 layers; RoPE half-split, base 1000000 in 1 layers",
            "Ẽ is over all keys, also in the 6 layers");
        row("models/smollm3", "smollm3", "RoPE half-split, base 2000000 in 2 layers; none in 2 layers", "");
        row("models/phi3-longrope", "phi3", "RoPE half-split, base 10000, longrope scaling",
            "the longrope rotation depends on the window's length: it changes above 16 tokens");
        row("gguf/gemma2-9b-style.gguf", "gemma2", "RoPE half-split, base 10000", "GGUF does not store the scale");
        row("gguf/gpt_neox.gguf", "gpt_neox", "RoPE half-split on 4 of 16, base 10000",
            "GGUF does not store the activation: exact GELU");
        row("gguf/starcoder2-full.gguf", "starcoder2", "RoPE half-split, base 10000",
            "GGUF leaves out the sliding window");
    }

    void facts() {
        QFETCH(QString, model);
        QFETCH(QString, family);
        QFETCH(QString, position);
        QFETCH(QString, note);
        const ModelInfo info = inspectModel(fs::path(RANKSCOPE_TEST_DATA) / model.toStdString());
        QCOMPARE(QString::fromStdString(info.family), family);
        QCOMPARE(QString::fromStdString(describePosition(info)), position);
        QCOMPARE(int(info.perLayer.size()), info.layers);
        const bool noted = std::ranges::any_of(
            info.notes, [&](const std::string& text) { return QString::fromStdString(text).startsWith(note); });
        QVERIFY2(note.isEmpty() ? info.notes.empty() : noted, qPrintable(QString::number(info.notes.size())));
        QVERIFY(info.missing.empty() && info.unexpected.empty() && info.misshapen.empty());
    }

    void factsPerLayer() {
        const ModelInfo gemma = inspectModel(models() / "gemma3");
        QCOMPARE(gemma.perLayer[0].window, 16);
        QCOMPARE(gemma.perLayer[0].rotation->base, 10000.0);
        QCOMPARE(gemma.perLayer[5].window, 0);
        QCOMPARE(gemma.perLayer[5].rotation->base, 1000000.0);
        const ModelInfo scaled = inspectModel(models() / "gpt2-scaled");
        QCOMPARE(scaled.perLayer[2].scale, 1 / std::sqrt(16.0) / 3);
        QVERIFY(!scaled.perLayer[2].rotation);
        const ModelInfo partial = inspectModel(models() / "gpt_neox");
        QCOMPARE(partial.perLayer[0].rotation->size, 4);
        QCOMPARE(partial.tensorTypes.at("F16"), 2 + 2 + 3 * 12);
    }

    void buffersAreNoParameters() {
        const ModelInfo plain = inspectModel(models() / "gpt2"), hub = inspectModel(models() / "gpt2-hub");
        QCOMPARE(hub.parameters, plain.parameters);
        // embedding, positions, final norm; per layer two norms, query-key-value, output, feed-forward, all with bias
        QCOMPARE(plain.parameters,
                 96 * 48 + 64 * 48 + 2 * 48 + 3 * (4 * 48 + 144 * 48 + 144 + 48 * 48 + 48 + 2 * 192 * 48 + 192 + 48));
    }

    // Phi-3.5 as published: the original context stands beside rope_scaling.
    void originalContextOutside() {
        json config = configOf("phi3-longrope");
        json scaling = config["rope_parameters"];
        for (const char* key : {"original_max_position_embeddings", "rope_theta", "partial_rotary_factor", "rope_type"})
            scaling.erase(key);
        scaling["type"] = "su";
        config.erase("rope_parameters");
        config["rope_scaling"] = scaling;
        const auto file = openWeightFile(folderWith("phi3-longrope", config));
        const auto rotation = readHyperparameters(*file).perLayer.front().rotation;
        QCOMPARE(rotation->originalContext, 16);
        QVERIFY(std::abs(rotation->amplitude - std::sqrt(1 + std::log(4.0) / std::log(16.0))) < 1e-12);
    }

    // Gemma 3 as published: the language model inside a larger one, most sizes left to their defaults.
    void wrappedModel() {
        json config = configOf("gemma3");
        config.erase("num_attention_heads");  // 4 here, 8 by default
        config["hidden_size"] = 48;
        const json outer{{"model_type", "gemma3"}, {"text_config", config}};
        const auto file = openWeightFile(folderWith("gemma3", outer));
        const Hyperparameters model = readHyperparameters(*file);
        QCOMPARE(model.heads, 8);
        QCOMPARE(model.layers, 7);
        QCOMPARE(model.architecture->id, std::string_view("gemma3"));
    }
};

QTEST_GUILESS_MAIN(TestModelFamilies)
#include "tst_model_families.moc"
