// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The causal check: its gates over every family of tests/data (all directions give the model back, nothing knows later
// tokens, the field's directions are the best of their rank), what it refuses and what it takes over. That its numbers
// are those of others is tst_causal_reference's matter.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "checkpoint_writer.h"
#include "core/base/error.h"
#include "core/causal/causal_check.h"
#include "core/causal/key_directions.h"
#include "core/forward/transformer.h"
#include "core/io/weight_file.h"
#include "hand_made_layer.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
namespace fs = std::filesystem;

namespace {

constexpr int length = 16;
const fs::path llama = fs::path(RANKSCOPE_TEST_DATA) / "models/llama";

std::vector<fs::path> tinyModels() {
    std::vector<fs::path> models;
    for (const auto& entry : fs::directory_iterator(fs::path(RANKSCOPE_TEST_DATA) / "models"))
        models.push_back(entry.path());
    for (const auto& entry : fs::directory_iterator(fs::path(RANKSCOPE_TEST_DATA) / "gguf"))
        if (entry.path().extension() == ".gguf")
            models.push_back(entry.path());
    std::ranges::sort(models);
    return models;
}

std::vector<TokenId> someTokens(int count, int vocabulary, int salt) {
    std::vector<TokenId> tokens;
    for (int i = 0; i < count; ++i)
        tokens.push_back((i * 37 + i * i * 11 + salt) % vocabulary);
    return tokens;
}

struct Opened {
    explicit Opened(const fs::path& path)
        : file(openWeightFile(path)), model(readHyperparameters(*file)), reader(*file, model) {}

    // Of a calibration text.
    struct Layers {
        std::vector<LayerGrams> grams;
        std::vector<std::vector<float>> distances;
    };

    Layers calibrate(std::span<const TokenId> tokens) const {
        const JobContext context({}, {}, 1);
        Layers found;
        runForward(
            reader, model,
            {.tokens = tokens,
             .windows = int(tokens.size()) / length,
             .length = length,
             .lastLayer = LayerIndex(model.layers - 1)},
            [&](const LayerCapture& capture) {
                found.grams.push_back(gramsOf(capture, context));
                found.distances.push_back(distanceMeansOf(capture, context));
            },
            context);
        return found;
    }

    KeyReplacement replacement(Arm arm, const Layers& of, int layer, int rank) const {
        if (!armInfo(arm).hasRank)
            return {.beforeRotation = false,
                    .perKvHead = false,
                    .projector = {},
                    .mean = {},
                    .changed = {},
                    .distances = of.distances[std::size_t(layer)],
                    .distanceAlone = arm == Arm::distance};
        const LayerGrams& grams = of.grams[std::size_t(layer)];
        const auto directions = directionsOf(arm, grams, LayerIndex(layer), 0, JobContext({}, {}, 1));
        KeyReplacement made = replacementOf(arm, grams, directions, std::vector<int>(directions.size(), rank));
        if (rank >= model.headSize)
            made.changed.clear();  // replaced like any other
        return made;
    }

    // Of one window whose heads keep `rank` directions of an arm.
    std::vector<float> logits(std::span<const TokenId> tokens, Arm arm, const Layers& of, int rank,
                              bool portableOnly = false) const {
        std::vector<KeyReplacement> replacements;
        for (int layer = 0; layer < model.layers; ++layer)
            replacements.push_back(replacement(arm, of, layer, rank));
        return logits(tokens, replacements, portableOnly);
    }

    // `replacements` of each layer; none: the model.
    std::vector<float> logits(std::span<const TokenId> tokens, const std::vector<KeyReplacement>& replacements,
                              bool portableOnly = false) const {
        ForwardInput input{.tokens = tokens,
                           .windows = 1,
                           .length = length,
                           .logits = true,
                           .lastLayer = LayerIndex(model.layers - 1),
                           .portableOnly = portableOnly};
        if (!replacements.empty())
            input.intervention = [&](LayerIndex layer, int) { return &replacements[std::size_t(layer.value)]; };
        return runForward(
                   reader, model, input, [](const LayerCapture&) {}, JobContext({}, {}, 1))
            .logits;
    }

    std::unique_ptr<WeightFile> file;
    Hyperparameters model;
    WeightReader reader;
};

// Largest difference of two sets of logits in units of the largest of the first.
float difference(const std::vector<float>& a, const std::vector<float>& b) {
    float largest = 0, off = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(a[i]));
        off = std::max(off, std::abs(a[i] - b[i]));
    }
    return off / largest;
}

}  // namespace

