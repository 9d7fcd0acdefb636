// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The forward pass and the spectra against numbers that transformers computed in float64 from the same weights:
// tests/data/models and tests/data/gguf (make_reference.py), and SmolLM2-135M (make_real_reference.py).
// Tolerances are the accuracy contract: σ of the field within 1e-3 · σ_1, of the interaction within 1e-6 · σ_1, logits
// within 1e-3 of the largest, k90 equal unless the cumulative share is within the tolerance of 90 %.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/analysis/analysis.h"
#include "core/forward/transformer.h"
#include "core/io/weight_file.h"
#include "core/session/head_quantity.h"
#include "tests/reference_file.h"

using namespace rankscope;
using rankscope::test::ReferenceFile;
namespace fs = std::filesystem;

namespace {

struct Captured {
    std::vector<float> query, key;  // [heads, tokens, headSize] of window 0
    std::vector<double> keyBias;    // [heads, tokens], or empty
    double scale = 0;
};

std::vector<float> byHead(std::span<const float> values, int tokens, int heads, int size) {
    std::vector<float> result(std::size_t(tokens) * heads * size);
    for (int t = 0; t < tokens; ++t)
        for (int h = 0; h < heads; ++h)
            std::copy_n(values.begin() + (std::size_t(t) * heads + h) * size, size,
                        result.begin() + (std::size_t(h) * tokens + t) * size);
    return result;
}

// [heads, tokens], each head without its mean: a constant per row makes no difference to a field.
std::vector<double> centred(std::vector<double> values, int tokens) {
    for (auto head = values.begin(); head != values.end(); head += tokens) {
        const double mean = std::accumulate(head, head + tokens, 0.0) / tokens;
        std::for_each(head, head + tokens, [&](double& value) { value -= mean; });
    }
    return values;
}

double largest(std::span<const float> values) {
    double result = 0;
    for (const float value : values)
        result = std::max(result, std::abs(double(value)));
    return result;
}

template <typename A, typename B>
double worstDifference(const A& a, const B& b) {
    double result = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        result = std::max(result, std::abs(double(a[i]) - double(b[i])));
    return result;
}

// Whether the share of `k` or `k - 1` components is so near 90 % that `tolerance` may decide.
bool onTheEdge(std::span<const double> sigma, int a, int b, double tolerance) {
    const double total = std::inner_product(sigma.begin(), sigma.end(), sigma.begin(), 0.0);
    double sum = 0;
    for (int r = 1; r < std::max(a, b); ++r) {
        sum += sigma[r - 1] * sigma[r - 1];
        if (r >= std::min(a, b) && std::abs(sum / total - 0.9) > tolerance)
            return false;
    }
    return std::abs(a - b) <= 1;
}

struct SpectraDifference {
    double worst = 0;        // of σ, in units of σ_1
    int differentRanks = 0;  // heads whose k90 differs and is not on the edge
    int edgeRanks = 0;
};

// `reference` [layers, heads, components] against the session's variant in window 0.
SpectraDifference compareSpectra(const Session& session, Variant variant, int heads,
                                 const std::vector<double>& reference, const std::vector<std::int32_t>& ranks,
                                 double tolerance) {
    SpectraDifference result;
    const std::size_t components = reference.size() / (std::size_t(session.model.layers) * heads);
    for (int layer = 0; layer < session.model.layers; ++layer) {
        const LayerSpectra* spectra = session.layers[layer]->find(variant);
        for (int head = 0; head < heads; ++head) {
            const std::size_t index = std::size_t(layer) * heads + head;
            const std::span<const double> truth(reference.data() + index * components, components);
            const SpectrumView found = spectra->at(head, 0);
            const std::size_t common = std::min(components, found.sigma.size());
            for (std::size_t i = 0; i < common; ++i)
                result.worst = std::max(result.worst, std::abs(found.sigma[i] - truth[i]) / truth[0]);
            const int rank = static_cast<int>(thresholdRank(found, 0.9));
            if (rank == ranks[index])
                continue;
            const bool edge = onTheEdge(truth, rank, ranks[index], tolerance);
            ++(edge ? result.edgeRanks : result.differentRanks);
        }
    }
    return result;
}

// A folder like `source` whose config.json is `config`: the legacy spelling of the same model.
void makeVariantFolder(const fs::path& source, const fs::path& config, const fs::path& target) {
    fs::create_directories(target);
    for (const auto& entry : fs::directory_iterator(source))
        if (entry.path().extension() == ".safetensors" || entry.path().filename() == "model.safetensors.index.json")
            fs::copy_file(entry.path(), target / entry.path().filename(), fs::copy_options::overwrite_existing);
    fs::copy_file(config, target / "config.json", fs::copy_options::overwrite_existing);
}

}  // namespace

