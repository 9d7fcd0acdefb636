// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keys that can change a number are heeded, refused by name, or named in a warning; published files give no warning.
#include <QtTest>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/model/hyperparameters.h"
#include "core/model/model_info.h"
#include "core/text/formats/open_tokenizer.h"
#include "tests/core/metadata_only.h"

using namespace rankscope;
using nlohmann::json;
using rankscope::test::MetadataOnly;
namespace fs = std::filesystem;

namespace {

json parsed(const QString& text) {
    return json::parse(text.toStdString());
}

json testModel(const std::string& name) {
    std::ifstream file(fs::path(RANKSCOPE_TEST_DATA) / "models" / name / "config.json");
    return json::parse(file);
}

// What every GGUF file of a family states, for a model of eight layers.
json ggufPairs(const std::string& family) {
    json pairs{{"general.architecture", family}};
    const json values{{"block_count", 8},          {"embedding_length", 16}, {"feed_forward_length", 32},
                      {"attention.head_count", 2}, {"context_length", 64},   {"attention.layer_norm_rms_epsilon", 1e-6},
                      {"rope.freq_base", 500000.0}};
    for (const auto& [key, value] : values.items())
        pairs[family + "." + key] = value;
    return pairs;
}

Hyperparameters read(const json& metadata) {
    const bool gguf = metadata.contains("general.architecture");
    return readHyperparameters(MetadataOnly(metadata, gguf ? NamingScheme::gguf : NamingScheme::huggingFace));
}

// The warnings, one per line; an Error as it is shown.
QString warningsOf(const json& metadata) {
    try {
        QStringList lines;
        for (const std::string& line : read(metadata).warnings)
            lines << QString::fromStdString(line);
        return lines.join('\n');
    } catch (const Error& error) {
        return QString::fromStdString(error.what());
    }
}

// `expected`: a part of the warnings; empty: there are none.
void requireWarning(const json& metadata, const QString& expected) {
    const QString warnings = warningsOf(metadata);
    if (expected.isEmpty())
        QCOMPARE(warnings, QString());
    else
        QVERIFY2(warnings.contains(expected), qPrintable(warnings));
}

QString windowsOf(const Hyperparameters& model) {
    QStringList windows;
    for (const LayerHyperparameters& layer : model.perLayer)
        windows << QString::number(layer.window);
    return windows.join(' ');
}

}  // namespace