class TestCausalCheck : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    CausalRequest request(const fs::path& model, int vocabulary) const {
        const fs::path file = fs::path(m_folder.path().toStdString()) / "tokens.json";
        std::ofstream ids(file);
        for (const TokenId token : someTokens(6 * length, vocabulary, 3))
            ids << (ids.tellp() == 0 ? "[" : ",") << token;
        ids << "]";
        CausalRequest result;
        result.analysis.model = model;
        result.analysis.tokens = file;
        result.analysis.window = {.length = length, .windows = 2};
        result.calibrationWindows = 3;
        return result;
    }

    // The llama of tests/data with one value in all of a tensor of its layer 1.
    fs::path withTensor(const std::string& tensor, float value) const {
        const fs::path folder = fs::path(m_folder.path().toStdString()) / "changed";
        fs::remove_all(folder);
        fs::copy(llama, folder, fs::copy_options::recursive);
        std::string bytes = test::readFile(folder / "model.safetensors");
        std::uint64_t header = 0;
        std::memcpy(&header, bytes.data(), sizeof header);
        const QJsonObject entry = QJsonDocument::fromJson(QByteArray(bytes.data() + 8, qsizetype(header)))
                                      .object()[QString::fromStdString("model.layers.1." + tensor + ".weight")]
                                      .toObject();
        const QJsonArray offsets = entry["data_offsets"].toArray();
        if (entry["dtype"].toString() != u"F32" || offsets.size() != 2)
            qFatal("not a float32 tensor: %s", tensor.c_str());
        for (std::size_t at = std::size_t(offsets[0].toInteger()); at < std::size_t(offsets[1].toInteger()); at += 4)
            std::memcpy(bytes.data() + 8 + header + at, &value, sizeof value);
        if (!test::writeFile(folder / "model.safetensors", bytes))
            qFatal("cannot write %s", folder.c_str());
        return folder;
    }

    static void compareConditions(const CausalCondition& found, const CausalCondition& wanted, double step) {
        for (std::size_t window = 0; window < wanted.delta.size(); ++window) {
            QVERIFY2(std::abs(found.delta[window] - wanted.delta[window]) <= step, armInfo(found.arm).id.data());
            QVERIFY(std::abs(found.divergence[window] - wanted.divergence[window]) <= step);
        }
        QVERIFY(std::abs(found.meanRank - wanted.meanRank) < 1e-9);
    }

    // Softmax over the keys that each query sees, [T, T], of logits before bias and soft-cap.
    static Eigen::MatrixXd attentionOf(Eigen::MatrixXd logits, const LayerCapture& capture, int head) {
        for (Eigen::Index query = 0; query < logits.rows(); ++query) {
            double sum = 0;
            for (Eigen::Index key = 0; key < logits.cols(); ++key) {
                double& value = logits(query, key);
                const bool seen = key <= query && (capture.visible == 0 || query - key < capture.visible);
                if (!capture.keyBias.empty())
                    value += capture.keyBias[std::size_t(head * capture.windowStride + key)];
                if (capture.softCap > 0)
                    value = capture.softCap * std::tanh(value / capture.softCap);
                value = seen ? std::exp(value) : 0;
                sum += value;
            }
            logits.row(query) /= sum;
        }
        return logits;
    }

    static Eigen::MatrixXd rowsOf(std::span<const float> values, int window, int head, int heads, int size) {
        Eigen::MatrixXd rows(length, size);
        for (int t = 0; t < length; ++t)
            for (int i = 0; i < size; ++i)
                rows(t, i) = double(values[std::size_t(((window * length + t) * heads + head) * size + i)]);
        return rows;
    }

    static void compareAttention(const Opened& opened, const Opened::Layers& layers, const LayerCapture& capture,
                                 const AttentionError& error, int window, int head) {
        const Hyperparameters& model = opened.model;
        const int size = model.headSize, layer = capture.layer.value, kv = head / (model.heads / model.kvHeads);
        const auto at = std::size_t((window * model.layers + layer) * model.heads + head);
        if (layer + 1 < model.layers) {
            QVERIFY(std::isnan(error.variation[at]));
            return;
        }
        const Eigen::MatrixXd query = rowsOf(capture.query, window, head, model.heads, size),
                              key = rowsOf(capture.key, window, kv, model.kvHeads, size),
                              value = rowsOf(capture.value, window, kv, model.kvHeads, size);
        const KeyReplacement replaced = opened.replacement(error.arm, layers, layer, error.rank);
        Eigen::MatrixXd logits;
        if (replaced.beforeRotation) {
            logits = query * rowsOf(capture.replacedKeys(replaced, window), 0, kv, model.kvHeads, size).transpose();
        } else {
            using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
            const Eigen::Map<const Matrix> projector(replaced.projector.data() + head * size * size, size, size);
            logits = query * projector.cast<double>() * key.transpose();
        }
        const Eigen::MatrixXd p = attentionOf(capture.scale * query * key.transpose(), capture, head),
                              q = attentionOf(capture.scale * logits, capture, head);
        double divergence = 0, variation = 0;
        for (int i = 1; i < length; ++i)
            for (int j = 0; j <= i; ++j)
                if (p(i, j) > 0) {
                    divergence += p(i, j) * std::log(p(i, j) / q(i, j)) / (length - 1);
                    variation += 0.5 * std::abs(p(i, j) - q(i, j)) / (length - 1);
                }
        const Linear& output = capture.weights->attentionOutput;
        Eigen::MatrixXd weight(size, output.outputs);
        for (int i = 0; i < size; ++i)
            for (int j = 0; j < output.outputs; ++j)
                weight(i, j) = double(output.weight[std::size_t(j * output.inputs + head * size + i)]);
        const double lost = ((p - q) * value * weight).norm() / (p * value * weight).norm();
        const QString found = u"L%1H%2 %3: %4 %5 %6, expected %7 %8 %9"_s.arg(layer)
                                  .arg(head)
                                  .arg(error.rank)
                                  .arg(double(error.divergence[at]))
                                  .arg(double(error.variation[at]))
                                  .arg(double(error.output[at]))
                                  .arg(divergence)
                                  .arg(variation)
                                  .arg(lost);
        QVERIFY2(std::abs(double(error.divergence[at]) - divergence) <= 1e-5 + 1e-3 * divergence, qPrintable(found));
        QVERIFY2(std::abs(double(error.variation[at]) - variation) <= 1e-5, qPrintable(found));
        QVERIFY2(std::abs(double(error.output[at]) - lost) <= 1e-4 * (1 + lost), qPrintable(found));
    }

    static void models() {
        QTest::addColumn<QString>("path");
        for (const fs::path& path : tinyModels())
            QTest::addRow("%s", path.filename().c_str()) << QString::fromStdString(path.string());
    }

