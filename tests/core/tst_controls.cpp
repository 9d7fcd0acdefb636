// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Weights of which nothing is learned are what their control says, in every family: matrices, gains and biases, each by
// itself; and what a session says of them.
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/analysis/analysis.h"
#include "core/analysis/controls.h"
#include "core/io/weight_file.h"
#include "core/model/hyperparameters.h"
#include "core/session_file/session_file.h"

using namespace rankscope;
namespace fs = std::filesystem;

namespace {

const fs::path data = RANKSCOPE_TEST_DATA;

struct Moments {
    double mean = 0, deviation = 0, rootMeanSquare = 0;
};

Moments momentsOf(const std::vector<float>& values, double offset = 0) {
    double sum = 0, squares = 0;
    for (const float value : values) {
        sum += value + offset;
        squares += (value + offset) * (value + offset);
    }
    const auto n = static_cast<double>(values.size());
    return {sum / n, std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n))), std::sqrt(squares / n)};
}

std::vector<float> valuesOf(const WeightFile& file, const TensorInfo& info) {
    std::vector<float> values(static_cast<std::size_t>(info.elements()));
    file.readAll(info, values);
    return values;
}

// By tests/data/make_initialisers.py.
const nlohmann::json& initialisers() {
    static const nlohmann::json document = nlohmann::json::parse(std::ifstream(data / "initialisers.json"));
    return document;
}

bool isBias(const TensorInfo& info) {
    return info.name.ends_with("bias");
}

bool isGain(const TensorInfo& info) {
    return !isBias(info) && (info.shape.size() < 2 || info.name.find("norm") != std::string::npos);
}

// Mask and frequency buffers that some checkpoints carry along: nobody computes with them.
bool isStray(const TensorInfo& info) {
    return std::ranges::any_of(strayBuffers(), [&](std::string_view end) { return info.name.ends_with(end); });
}

struct Untrained {
    std::unique_ptr<WeightFile> trained;
    Hyperparameters model;
    ChangedWeights changed;
};

Untrained untrained(const fs::path& path, Control control, const WeightChoice& choice = {}, std::uint64_t seed = 3) {
    Untrained result{openWeightFile(path), {}, {}};
    result.model = readHyperparameters(*result.trained);
    result.changed = controlInfo(control).changeWeights(openWeightFile(path), result.model, choice, seed);
    return result;
}

}  // namespace

class TestControls : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    static void modelRows() {
        QTest::addColumn<QString>("path");
        for (const char* folder : {"models", "gguf"})
            for (const auto& entry : fs::directory_iterator(data / folder))
                QTest::newRow((entry.path().filename().string() + " in " + folder).c_str())
                    << QString::fromStdString(entry.path().string());
    }