class TestPassedOver : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTestModelIsHeeded_data() {
        QTest::addColumn<QString>("path");
        const fs::path data(RANKSCOPE_TEST_DATA);
        for (const char* folder : {"models", "gguf"})
            for (const auto& entry : fs::directory_iterator(data / folder))
                QTest::newRow(entry.path().filename().c_str()) << QString::fromStdString(entry.path().string());
        if (const QString model = qEnvironmentVariable("RANKSCOPE_SMOLLM2"); !model.isEmpty())
            QTest::newRow("SmolLM2") << model;
    }
    void everyTestModelIsHeeded() {
        QFETCH(QString, path);
        QCOMPARE(inspectModel(path.toStdString()).warnings, std::vector<std::string>());
        if (QString(QTest::currentDataTag()) == "SmolLM2")
            QCOMPARE(openTokenizer(path.toStdString())->notes(), std::vector<std::string>());
    }

    // The keys of config.json files as their authors have published them.
    void publishedConfigsAreHeeded_data() {
        QTest::addColumn<QString>("config");
        std::ifstream file(fs::path(RANKSCOPE_TEST_DATA) / "published-configs.json");
        const json configs = json::parse(file);
        for (const auto& [name, config] : configs.items())
            QTest::newRow(name.c_str()) << QString::fromStdString(config.dump());
    }
    void publishedConfigsAreHeeded() {
        QFETCH(QString, config);
        QCOMPARE(warningsOf(parsed(config)), QString());
    }

    // `patch` is merged into the configuration of a test model.
    void isNamed_data();
    void isNamed() {
        QFETCH(QString, model);
        QFETCH(QString, patch);
        QFETCH(QString, expected);
        json config = testModel(model.toStdString());
        config.merge_patch(parsed(patch));
        requireWarning(config, expected);
    }

    void ggufKeys_data();
    void ggufKeys() {
        QFETCH(QString, family);
        QFETCH(QString, patch);
        QFETCH(QString, expected);
        json pairs = ggufPairs(family.toStdString());
        pairs.update(parsed(patch));
        requireWarning(pairs, expected);
    }

    void rotationBaseInEitherPlace_data() {
        QTest::addColumn<QString>("inside");
        QTest::addColumn<QString>("beside");
        QTest::newRow("default") << R"({"rope_scaling": {"rope_type": "default", "rope_theta": 500000.0}})"
                                 << R"({"rope_theta": 500000.0})";
        QTest::newRow("older name of the type")
            << R"({"rope_scaling": {"type": "linear", "factor": 4.0, "rope_theta": 500000.0}})"
            << R"({"rope_scaling": {"type": "linear", "factor": 4.0}, "rope_theta": 500000.0})";
        QTest::newRow("without a type") << R"({"rope_scaling": {"rope_theta": 500000.0}})"
                                        << R"({"rope_theta": 500000.0})";
        QTest::newRow("Llama 3")
            << R"({"rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                   "high_freq_factor": 4.0, "original_max_position_embeddings": 64, "rope_theta": 500000.0}})"
            << R"({"rope_parameters": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                   "high_freq_factor": 4.0, "original_max_position_embeddings": 64, "rope_theta": 500000.0}})";
        QTest::newRow("original context beside")
            << R"({"rope_scaling": {"rope_type": "yarn", "factor": 4.0, "rope_theta": 500000.0},
                   "original_max_position_embeddings": 64})"
            << R"({"rope_scaling": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64},
                   "rope_theta": 500000.0})";
    }
    void rotationBaseInEitherPlace() {
        QFETCH(QString, inside);
        QFETCH(QString, beside);
        json config = testModel("llama");
        config.erase("rope_parameters");
        config.erase("rope_theta");
        json first = config, second = config;
        first.update(parsed(inside));
        second.update(parsed(beside));
        const Hyperparameters one = read(first), other = read(second);
        QCOMPARE(one.perLayer.front().rotation->base, 500000.0);
        QCOMPARE(one.perLayer.front().rotation->frequencies, other.perLayer.front().rotation->frequencies);
        QCOMPARE(one.perLayer.front().rotation->amplitude, other.perLayer.front().rotation->amplitude);
        QCOMPARE(one.warnings, std::vector<std::string>());
    }

    void rotationBasesThatDisagree() {
        json config = testModel("llama");
        config.erase("rope_parameters");
        config["rope_theta"] = 10000.0;
        config["rope_scaling"] = {{"rope_type", "default"}, {"rope_theta", 500000.0}};
        QCOMPARE(warningsOf(config),
                 QString("model/config.json: rope_theta: expected 500000.0 as in rope_scaling, found 10000.0"));
    }

    void windowsOfGguf_data() {
        QTest::addColumn<QString>("family");
        QTest::addColumn<QString>("patch");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* what, const char* family, const char* patch, const char* windows) {
            QTest::newRow(what) << family << patch << windows;
        };
        row("OLMo 2", "olmo2", "{}", "0 0 0 0 0 0 0 0");
        row("Olmo 3, as converters write it", "olmo2",
            R"({"olmo2.attention.sliding_window": 4,
                "olmo2.attention.sliding_window_pattern": [true, true, true, false, true, true, true, false]})",
            "4 4 4 0 4 4 4 0");
        row("Olmo 3 without the pattern", "olmo2", R"({"olmo2.attention.sliding_window": 4})", "4 4 4 0 4 4 4 0");
        row("a period", "olmo2",
            R"({"olmo2.attention.sliding_window": 4, "olmo2.attention.sliding_window_pattern": 2})", "4 0 4 0 4 0 4 0");
        row("other layers", "olmo2",
            R"({"olmo2.attention.sliding_window": 4,
                "olmo2.attention.sliding_window_pattern": [0, 0, 0, 0, 1, 1, 1, 1]})",
            "0 0 0 0 4 4 4 4");
        row("Gemma 3 with a period", "gemma3",
            R"({"gemma3.attention.sliding_window": 4, "gemma3.attention.sliding_window_pattern": 4})",
            "4 4 4 0 4 4 4 0");
        row("Gemma 3 without", "gemma3", R"({"gemma3.attention.sliding_window": 4})", "4 4 4 4 4 0 4 4");
    }
    void windowsOfGguf() {
        QFETCH(QString, family);
        QFETCH(QString, patch);
        QFETCH(QString, expected);
        json pairs = ggufPairs(family.toStdString());
        pairs.update(parsed(patch));
        const Hyperparameters model = read(pairs);
        QCOMPARE(windowsOf(model), expected);
        QCOMPARE(model.warnings, std::vector<std::string>());
    }

    // YaRN only in the layers without a window.
    void rotationOfOlmo3() {
        json pairs = ggufPairs("olmo2");
        pairs.update(parsed(R"({"olmo2.attention.sliding_window": 4, "olmo2.rope.scaling.type": "yarn",
                                "olmo2.rope.scaling.factor": 8.0, "olmo2.rope.scaling.original_context_length": 64})"));
        const Hyperparameters model = read(pairs);
        const Rotation& local = *model.perLayer[0].rotation;
        const Rotation& full = *model.perLayer[3].rotation;
        QCOMPARE(local.scaling, std::string("default"));
        QCOMPARE(local.amplitude, 1.0);
        QCOMPARE(local.base, 500000.0);
        QCOMPARE(full.scaling, std::string("yarn"));
        QVERIFY(qAbs(full.amplitude - 1.2079441541679836) < 1e-12);
        QVERIFY(local.frequencies.back() > full.frequencies.back());
    }

    void factorWithoutTypeIsLinearInGguf() {
        json pairs = ggufPairs("llama");
        pairs["llama.rope.scaling.factor"] = 4.0;
        const Hyperparameters model = read(pairs);
        QCOMPARE(model.perLayer.front().rotation->scaling, std::string("linear"));
        QCOMPARE(model.perLayer.front().rotation->frequencies.front(), 0.25);
        QCOMPARE(model.warnings, std::vector<std::string>());
    }

    void windowThatGemma2DoesNotState() {
        json pairs = ggufPairs("gemma2");
        pairs.update(parsed(R"({"gemma2.attn_logit_softcapping": 50.0, "gemma2.final_logit_softcapping": 30.0})"));
        const Hyperparameters model = read(pairs);
        QCOMPARE(windowsOf(model), QString("4096 0 4096 0 4096 0 4096 0"));
        QVERIFY(std::ranges::any_of(model.notes, [](const std::string& note) {
            return note.find("does not state the sliding window") != std::string::npos;
        }));
    }

    void graniteWithoutRotation() {
        json pairs = ggufPairs("granite");
        pairs["granite.rope.scaling.finetuned"] = false;
        QVERIFY(!read(pairs).perLayer.front().rotation);
        pairs["granite.rope.scaling.finetuned"] = true;
        QVERIFY(read(pairs).perLayer.front().rotation);
    }
};