private Q_SLOTS:
    void allDirectionsAreTheModel_data() { models(); }
    // The projector of rank d is the identity: replaced like any other, it gives the model back.
    void allDirectionsAreTheModel() {
        QFETCH(QString, path);
        const Opened opened(path.toStdString());
        const std::vector<TokenId> text = someTokens(3 * length, opened.model.vocabulary, 3),
                                   window = someTokens(length, opened.model.vocabulary, 8);
        const Opened::Layers layers = opened.calibrate(text);
        const std::vector<float> unchanged = opened.logits(window, {});
        for (const ArmInfo& info : armTable())
            if (info.hasRank)
                QVERIFY2(difference(unchanged, opened.logits(window, info.arm, layers, opened.model.headSize)) <= 1e-5f,
                         info.id.data());
    }

    void otherDevicesComputeTheSame_data() { models(); }
    // With the operations of every device: each way of replacing keys and logits.
    void otherDevicesComputeTheSame() {
        QFETCH(QString, path);
        const Opened opened(path.toStdString());
        const Opened::Layers layers = opened.calibrate(someTokens(3 * length, opened.model.vocabulary, 3));
        const std::vector<TokenId> window = someTokens(length, opened.model.vocabulary, 8);
        for (const Arm arm : {Arm::field, Arm::fieldBefore, Arm::keyPcaBefore, Arm::distance, Arm::withoutDistance})
            QVERIFY2(
                difference(opened.logits(window, arm, layers, 2), opened.logits(window, arm, layers, 2, true)) <= 1e-4f,
                armInfo(arm).id.data());
    }

    void logitsByDistance_data() { models(); }
    // Zeros in place of all logits are what rank 0 leaves; one number off all of them changes nothing; where only keys
    // two positions back are seen, even positions know nothing of odd ones.
    void logitsByDistance() {
        QFETCH(QString, path);
        const Opened opened(path.toStdString());
        const std::vector<TokenId> window = someTokens(length, opened.model.vocabulary, 8);
        Opened::Layers layers = opened.calibrate(someTokens(3 * length, opened.model.vocabulary, 3));
        const auto setAll = [&](float value) {
            for (auto& ofLayer : layers.distances)
                std::ranges::fill(ofLayer, value);
        };
        setAll(0);
        QVERIFY(difference(opened.logits(window, Arm::distance, layers, 0),
                           opened.logits(window, Arm::field, layers, 0)) <= 1e-5f);
        if (opened.model.attentionSoftCap == 0) {
            setAll(3);
            QVERIFY(difference(opened.logits(window, {}), opened.logits(window, Arm::withoutDistance, layers, 0)) <=
                    1e-4f);
        }
        // A soft-cap leaves other keys in sight, and many layers lead back to the first two positions, which see one.
        if (opened.model.attentionSoftCap > 0 || 2 * opened.model.layers >= length - 2)
            return;
        setAll(0);
        for (auto& ofLayer : layers.distances)
            for (std::size_t head = 0; head < ofLayer.size() / length; ++head)
                ofLayer[head * length + 2] = 200;
        std::vector<TokenId> other = window;
        for (std::size_t i = 3; i < other.size(); i += 2)
            other[i] = (other[i] + 5) % opened.model.vocabulary;
        const std::vector<float> a = opened.logits(window, Arm::distance, layers, 0),
                                 b = opened.logits(other, Arm::distance, layers, 0);
        const auto rowOf = [&](const std::vector<float>& logits, int row) {
            const auto begin = logits.begin() + std::ptrdiff_t(row) * opened.model.vocabulary;
            return std::vector<float>(begin, begin + opened.model.vocabulary);
        };
        QVERIFY(difference(rowOf(a, length - 2), rowOf(b, length - 2)) <= 1e-5f);
        QVERIFY(difference(rowOf(a, length - 1), rowOf(b, length - 1)) > 1e-3f);
    }

    void nothingKnowsLaterTokens_data() { models(); }
    // Changing the last tokens of a window leaves all rows before them as they were, to the last bit.
    void nothingKnowsLaterTokens() {
        QFETCH(QString, path);
        const Opened opened(path.toStdString());
        const Opened::Layers layers = opened.calibrate(someTokens(3 * length, opened.model.vocabulary, 3));
        std::vector<TokenId> window = someTokens(length, opened.model.vocabulary, 8), other = window;
        constexpr std::size_t changed = 11;
        for (std::size_t i = changed; i < other.size(); ++i)
            other[i] = (other[i] + 5) % opened.model.vocabulary;
        const std::size_t kept = changed * std::size_t(opened.model.vocabulary);
        for (const ArmInfo& info : armTable())
            for (const int rank : {0, 2}) {
                if (!info.isLegal)
                    continue;
                const std::vector<float> a = opened.logits(window, info.arm, layers, rank),
                                         b = opened.logits(other, info.arm, layers, rank);
                QVERIFY2(std::equal(a.begin(), a.begin() + std::ptrdiff_t(kept), b.begin()), info.id.data());
                QVERIFY(a != b);
            }
        // The window's own directions know its last tokens.
        QVERIFY(!armInfo(Arm::fieldOwnWindow).isLegal);
        const std::vector<float> a = opened.logits(window, Arm::fieldOwnWindow, opened.calibrate(window), 1),
                                 b = opened.logits(other, Arm::fieldOwnWindow, opened.calibrate(other), 1);
        QVERIFY(!std::equal(a.begin(), a.begin() + std::ptrdiff_t(kept), b.begin()));
    }

    // ‖Q (I − P) K̃ᵀ‖² of the field's directions is the energy beyond the first r singular values, which no P of that
    // rank can beat; of every other arm it is no less.
    void fieldDirectionsAreTheBest() {
        test::HandMadeLayer layer;
        const LayerGrams grams = gramsOf(layer.capture(), JobContext({}, {}, 1));
        for (int head = 0; head < layer.heads; ++head) {
            const std::size_t kv = std::size_t(head / (layer.heads / layer.kvHeads));
            const auto lost = [&](const Eigen::MatrixXd& projector, const SideGrams& side) {
                const Eigen::MatrixXd rest = Eigen::MatrixXd::Identity(8, 8) - projector;
                return (rest.transpose() * side.query[std::size_t(head)] * rest * side.key[kv]).trace();
            };
            for (const auto& [arm, side] :
                 {std::pair(Arm::field, &grams.after), std::pair(Arm::fieldBefore, &grams.before)}) {
                const Directions best =
                    directionsOf(arm, grams, LayerIndex(0), 0, JobContext({}, {}, 1))[std::size_t(head)];
                double all = 0;
                for (const double sigma : best.sigma)
                    all += sigma * sigma;
                for (int rank = 0; rank <= layer.headSize; ++rank) {
                    double beyond = 0;
                    for (std::size_t i = std::size_t(rank); i < best.sigma.size(); ++i)
                        beyond += best.sigma[i] * best.sigma[i];
                    QVERIFY(std::abs(lost(best.projector(rank), *side) - beyond) <= 1e-9 * all);
                    for (const ArmInfo& info : armTable()) {
                        if (!info.hasRank)
                            continue;
                        const auto others = directionsOf(info.arm, grams, LayerIndex(0), 0, JobContext({}, {}, 1));
                        const Directions& other = others[info.perKvHead ? kv : std::size_t(head)];
                        QVERIFY2(lost(other.projector(rank), *side) >= beyond - 1e-9 * all, info.id.data());
                    }
                }
            }
        }
    }

    // Several windows, each centred by itself, and a head whose queries are all zero.
    void sumsOverWindows() {
        test::HandMadeLayer layer;
        layer.windows = 3;
        layer.draw();
        LayerCapture capture = layer.capture();
        const LayerGrams all = gramsOf(capture, JobContext({}, {}, 2));
        Eigen::MatrixXd queries = Eigen::MatrixXd::Zero(8, 8), keys = queries;
        Eigen::VectorXd mean = Eigen::VectorXd::Zero(8);
        capture.windows = 1;
        for (int window = 0; window < 3; ++window) {
            capture.query = std::span(layer.query).subspan(std::size_t(window * 40 * 4 * 8));
            capture.key = std::span(layer.key).subspan(std::size_t(window * 40 * 2 * 8));
            const LayerGrams one = gramsOf(capture, JobContext({}, {}, 1));
            queries += one.after.query[3];
            keys += one.after.key[1];
            mean += one.after.mean[1] / 3;
        }
        QVERIFY((all.after.query[3] - queries).norm() < 1e-12 * queries.norm());
        QVERIFY((all.after.key[1] - keys).norm() < 1e-12 * keys.norm());
        QVERIFY((all.after.mean[1] - mean).norm() < 1e-12);

        std::ranges::fill(layer.query, 0.0f);
        const LayerGrams zero = gramsOf(layer.capture(), JobContext({}, {}, 1));
        for (const Arm arm : {Arm::field, Arm::kvField}) {
            const Directions none = directionsOf(arm, zero, LayerIndex(0), 0, JobContext({}, {}, 1)).front();
            QVERIFY(none.projector(3).allFinite());
            QCOMPARE(none.rankAt(0.9), 1);
        }
    }

    // The means of Ẽ along its diagonals, of the logits without the bias per key.
    void meansByDistance() {
        test::HandMadeLayer layer(24, 4, 4, 6, 20);
        for (const bool biased : {false, true}) {
            if (biased)
                for (int i = 0; i < layer.heads * layer.tokens; ++i)
                    layer.keyBias.push_back(0.25 * i);
            const std::vector<float> means = distanceMeansOf(layer.capture(), JobContext({}, {}, 2));
            QCOMPARE(means.size(), std::size_t(layer.heads * layer.tokens));
            for (int head = 0; head < layer.heads; ++head) {
                const Eigen::MatrixXd field =
                    test::denseMatrix(layer, biased ? Variant::fieldWithoutPositionBias : Variant::field, head);
                for (int distance = 0; distance < layer.tokens; ++distance)
                    QVERIFY(std::abs(double(means[std::size_t(head * layer.tokens + distance)]) -
                                     field.diagonal(-distance).mean()) < 1e-5);
            }
        }
    }

    void attentionAlone_data() { models(); }
    // Against softmaxes written out in float64.
    void attentionAlone() {
        QFETCH(QString, path);
        const Opened opened(path.toStdString());
        const Hyperparameters& model = opened.model;
        CausalRequest asked = request(path.toStdString(), model.vocabulary);
        asked.arms = {Arm::field, Arm::keyPcaBefore};
        asked.ranks = {0, 1, 3};
        asked.scopes = {CausalScope::layer};
        asked.analysis.layers = std::pair(model.layers - 1, model.layers - 1);
        const CausalResult result = checkCausally(asked, nullptr, JobContext({}, {}, 2));
        QCOMPARE(result.check.attention.size(), std::size_t(6));
        const std::vector<TokenId> text = someTokens(5 * length, model.vocabulary, 3);
        const Opened::Layers layers = opened.calibrate(std::span(text).first(3 * length));
        runForward(
            opened.reader, model,
            {.tokens = std::span(text).subspan(3 * length),
             .windows = 2,
             .length = length,
             .lastLayer = LayerIndex(model.layers - 1)},
            [&](const LayerCapture& capture) {
                for (const AttentionError& error : result.check.attention)
                    for (int i = 0; i < 2 * model.heads; ++i)
                        compareAttention(opened, layers, capture, error, i / model.heads, i % model.heads);
            },
            JobContext({}, {}, 1));
    }

    void conditionsAreCounted() {
        CausalRequest all = request(llama, 96);
        all.arms = {Arm::field, Arm::keyPcaBefore, Arm::distance, Arm::random};
        all.ranks = {0, 4, 12};
        all.shares = {0.9};
        all.scopes = {CausalScope::all, CausalScope::layer, CausalScope::head};
        std::vector<std::size_t> computed;
        bool moments = false;
        const CausalResult result = checkCausally(all, nullptr, JobContext({}, {}, 2), [&](const CausalResult& now) {
            moments = now.moments != nullptr;
            QVERIFY(moments);
            computed.push_back(std::size_t(std::ranges::count_if(now.check.conditions, &CausalCondition::isComputed)));
        });
        const Opened opened(llama);
        const int layers = opened.model.layers, heads = opened.model.heads;
        // Of all heads and in each layer 4 + 4 + 1 + 3; of each head not those that are of KV heads.
        QCOMPARE(result.check.conditions.size(), std::size_t(12 + layers * 12 + layers * heads * 8));
        QVERIFY(result.check.isComplete());
        QCOMPARE(computed.front(), std::size_t(0));
        QVERIFY(computed.size() > 3);
        QVERIFY(std::ranges::is_sorted(computed));
        QCOMPARE(result.check.conditions.front().scope, CausalScope::all);
        QCOMPARE(result.check.loss.size(), std::size_t(2));
        for (const CausalCondition& condition : result.check.conditions) {
            QCOMPARE(condition.delta.size(), std::size_t(2));
            if (condition.rank == 12)
                QCOMPARE(condition.delta, std::vector<double>(2, 0.0));
            if (condition.share > 0)
                QVERIFY(condition.meanRank >= 1 && condition.meanRank <= 12);
        }
        // The first layer alone begins at the text, the others at what was kept: no matter which.
        CausalRequest later = all;
        later.scopes = {CausalScope::layer};
        later.analysis.layers = std::pair(1, 1);
        const CausalResult part = checkCausally(later, nullptr, JobContext({}, {}, 2));
        QCOMPARE(part.check.conditions.size(), std::size_t(12));
        for (const CausalCondition& condition : part.check.conditions)
            compareConditions(condition, *result.check.find(condition), 1e-6);
    }

    // All heads of a layer one after the other and at once: of a model with one layer and one head they are the same.
    void scopesAgree() {
        CausalRequest asked = request(llama, 96);
        asked.arms = {Arm::fieldBefore, Arm::field, Arm::withoutDistance};
        asked.ranks = {2};
        asked.scopes = {CausalScope::head, CausalScope::layer};
        asked.analysis.layers = std::pair(1, 1);
        const CausalCheck check = checkCausally(asked, nullptr, JobContext({}, {}, 1)).check;
        for (const Arm arm : asked.arms) {
            std::vector<double> deltas;
            for (const CausalCondition& condition : check.conditions)
                if (condition.arm == arm)
                    deltas.push_back(condition.delta.front());
            std::ranges::sort(deltas);
            QVERIFY(std::ranges::adjacent_find(deltas) == deltas.end());  // each changes something else
        }
    }

    // What is known is not computed again, and more may be asked for than before.
    void goesOn() {
        CausalRequest asked = request(llama, 96);
        asked.arms = {Arm::field, Arm::random, Arm::fieldOwnWindow};
        asked.ranks = {0, 2, 12};
        const CausalResult whole = checkCausally(asked, nullptr, JobContext({}, {}, 1));
        CausalCheck known = whole.check;
        known.conditions[1].delta = {7, 8};  // to be recognised
        CausalRequest more = asked;
        more.ranks.push_back(4);
        more.scopes.push_back(CausalScope::layer);
        const CausalResult result = checkCausally(more, &known, JobContext({}, {}, 1));
        QVERIFY(result.check.isComplete());
        QCOMPARE(result.check.find(known.conditions[1])->delta, (std::vector<double>{7, 8}));
        for (std::size_t i = 0; i < known.conditions.size(); ++i)
            if (i != 1)
                QCOMPARE(result.check.find(known.conditions[i])->delta, known.conditions[i].delta);
        const CausalResult fresh = checkCausally(more, nullptr, JobContext({}, {}, 1));
        for (const CausalCondition& condition : fresh.check.conditions)
            if (!condition.isSameAs(known.conditions[1]))
                compareConditions(*result.check.find(condition), condition, 1e-6);
        QCOMPARE(result.check.attention.size(), fresh.check.attention.size());
        // Nothing but what is known: nothing is run but the calibration.
        const CausalResult same = checkCausally(asked, &known, JobContext({}, {}, 1));
        QCOMPARE(same.check.conditions[1].delta, known.conditions[1].delta);
        QCOMPARE(same.moments->layers.size(), whole.moments->layers.size());
        QCOMPARE(same.moments->layers[0]->after.query, whole.moments->layers[0]->after.query);
    }

    void stops() {
        CausalRequest asked = request(llama, 96);
        std::stop_source stop;
        int calls = 0;
        QVERIFY_THROWS_EXCEPTION(
            Cancelled, checkCausally(asked, nullptr, JobContext(stop.get_token(), {}, 1), [&](const CausalResult&) {
                if (++calls == 2)
                    stop.request_stop();
            }));
        QCOMPARE(calls, 2);
    }

    // A text's moments as they are kept: symmetric matrices as triangles.
    void momentsAreKept() {
        const CausalRequest asked = request(llama, 96);
        const CausalResult result = checkCausally(asked, nullptr, JobContext({}, {}, 1));
        const Opened opened(llama);
        const Opened::Layers layers = opened.calibrate(someTokens(3 * length, 96, 3));
        QCOMPARE(result.moments->text->windows, 3);
        QCOMPARE(int(result.moments->layers.size()), opened.model.layers);
        for (int layer = 0; layer < opened.model.layers; ++layer) {
            const SideMoments& kept = result.moments->layers[std::size_t(layer)]->before;
            const SideGrams& grams = layers.grams[std::size_t(layer)].before;
            const int size = opened.model.headSize, triangle = size * (size + 1) / 2;
            QCOMPARE(kept.query.size(), std::size_t(opened.model.heads * triangle));
            QCOMPARE(kept.key.size(), std::size_t(opened.model.kvHeads * triangle));
            QCOMPARE(kept.mean.size(), std::size_t(opened.model.kvHeads * size));
            for (int row = 0; row < size; ++row)
                for (int column = 0; column <= row; ++column)
                    QCOMPARE(kept.query[std::size_t(triangle + row * (row + 1) / 2 + column)],
                             float(grams.query[1](row, column)));
        }
    }

    // Where nothing rotates, arms before rotation are those after it, and are not computed a second time.
    void modelsWithoutRotation() {
        for (const char* name : {"gpt2", "bloom", "opt"}) {
            const fs::path path = fs::path(RANKSCOPE_TEST_DATA) / "models" / name;
            CausalRequest asked = request(path, Opened(path).model.vocabulary);
            asked.arms = {Arm::fieldBefore, Arm::field, Arm::randomBefore, Arm::random};
            asked.ranks = {0, 3};
            asked.shares = {0.9};
            const CausalResult result = checkCausally(asked, nullptr, JobContext({}, {}, 1));
            QCOMPARE(result.warnings.size(), std::size_t(1));
            QVERIFY(result.warnings.front().find("does not rotate") != std::string::npos);
            QVERIFY(result.moments->layers.front()->before.query.empty());
            for (CausalCondition condition : result.check.conditions) {
                const CausalCondition one = condition;
                condition.arm = *armInfo(one.arm).otherSide;
                compareConditions(one, *result.check.find(condition), 0);
            }
            // Computed all the same where only that side is asked for.
            asked.arms = {Arm::field};
            const CausalResult after = checkCausally(asked, nullptr, JobContext({}, {}, 1));
            for (const CausalCondition& condition : after.check.conditions)
                compareConditions(condition, *result.check.find(condition), 1e-5);
        }
    }

    // Without any other condition the unchanged model is run all the same: its loss is asked for.
    void allDirectionsAlone() {
        CausalRequest whole = request(llama, 96);
        whole.arms = {Arm::field};
        whole.ranks = {12};
        const CausalResult alone = checkCausally(whole, nullptr, JobContext({}, {}, 1));
        QVERIFY(alone.check.meanLoss() > 1);
        QCOMPARE(numbersOf(alone.check, alone.check.conditions.front()).delta, 0.0);
        whole.ranks = {4, 12};
        const CausalResult both = checkCausally(whole, nullptr, JobContext({}, {}, 1));
        QVERIFY(std::abs(both.check.meanLoss() - alone.check.meanLoss()) < 1e-6);
    }

    // Heads that make no difference between keys, and heads that are not numbers.
    void deadHeads() {
        CausalRequest asked = request(withTensor("self_attn.q_proj", 0.0f), 96);
        asked.arms.clear();
        for (const ArmInfo& info : armTable())
            asked.arms.push_back(info.arm);
        asked.ranks = {0, 3};
        asked.shares = {0.9};
        for (const char* tensor : {"self_attn.q_proj", "self_attn.k_proj"}) {
            asked.analysis.model = withTensor(tensor, 0.0f);
            const CausalResult result = checkCausally(asked, nullptr, JobContext({}, {}, 1));
            QVERIFY(result.check.isComplete());
            for (const CausalCondition& condition : result.check.conditions)
                for (const std::vector<double>* values : {&condition.delta, &condition.divergence, &condition.sameTop})
                    QVERIFY2(std::ranges::all_of(*values, [](double value) { return std::isfinite(value); }),
                             armInfo(condition.arm).id.data());
            for (const AttentionError& error : result.check.attention)
                for (const float value : error.output)
                    QVERIFY(std::isfinite(value));
        }
        asked.analysis.model = withTensor("self_attn.k_proj", std::nanf(""));
        try {
            checkCausally(asked, nullptr, JobContext({}, {}, 1));
            QFAIL("no error");
        } catch (const Error& error) {
            QVERIFY2(QString::fromUtf8(error.what()).contains(u"expected finite queries and keys"_s), error.what());
        }
    }

    void refusals() {
        const auto refused = [&](const std::function<void(CausalRequest&)>& change) {
            CausalRequest wrong = request(llama, 96);
            wrong.arms = {Arm::field};
            change(wrong);
            try {
                checkCausally(wrong, nullptr, JobContext({}, {}, 1));
            } catch (const Error& error) {
                return QString::fromStdString(error.what());
            }
            return u"nothing"_s;
        };
        const auto says = [&](const QString& expected, const std::function<void(CausalRequest&)>& change) {
            const QString found = refused(change);
            if (!found.contains(expected) || found.contains(u'\n'))
                QTest::qFail(qPrintable(u"%1 instead of %2"_s.arg(found, expected)), __FILE__, __LINE__);
        };
        says(u"rank: expected 0 to 12, found 13"_s, [](CausalRequest& r) { r.ranks = {13}; });
        says(u"rank: expected 0 to 12, found -1"_s, [](CausalRequest& r) { r.ranks = {-1}; });
        says(u"share: expected above 0"_s, [](CausalRequest& r) { r.shares = {std::nan("")}; });
        says(u"arms: expected at least one"_s, [](CausalRequest& r) { r.arms = {}; });
        says(u"scopes: expected at least one"_s, [](CausalRequest& r) { r.scopes = {}; });
        says(u"conditions: expected at least one"_s, [](CausalRequest& r) {
            r.arms = {Arm::keyPca};
            r.scopes = {CausalScope::head};
        });
        says(u"layers"_s, [](CausalRequest& r) { r.analysis.layers = std::pair(0, 99); });
        for (const HeadRef head : {HeadRef{LayerIndex(0), HeadIndex(99)}, HeadRef{LayerIndex(99), HeadIndex(0)}})
            says(QString::fromStdString(headName(head)), [&](CausalRequest& r) {
                r.scopes = {CausalScope::head};
                r.heads = {head};
            });
        says(u"calibration windows of 16 tokens: expected 9, found 6"_s,
             [](CausalRequest& r) { r.calibrationWindows = 9; });
        says(u"calibration windows: expected at least 1, found 0"_s,
             [](CausalRequest& r) { r.calibrationWindows = 0; });
        says(u"windows of 16 tokens: expected more than the 6"_s, [](CausalRequest& r) { r.calibrationWindows = 6; });
        says(u"evaluated window 0: expected other tokens"_s, [](CausalRequest& r) {
            r.calibration = r.analysis.tokens;
            r.calibrationWindows = 1;
        });
        says(u"stride of windows: expected at least 16"_s, [](CausalRequest& r) { r.analysis.window.stride = 8; });
        const fs::path empty = fs::path(m_folder.path().toStdString()) / "empty.json";
        std::ofstream(empty) << "[]";
        QVERIFY(refused([&](CausalRequest& r) { r.calibration = empty; }).contains(u"empty.json"_s));
        QVERIFY(refused([&](CausalRequest& r) { r.calibration = "/nowhere/text.json"; }).contains(u"/nowhere"_s));
    }
};

QTEST_APPLESS_MAIN(TestCausalCheck)
#include "tst_causal_check.moc"