private Q_SLOTS:
    void randomWeights_data() { modelRows(); }

    // Every matrix its own deviation, every gain vector its root mean square, every bias 0.
    void randomWeights() {
        QFETCH(QString, path);
        const Untrained u = untrained(path.toStdString(), Control::randomWeights);
        for (const TensorInfo& info : u.trained->tensors()) {
            if (isStray(info))
                continue;
            const std::vector<float> before = valuesOf(*u.trained, info), after = valuesOf(*u.changed.file, info);
            const double offset = isGain(info) ? u.model.normGainOffset : 0;
            const Moments was = momentsOf(before, offset), is = momentsOf(after, offset);
            if (isBias(info)) {
                QCOMPARE(is.rootMeanSquare, 0.0);
            } else if (isGain(info)) {
                QVERIFY2(std::abs(is.rootMeanSquare - was.rootMeanSquare) <= 1e-5 * (1 + was.rootMeanSquare),
                         info.name.c_str());
                QVERIFY2(info.shape.size() > 1 || is.deviation <= 1e-3 * (1 + is.rootMeanSquare), info.name.c_str());
            } else {
                QVERIFY2(before != after || was.deviation == 0, info.name.c_str());
                const double spread = 5 / std::sqrt(2.0 * static_cast<double>(after.size()));
                QVERIFY2(std::abs(is.deviation - was.deviation) <= spread * was.deviation, info.name.c_str());
            }
        }
        QCOMPARE(u.changed.initialDeviation, 0.0);
    }

    void initialWeights_data() { modelRows(); }

    // Gaussian with the family's deviation, gains 1, biases 0.
    void initialWeights() {
        QFETCH(QString, path);
        const Untrained u = untrained(path.toStdString(), Control::initialWeights);
        const double deviation = u.changed.initialDeviation;
        const Initialisation& rule = u.model.architecture->initialisation;
        const bool isGguf = u.trained->naming() == NamingScheme::gguf;
        QCOMPARE(u.changed.deviationAssumed, isGguf);
        QVERIFY(!isGguf || deviation == rule.deviation);
        nlohmann::json ratios = nlohmann::json::object();
        if (!isGguf) {  // what transformers does
            const nlohmann::json reference = initialisers().at(fs::path(path.toStdString()).filename().string());
            QCOMPARE(rule.deviation, reference.at("deviation").get<double>());
            QCOMPARE(reference.at("largest_bias").get<double>(), 0.0);
            for (const double gain : reference.at("gains"))
                QCOMPARE(gain + u.model.normGainOffset, 1.0);
            ratios = reference.at("ratios");
        }
        for (const TensorInfo& info : u.trained->tensors()) {
            if (isStray(info))
                continue;
            const std::vector<float> after = valuesOf(*u.changed.file, info);
            const Moments is = momentsOf(after, isGain(info) ? u.model.normGainOffset : 0);
            if (isBias(info)) {
                QCOMPARE(is.rootMeanSquare, 0.0);
            } else if (isGain(info)) {
                QVERIFY2(std::abs(is.mean - 1) < 1e-6 && is.deviation < 1e-3, info.name.c_str());
            } else {
                const bool endsBranch = info.name.find("attn_output") != std::string::npos ||
                                        info.name.find("ffn_down") != std::string::npos;
                const bool shrinks = isGguf && rule.residualShrinks && endsBranch;
                const double ratio = shrinks ? 1 / std::sqrt(2.0 * u.model.layers)
                                             : ratios.value(info.name, ratios.value("transformer." + info.name, 1.0));
                const double expected = ratio * deviation;
                // Both were drawn.
                const double spread = 6 * std::sqrt(2.0) / std::sqrt(2.0 * static_cast<double>(after.size()));
                QVERIFY2(std::abs(is.deviation / expected - 1) <= spread, info.name.c_str());
            }
        }
    }

    void keepsWhatItIsTold_data() {
        QTest::addColumn<bool>("gains");
        QTest::addColumn<bool>("biases");
        QTest::newRow("gains") << true << false;
        QTest::newRow("biases") << false << true;
        QTest::newRow("both") << true << true;
    }

    void keepsWhatItIsTold() {
        QFETCH(bool, gains);
        QFETCH(bool, biases);
        for (const Control control : {Control::randomWeights, Control::initialWeights})
            for (const char* name : {"qwen2", "gpt2", "gemma3", "stablelm-qk"}) {
                const Untrained u =
                    untrained(data / "models" / name, control, {.keepGains = gains, .keepBiases = biases});
                for (const TensorInfo& info : u.trained->tensors())
                    if ((isGain(info) && gains) || (isBias(info) && biases))
                        QCOMPARE(valuesOf(*u.changed.file, info), valuesOf(*u.trained, info));
            }
    }

    // The choice goes before the model's own, which goes before the family's.
    void deviations() {
        const auto of = [](const char* model, const WeightChoice& choice = {}) {
            return untrained(data / model, Control::initialWeights, choice).changed;
        };
        QCOMPARE(of("models/opt").initialDeviation, 0.02);  // init_std
        QCOMPARE(of("models/llama", {.initialDeviation = 0.0417}).initialDeviation, 0.0417);
        QVERIFY(!of("gguf/llama.gguf", {.initialDeviation = 0.0417}).deviationAssumed);
        QCOMPARE(of("gguf/starcoder2-full.gguf").initialDeviation, 0.018042);
        const fs::path copy = fs::path(m_folder.path().toStdString()) / "llama";
        fs::copy(data / "models" / "llama", copy);
        fs::permissions(copy / "config.json", fs::perms::owner_write, fs::perm_options::add);
        std::ofstream(copy / "config.json", std::ios::trunc)
            << R"({"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,)"
            << R"("num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 96, "initializer_range": 0.3})";
        QCOMPARE(untrained(copy, Control::initialWeights).changed.initialDeviation, 0.3);
    }

    void rowsDependOnNothingElse() {
        const Untrained u = untrained(data / "models" / "llama", Control::randomWeights);
        const TensorInfo& info = *u.trained->find("model.layers.0.mlp.up_proj.weight");
        const std::vector<float> all = valuesOf(*u.changed.file, info);
        std::vector<float> row(static_cast<std::size_t>(info.rowLength()));
        u.changed.file->readRows(info, 5, 1, row);
        QVERIFY(std::equal(row.begin(), row.end(), all.begin() + 5 * info.rowLength()));
        const Untrained other = untrained(data / "models" / "llama", Control::randomWeights, {}, 4);
        QVERIFY(valuesOf(*other.changed.file, info) != all);
    }

    // A session says all that tells its control from another of the same name, also after it was saved.
    void sessionsSayWhatTheyAre() {
        AnalysisRequest request;
        const fs::path folder(m_folder.path().toStdString());
        request.model = data / "gguf" / "qwen2.gguf";
        request.tokens = folder / "tokens.json";
        std::ofstream(request.tokens) << "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]";
        request.window = {.length = 16, .windows = 1};
        request.control = Control::initialWeights;
        bool agrees = true;  // in the file and in memory, in the label and in the warnings
        const auto label = [&] {
            const SessionPointer session = analyze(request, JobContext());
            saveSession(*session, folder / "control.h5");
            const SessionPointer read = openSession(folder / "control.h5");
            const auto assumed = [](const std::string& w) { return w.find("is assumed to be 0.02") != w.npos; };
            agrees = agrees && controlLabel(read->corpus) == controlLabel(session->corpus) &&
                     std::ranges::any_of(read->run.warnings, assumed) == read->corpus.deviationAssumed;
            return controlLabel(read->corpus);
        };
        QCOMPARE(label(), std::string("weights as before training, standard deviation 0.02 (assumed)"));
        request.weights.initialDeviation = 0.0417;
        QCOMPARE(label(), std::string("weights as before training, standard deviation 0.0417"));
        request.weights.keepGains = true;
        QCOMPARE(label(), std::string("initial matrices, trained gains, standard deviation 0.0417"));
        request.weights = {};
        request.control = Control::randomWeights;
        QCOMPARE(label(), std::string("random weights"));
        request.weights = {.keepGains = true, .keepBiases = true};
        QCOMPARE(label(), std::string("random matrices, trained gains and biases"));
        QVERIFY(agrees);
        QCOMPARE(controlId({.control = "random-weights", .kept = "gains,biases"}),
                 std::string("random-weights (gains,biases as trained)"));
        const WeightChoice choice = choiceOf({.control = "random-weights", .kept = "gains,biases"});
        QVERIFY(choice.keepGains && choice.keepBiases && !choice.initialDeviation);
    }
};

QTEST_GUILESS_MAIN(TestControls)
#include "tst_controls.moc"