void TestPassedOver::isNamed_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("patch");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* what, const char* model, const char* patch, const char* expected) {
        QTest::newRow(what) << model << patch << expected;
    };
    row("nothing", "llama", "{}", "");
    row("training", "llama", R"({"attention_dropout": 0.3, "neftune_noise_alpha": 5, "initializer_range": 0.1})", "");
    row("unknown key", "llama", R"({"frobnicate": true})", "config.json: frobnicate = true is not heeded");
    row("unknown key that is off", "llama", R"({"frobnicate": false})", "frobnicate = false");
    row("null says nothing", "llama", R"({"frobnicate": null, "pruned_heads": {}})", "");
    row("pruned heads", "llama", R"({"pruned_heads": {"0": [1]}})", "pruned_heads");
    // Attention that looks both ways.
    for (const char* patch :
         {R"({"is_causal": false})", R"({"causal": false})", R"({"bidirectional": true})", R"({"is_causal": 0})",
          R"({"use_bidirectional_attention": true})", R"({"use_bidirectional_attention": "all"})",
          R"({"use_causal_mask": "false"})", R"({"attn_config": {"causal": false}})", R"({"prefix_lm": true})"})
        row(patch, "llama", patch, "(a causal model), found");
    row("causal after all", "llama", R"({"is_causal": true, "use_bidirectional_attention": false})", "");
    row("part for text in a family without parts", "llama", R"({"text_config": {"hidden_size": 9}})", "text_config");
    row("class of two-way models", "llama", R"({"architectures": ["LlamaBidirectionalModel"]})", "architectures");
    row("mask of another kind", "llama", R"({"attention_type": "bidirectional"})", "attention_type");
    // Rotation.
    row("factor without a type", "llama", R"({"rope_parameters": null, "rope_scaling": {"factor": 8}})",
        "rope_scaling.factor = 8 is not heeded");
    row("factor without a type, newer", "llama",
        R"({"rope_parameters": {"rope_theta": 10000.0, "rope_type": null, "factor": 8}})",
        "rope_parameters.factor = 8");
    row("factor of the default type", "llama", R"({"rope_parameters": {"rope_type": "default", "factor": 2.0}})",
        "rope_parameters.factor");
    row("two types", "llama-linear-rope", R"({"rope_parameters": {"type": "yarn"}})", "rope_parameters.type");
    row("two types, as people wrote for Llama 3.1", "llama3-rope", R"({"rope_parameters": {"type": "yarn"}})",
        "rope_parameters.type = \"yarn\" is not heeded");
    row("the same type twice", "llama-linear-rope", R"({"rope_parameters": {"type": "linear"}})", "");
    row("YaRN's attn_factor of other programs", "qwen2-yarn", R"({"rope_parameters": {"attn_factor": 0.5}})",
        "rope_parameters.attn_factor");
    row("YaRN's extrapolation_factor", "qwen2-yarn", R"({"rope_parameters": {"extrapolation_factor": 2.0}})",
        "rope_parameters.extrapolation_factor");
    row("mscale alone", "qwen2-yarn", R"({"rope_parameters": {"mscale": 0.707}})", "rope_parameters.mscale");
    row("both mscales", "qwen2-yarn", R"({"rope_parameters": {"mscale": 0.707, "mscale_all_dim": 0.707}})", "");
    row("finetuned, as YaRN's authors write", "qwen2-yarn", R"({"rope_parameters": {"finetuned": true}})", "");
    row("temperature on queries", "qwen2-yarn", R"({"rope_parameters": {"llama_4_scaling_beta": 0.1}})",
        "llama_4_scaling_beta");
    row("alpha of dynamic rotation", "llama-dynamic-rope", R"({"rope_parameters": {"alpha": 1000.0}})",
        "rope_parameters.alpha");
    row("scales of LongRoPE", "phi3-longrope", R"({"rope_parameters": {"long_mscale": 1.24}})",
        "rope_parameters.long_mscale");
    row("attention factor of a rule without one", "llama-linear-rope",
        R"({"rope_parameters": {"attention_factor": 1.2}})", "rope_parameters.attention_factor");
    row("interleaved pairs", "llama", R"({"rope_interleaved": true})", "rope_interleaved");
    row("original contexts that disagree", "qwen2-yarn", R"({"original_max_position_embeddings": 77})",
        "original_max_position_embeddings: expected");
    // Switches and scales of other families.
    row("window where none is read", "llama", R"({"sliding_window": 16})", "sliding_window = 16");
    row("layer kinds where none are read", "llama", R"({"layer_types": ["full_attention", "sliding_attention"]})",
        "layer_types");
    row("layer kinds that say nothing", "llama", R"({"layer_types": ["full_attention", "full_attention"]})", "");
    row("window that is switched off", "qwen2", R"({"use_sliding_window": false, "sliding_window": 4096})", "");
    row("soft-cap", "llama", R"({"final_logit_softcapping": 30.0})", "final_logit_softcapping");
    row("residual multiplier", "llama", R"({"residual_multiplier": 0.22})", "residual_multiplier");
    row("residual multiplier of one", "llama", R"({"residual_multiplier": 1.0})", "");
    row("embedding multiplier", "qwen2", R"({"embedding_multiplier": 12})", "embedding_multiplier");
    row("norms on queries", "llama", R"({"use_qk_norm": true})", "use_qk_norm");
    row("bias of the head", "phi3", R"({"lm_head_bias": true})", "lm_head_bias");
    row("parallel layers", "llama", R"({"use_parallel_residual": true})", "use_parallel_residual");
    row("layers that predict ahead", "llama", R"({"num_nextn_predict_layers": 1})", "num_nextn_predict_layers");
    row("width multipliers", "llama", R"({"mup_scale_emb": 12.0})", "mup_scale_emb");
    row("activation that the family does not read", "gemma", R"({"hidden_act": "silu"})", "hidden_act");
    row("unknown activation", "llama", R"({"hidden_act": "relu2"})", "hidden_act: expected");
    row("scale of the logits", "llama", R"({"logit_scale": 0.25})", "logit_scale");
    row("configuration per layer", "llama", R"({"per_layer_config": {"0": {"num_attention_heads": 2}}})",
        "per_layer_config: expected none");
    row("kinds of layers beside their list", "gpt_neo", R"({"attention_layers": ["local", "local", "local", "local"]})",
        "attention_layers: expected the layers that attention_types lists");
    row("key heads that old Falcons have none of", "falcon-multi-query", R"({"num_kv_heads": 2})", "");
    row("key heads that must be all", "falcon-alibi", R"({"num_kv_heads": 2})",
        "num_kv_heads: expected 4 without multi_query, found 2");
    row("two windows", "gemma2", R"({"sliding_window_size": 8})", "sliding_window_size: expected 16");
}