class TestReferenceModels : public QObject {
    Q_OBJECT

private:
    static fs::path data() { return RANKSCOPE_TEST_DATA; }
    QTemporaryDir m_folder;

private Q_SLOTS:
    // Every folder of tests/data/models with both spellings of its configuration, and every file of tests/data/gguf.
    void tinyModels_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("reference");
        const auto folders = entriesOf(data() / "models");
        QVERIFY(folders.size() >= 59);
        for (const fs::path& folder : folders) {
            const std::string name = folder.filename().string();
            const QString reference = QString::fromStdString((folder / "reference.h5").string());
            QTest::newRow(name.c_str()) << QString::fromStdString(folder.string()) << reference;
            if (!fs::exists(folder / "config.legacy.json"))
                continue;
            const fs::path legacy = fs::path(m_folder.path().toStdString()) / name;
            makeVariantFolder(folder, folder / "config.legacy.json", legacy);
            QTest::addRow("%s, legacy config", name.c_str()) << QString::fromStdString(legacy.string()) << reference;
        }
        const auto files = entriesOf(data() / "gguf");
        QVERIFY(files.size() >= 30);
        for (const fs::path& file : files) {
            const fs::path reference = data() / "models" / file.stem() / "reference.h5";
            QTest::newRow(file.filename().c_str())
                << QString::fromStdString(file.string()) << QString::fromStdString(reference.string());
        }
    }

    void tinyModels() {
        QFETCH(QString, model);
        QFETCH(QString, reference);
        try {
            compareModel(model, reference);
        } catch (const Error& error) {
            QFAIL(error.what());
        }
    }

    void compareModel(const QString& model, const QString& reference) {
        const ReferenceFile truth(reference.toStdString());
        const auto file = openWeightFile(model.toStdString());
        const Hyperparameters parameters = readHyperparameters(*file);
        const WeightReader reader(*file, parameters);
        const TensorCheck check = reader.check();
        QCOMPARE(check.missing, std::vector<std::string>());
        QCOMPARE(check.unexpected, std::vector<std::string>());
        QCOMPARE(check.misshapen, std::vector<std::string>());
        const auto tokens = truth.values<std::int32_t>("tokens");
        const int length = static_cast<int>(tokens.size());
        std::vector<Captured> layers;
        const ForwardResult forward = runForward(
            reader, parameters,
            {.tokens = tokens, .windows = 1, .length = length, .logits = true, .lastLayer = LayerIndex(0)},
            [&](const LayerCapture& capture) {
                layers.push_back({byHead(capture.query, length, capture.heads, capture.headSize),
                                  byHead(capture.key, length, capture.kvHeads, capture.headSize),
                                  {capture.keyBias.begin(), capture.keyBias.end()},
                                  capture.scale});
            },
            JobContext());
        QCOMPARE(int(layers.size()), parameters.layers);
        for (int layer = 0; layer < parameters.layers; ++layer)
            compareLayer(layers[layer], truth, layer, length);
        const auto logits = truth.values<float>("logits");
        QCOMPARE(forward.logits.size(), logits.size());
        const double difference = worstDifference(forward.logits, logits) / largest(logits);
        QVERIFY2(difference < 1e-3, qPrintable(QString("logits differ by %1").arg(difference)));
        compareAnalysis(model, truth, tokens);
    }

    void compareLayer(Captured found, const ReferenceFile& truth, int layer, int length) {
        const std::string group = "layer_" + std::to_string(layer);
        const auto query = truth.values<float>(group + "/query"), key = truth.values<float>(group + "/key");
        const double scale = truth.attribute(group, "scale");
        QCOMPARE(found.query.size(), query.size());
        QCOMPARE(found.key.size(), key.size());
        if (scale == 1 && found.scale != 1)  // some of the reference's models multiply the queries by the scale first
            for (float& value : found.query)
                value *= float(found.scale);
        else
            QVERIFY2(std::abs(found.scale - scale) < 1e-7 * scale,
                     qPrintable(QString("scale %1, expected %2").arg(found.scale).arg(scale)));
        const auto verify = [&](const char* name, double difference) {
            QVERIFY2(difference < 1e-4,
                     qPrintable(QString("layer %1 %2 differs by %3").arg(layer).arg(name).arg(difference)));
        };
        verify("query", worstDifference(found.query, query) / largest(query));
        verify("key", worstDifference(found.key, key) / largest(key));
        const auto bias = truth.values<double>(group + "/key_bias");
        QCOMPARE(found.keyBias.size(), bias.size());
        if (!bias.empty())
            verify("bias", worstDifference(centred(found.keyBias, length), centred(bias, length)));
    }

    void compareAnalysis(const QString& model, const ReferenceFile& truth, const std::vector<std::int32_t>& tokens) {
        const fs::path list = fs::path(m_folder.path().toStdString()) / "tokens.json";
        std::ofstream(list) << tokensAsJson(tokens);
        AnalysisRequest request;
        request.model = model.toStdString();
        request.tokens = list;
        request.window = {.length = static_cast<int>(tokens.size()), .windows = 1};
        const SessionPointer session = analyze(request, JobContext());
        QVERIFY(session->complete());
        const auto field = truth.values<double>("field/singular_values");
        const auto interaction = truth.values<double>("interaction/singular_values");
        const SpectraDifference fields = compareSpectra(*session, Variant::field, session->model.heads, field,
                                                        truth.values<std::int32_t>("field/k90"), 2e-3);
        const SpectraDifference weights =
            compareSpectra(*session, Variant::interaction, session->model.heads, interaction,
                           truth.values<std::int32_t>("interaction/k90"), 1e-6);
        qInfo("σ within %.1e (field) and %.1e (interaction) of σ_1", fields.worst, weights.worst);
        QVERIFY(fields.worst < 1e-3);
        QVERIFY(weights.worst < 1e-6);
        QCOMPARE(fields.differentRanks, 0);
        QCOMPARE(weights.differentRanks, 0);
        compareWithoutPositionBias(*session, truth);
    }

    // Σσ² of the field without the bias per key is ‖s·Q K̃ᵀ‖², summed here element by element.
    void compareWithoutPositionBias(const Session& session, const ReferenceFile& truth) {
        const bool biased = truth.has("layer_0/key_bias");
        QCOMPARE(session.has(Variant::fieldWithoutPositionBias), biased);
        for (int layer = 0; biased && layer < session.model.layers; ++layer) {
            const std::string group = "layer_" + std::to_string(layer);
            const auto query = truth.values<float>(group + "/query"), key = truth.values<float>(group + "/key");
            const std::size_t size = session.model.headSize, tokens = session.corpus.tokens.size();
            for (int head = 0; head < session.model.heads; ++head) {
                double energy = 0;
                for (std::size_t i = 0; i < tokens; ++i) {
                    std::vector<double> row(tokens);
                    for (std::size_t j = 0; j < tokens; ++j)
                        row[j] = std::inner_product(&query[(head * tokens + i) * size],
                                                    &query[(head * tokens + i) * size] + size,
                                                    &key[(head * tokens + j) * size], 0.0);
                    for (const double value : centred(row, int(tokens)))
                        energy += value * value;
                }
                energy *= std::pow(truth.attribute(group, "scale"), 2);
                const SpectrumView found = session.layers[layer]->find(Variant::fieldWithoutPositionBias)->at(head, 0);
                QCOMPARE(found.sigma.size(), size);
                const double sum = std::inner_product(found.sigma.begin(), found.sigma.end(), found.sigma.begin(), 0.0);
                QVERIFY(std::abs(sum - energy) < 1e-3 * energy);
                QCOMPARE(session.layers[layer]->find(Variant::field)->at(head, 0).sigma.size(), size + 1);
            }
        }
    }

    void smolLm2_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<double>("tolerance");
        QTest::newRow("field") << "field" << 1e-3;
        QTest::newRow("field_before_rotation") << "field_before_rotation" << 1e-3;
        QTest::newRow("field_without_first_key") << "field_without_first_key" << 1e-3;
        QTest::newRow("interaction") << "interaction" << 1e-6;
        QTest::newRow("interaction_norm_folded") << "interaction_norm_folded" << 1e-6;
        QTest::newRow("kv_field") << "kv_field" << 1e-3;
        QTest::newRow("kv_interaction") << "kv_interaction" << 1e-6;
    }

    void smolLm2() {
        if (qEnvironmentVariableIsEmpty("RANKSCOPE_SMOLLM2"))
            QSKIP("set RANKSCOPE_SMOLLM2 to the SmolLM2 .gguf file");
        QFETCH(QString, variant);
        QFETCH(double, tolerance);
        const ReferenceFile truth((data() / "smollm2-wikitext-512.h5").string());
        const SessionPointer session = smolLm2Session();
        const Variant id = *variantFromId(variant.toStdString());
        const int heads = variantInfo(id).perKvHead ? session->model.kvHeads : session->model.heads;
        const std::string group = variant.toStdString();
        const SpectraDifference difference =
            compareSpectra(*session, id, heads, truth.values<double>(group + "/singular_values"),
                           truth.values<std::int32_t>(group + "/k90"), 2 * tolerance);
        qInfo("%s: σ within %.1e of σ_1, k90 differs at the edge in %d heads", qPrintable(variant), difference.worst,
              difference.edgeRanks);
        QVERIFY(difference.worst < tolerance);
        QCOMPARE(difference.differentRanks, 0);
    }

    void smolLm2Loss() {
        if (qEnvironmentVariableIsEmpty("RANKSCOPE_SMOLLM2"))
            QSKIP("set RANKSCOPE_SMOLLM2 to the SmolLM2 .gguf file");
        const SessionPointer session = smolLm2Session();
        QVERIFY(session->run.loss.has_value());
        qInfo("next-token loss %.5f nats", *session->run.loss);
        QVERIFY(std::abs(*session->run.loss - 2.75109) < 1e-3);
    }

    void smolLm2KeyConcentration() {
        if (qEnvironmentVariableIsEmpty("RANKSCOPE_SMOLLM2"))
            QSKIP("set RANKSCOPE_SMOLLM2 to the SmolLM2 .gguf file");
        const ReferenceFile truth((data() / "smollm2-wikitext-512.h5").string());
        const SessionPointer session = smolLm2Session();
        const auto effective = truth.values<double>("keys/effective_keys");
        const auto share = truth.values<double>("keys/largest_share");
        const auto position = truth.values<std::int32_t>("keys/largest_position");
        for (std::size_t i = 0; i < effective.size(); ++i) {
            const int layer = int(i) / session->model.heads, head = int(i) % session->model.heads;
            const LayerResult& found = *session->layers[layer];
            QVERIFY(std::abs(found.number("effective_keys")[head] - effective[i]) < 1e-3 * effective[i] + 1e-6);
            QVERIFY(std::abs(found.number("largest_share")[head] - share[i]) < 1e-3);
            if (found.number("largest_position")[head] != position[i])  // two keys may share the first place
                QVERIFY(std::abs(found.number("largest_share")[head] - share[i]) < 1e-4);
        }
    }

    void smolLm2PositionShare() {
        if (qEnvironmentVariableIsEmpty("RANKSCOPE_SMOLLM2"))
            QSKIP("set RANKSCOPE_SMOLLM2 to the SmolLM2 .gguf file");
        std::ifstream file(data() / "smollm2-position-share.json");
        const nlohmann::json truth = nlohmann::json::parse(file);
        const SessionPointer session = smolLm2Session();
        const HeadQuantity& quantity = headQuantity(positionShareId);
        double worst = 0;
        for (int layer = 0; layer < session->model.layers; ++layer)
            for (int head = 0; head < session->model.heads; ++head) {
                const auto found = headNumber(*session, quantity, {LayerIndex(layer), HeadIndex(head)});
                QVERIFY(found.has_value());
                worst = std::max(worst, std::abs(found->median - truth["position_share"][layer][head].get<double>()));
            }
        qInfo("position share within %.1e", worst);
        QVERIFY(worst < 1e-4);
        QVERIFY(std::abs(numberDistribution(*session, quantity).median - truth["median"].get<double>()) < 1e-4);
        // Without positions in queries and keys next to nothing is left.
        QVERIFY(numberDistribution(*session, headQuantity(positionShareBeforeRotationId)).median < 0.05);
    }

private:
    // Sorted, so that the rows come in the same order everywhere.
    static std::vector<fs::path> entriesOf(const fs::path& folder) {
        std::vector<fs::path> entries;
        for (const auto& entry : fs::directory_iterator(folder))
            entries.push_back(entry.path());
        std::ranges::sort(entries);
        return entries;
    }

    static std::string tokensAsJson(const std::vector<std::int32_t>& tokens) {
        std::string text = "[";
        for (const std::int32_t token : tokens)
            text += (text.size() > 1 ? "," : "") + std::to_string(token);
        return text + "]";
    }

    static SessionPointer smolLm2Session() {
        static const SessionPointer session = [] {
            AnalysisRequest request;
            request.model = qEnvironmentVariable("RANKSCOPE_SMOLLM2").toStdString();
            request.tokens = data() / "smollm2-wikitext-512.json";
            request.window = {.length = 512, .windows = 1};
            request.loss = true;
            request.with = {Variant::interactionNormFolded};
            return analyze(request, JobContext());
        }();
        return session;
    }
};

QTEST_GUILESS_MAIN(TestReferenceModels)
#include "tst_reference_models.moc"