void TestPassedOver::ggufKeys_data() {
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("patch");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* what, const char* family, const char* patch, const char* expected) {
        QTest::newRow(what) << family << patch << expected;
    };
    row("nothing", "llama", R"({"general.name": "x", "general.quantization_version": 2, "quantize.imatrix.file": "x",
                               "llama.rope.dimension_count": 8, "llama.attention.key_length": 8,
                               "llama.attention.value_length": 8, "llama.vocab_size": 32})",
        "");
    row("unknown", "llama", R"({"llama.frobnicate": 3})", "llama.frobnicate = 3 is not heeded");
    row("of another family", "llama", R"({"qwen2.rope.freq_base": 1e6})", "qwen2.rope.freq_base");
    row("scale", "llama", R"({"llama.attention.scale": 0.5})", "llama.attention.scale");
    row("scale that is not set", "llama", R"({"llama.attention.scale": 0.0})", "");
    row("logit scale", "qwen2", R"({"qwen2.logit_scale": 0.5})", "qwen2.logit_scale");
    row("soft-cap", "llama", R"({"llama.final_logit_softcapping": 30.0})", "llama.final_logit_softcapping");
    row("window", "llama", R"({"llama.attention.sliding_window": 4096})", "llama.attention.sliding_window");
    row("sections", "qwen2", R"({"qwen2.rope.dimension_sections": [2, 1, 1, 0]})", "dimension_sections");
    row("pooling", "qwen3", R"({"qwen3.pooling_type": 3})", "qwen3.pooling_type");
    row("no pooling", "qwen3", R"({"qwen3.pooling_type": 0})", "");
    row("another norm's epsilon", "llama", R"({"llama.attention.layer_norm_epsilon": 1e-3})", "layer_norm_epsilon");
    row("latent sizes", "llama", R"({"llama.attention.key_length_mla": 8})", "key_length_mla");
    row("both ways", "llama", R"({"llama.attention.causal": false})", "llama.attention.causal: expected true");
    row("factor of no scaling", "llama", R"({"llama.rope.scaling.type": "none", "llama.rope.scaling.factor": 4.0})",
        "llama.rope.scaling.factor");
    row("extrapolation", "llama", R"({"llama.rope.scaling.type": "yarn", "llama.rope.scaling.factor": 4.0,
                                      "llama.rope.scaling.yarn_ext_factor": 0.5})",
        "yarn_ext_factor");
    row("extrapolation for the factor", "llama", R"({"llama.rope.scaling.type": "yarn",
        "llama.rope.scaling.factor": 64.0, "llama.rope.scaling.yarn_ext_factor": 64.0})",
        "yarn_ext_factor = 64.0");
    row("extrapolation as it is", "llama", R"({"llama.rope.scaling.type": "yarn", "llama.rope.scaling.factor": 64.0,
        "llama.rope.scaling.yarn_ext_factor": 1.0})",
        "");
    row("YaRN's own context", "llama", R"({"llama.rope.scaling.type": "yarn", "llama.rope.scaling.factor": 4.0})", "");
    row("two factors", "olmo2", R"({"olmo2.rope.scaling.type": "yarn", "olmo2.rope.scaling.factor": 8.0,
                                    "olmo2.rope.scaling.attn_factor": 1.2079})",
        "times YaRN's own factor");
    row("another base in windows", "olmo2", R"({"olmo2.attention.sliding_window": 4, "olmo2.rope.freq_base_swa": 1e4})",
        "olmo2.rope.freq_base_swa");
    row("layers that predict ahead", "qwen3", R"({"qwen3.nextn_predict_layers": 1})", "nextn_predict_layers");
}

QTEST_GUILESS_MAIN(TestPassedOver)
#include "tst_passed_over.moc"
