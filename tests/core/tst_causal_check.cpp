// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The causal check: its gates over every family of tests/data (all directions give the model back, nothing knows later
// tokens, the field's directions are the best of their rank), and SmolLM2 against numbers computed outside this project
// (smollm2-ablation.json, float32 with transformers).
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>

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

    std::vector<LayerGrams> grams(std::span<const TokenId> tokens) const {
        std::vector<LayerGrams> found;
        runForward(
            reader, model,
            {.tokens = tokens,
             .windows = int(tokens.size()) / length,
             .length = length,
             .lastLayer = LayerIndex(model.layers - 1)},
            [&](const LayerCapture& capture) { found.push_back(gramsOf(capture, JobContext({}, {}, 1))); },
            JobContext({}, {}, 1));
        return found;
    }

    // Of one window whose heads keep `rank` directions of an arm.
    std::vector<float> logits(std::span<const TokenId> tokens, Arm arm, const std::vector<LayerGrams>& of,
                              int rank) const {
        std::vector<KeyReplacement> replacements;
        for (int layer = 0; layer < model.layers; ++layer) {
            const LayerGrams& layerGrams = of[std::size_t(layer)];
            const auto directions = directionsOf(arm, layerGrams, LayerIndex(layer), 0, JobContext({}, {}, 1));
            replacements.push_back(
                replacementOf(arm, layerGrams, directions, std::vector<int>(directions.size(), rank)));
        }
        return runForward(
                   reader, model,
                   {.tokens = tokens,
                    .windows = 1,
                    .length = length,
                    .logits = true,
                    .lastLayer = LayerIndex(model.layers - 1),
                    .intervention = [&](LayerIndex layer, int) { return &replacements[std::size_t(layer.value)]; }},
                   [](const LayerCapture&) {}, JobContext({}, {}, 1))
            .logits;
    }

    std::unique_ptr<WeightFile> file;
    Hyperparameters model;
    WeightReader reader;
};

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
        const std::vector<LayerGrams> grams = opened.grams(text);
        const std::vector<float> unchanged = runForward(
                                                 opened.reader, opened.model,
                                                 {.tokens = window,
                                                  .windows = 1,
                                                  .length = length,
                                                  .logits = true,
                                                  .lastLayer = LayerIndex(opened.model.layers - 1)},
                                                 [](const LayerCapture&) {}, JobContext({}, {}, 1))
                                                 .logits;
        for (const ArmInfo& info : armTable()) {
            const std::vector<float> same = opened.logits(window, info.arm, grams, opened.model.headSize);
            float largest = 0, off = 0;
            for (std::size_t i = 0; i < unchanged.size(); ++i) {
                largest = std::max(largest, std::abs(unchanged[i]));
                off = std::max(off, std::abs(unchanged[i] - same[i]));
            }
            QVERIFY2(off <= 1e-5f * largest, info.id.data());
        }
    }

    void nothingKnowsLaterTokens_data() { models(); }
    // Changing the last tokens of a window leaves all rows before them as they were, to the last bit.
    void nothingKnowsLaterTokens() {
        QFETCH(QString, path);
        const Opened opened(path.toStdString());
        const std::vector<LayerGrams> grams = opened.grams(someTokens(3 * length, opened.model.vocabulary, 3));
        std::vector<TokenId> window = someTokens(length, opened.model.vocabulary, 8), other = window;
        constexpr std::size_t changed = 11;
        for (std::size_t i = changed; i < other.size(); ++i)
            other[i] = (other[i] + 5) % opened.model.vocabulary;
        const std::size_t kept = changed * std::size_t(opened.model.vocabulary);
        for (const ArmInfo& info : armTable())
            for (const int rank : {0, 2}) {
                const std::vector<float> a = opened.logits(window, info.arm, grams, rank),
                                         b = opened.logits(other, info.arm, grams, rank);
                QVERIFY2(std::equal(a.begin(), a.begin() + std::ptrdiff_t(kept), b.begin()), info.id.data());
                QVERIFY(a != b);
            }
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

    void conditionsAreCounted() {
        CausalRequest all = request(fs::path(RANKSCOPE_TEST_DATA) / "models/llama", 96);
        all.arms = {Arm::field, Arm::keyPcaBefore};
        all.ranks = {0, 4, 12};
        all.shares = {0.9};
        all.scopes = {CausalScope::all, CausalScope::layer, CausalScope::head};
        int calls = 0;
        const CausalResult result = checkCausally(all, JobContext({}, {}, 2), [&](const CausalResult&) { ++calls; });
        // Two arms × 4 over all heads and in each layer; one arm × 4 of each head, for the other is of KV heads.
        QCOMPARE(result.conditions.size(), std::size_t(8 + result.layers * 8 + result.layers * result.heads * 4));
        QVERIFY(calls >= result.layers);
        for (const CausalCondition& condition : result.conditions)
            if (condition.rank == result.headSize) {
                QVERIFY(std::abs(condition.delta) < 1e-6);
                QCOMPARE(condition.sameTop, 1.0);
                QVERIFY(condition.divergence < 1e-6);
            }
        // The first layer alone begins at the text, the others at what was kept: no matter which.
        CausalRequest later = all;
        later.scopes = {CausalScope::layer};
        later.analysis.layers = std::pair(1, 1);
        const CausalResult part = checkCausally(later, JobContext({}, {}, 2));
        const auto same = std::ranges::find_if(result.conditions, [](const CausalCondition& c) {
            return c.scope == CausalScope::layer && c.head->layer.value == 1;
        });
        QCOMPARE(part.conditions.front().delta, same->delta);
        QVERIFY(!part.conditions.front().interval);  // two windows
    }

    // Without any other condition the unchanged model is run all the same: its loss is asked for.
    void allDirectionsAlone() {
        CausalRequest whole = request(fs::path(RANKSCOPE_TEST_DATA) / "models/llama", 96);
        whole.arms = {Arm::field};
        whole.ranks = {12};
        const CausalResult alone = checkCausally(whole, JobContext({}, {}, 1));
        QVERIFY(alone.loss > 1);
        QVERIFY(std::abs(alone.conditions.front().delta) < 1e-6);
        whole.ranks = {4, 12};
        const CausalResult both = checkCausally(whole, JobContext({}, {}, 1));
        QCOMPARE(both.loss, alone.loss);
        QCOMPARE(both.conditions.back().delta, 0.0);
        QCOMPARE(both.conditions.back().sameTop, 1.0);
    }

    void causalRanks() {
        CausalResult result;
        result.headSize = 16;
        for (const auto& [rank, delta] : {std::pair(0, 2.0), std::pair(2, 0.03), std::pair(4, 0.2), std::pair(8, 0.04)})
            result.conditions.push_back({.arm = Arm::field, .rank = rank, .delta = delta});
        QCOMPARE(causalRank(result, Arm::field, 0.05).value(), 8);  // at 2 it falls below by chance
        QCOMPARE(causalRank(result, Arm::field, 0.2).value(), 2);
        QCOMPARE(causalRank(result, Arm::field, 0.01).value(), 16);
        QCOMPARE(causalRank(result, Arm::field, 3).value(), 0);
        QCOMPARE(usualRanks(64), (std::vector<int>{0, 1, 2, 4, 8, 12, 16, 24, 32, 48, 64}));
        QCOMPARE(usualRanks(4), (std::vector<int>{0, 1, 2, 4}));
    }

    void refusals() {
        const fs::path model = fs::path(RANKSCOPE_TEST_DATA) / "models/llama";
        const auto refused = [&](const std::function<void(CausalRequest&)>& change) {
            CausalRequest wrong = request(model, 96);
            wrong.arms = {Arm::field};
            change(wrong);
            try {
                checkCausally(wrong, JobContext({}, {}, 1));
            } catch (const Error& error) {
                return QString::fromStdString(error.what());
            }
            return u"nothing"_s;
        };
        QVERIFY(refused([](CausalRequest& r) { r.ranks = {13}; }).contains(u"rank: expected 0 to 12"_s));
        QVERIFY(refused([](CausalRequest& r) { r.ranks = {-1}; }).contains(u"rank: expected 0 to 12"_s));
        QVERIFY(refused([](CausalRequest& r) { r.analysis.layers = std::pair(0, 99); }).contains(u"layers"_s));
        QVERIFY(refused([](CausalRequest& r) {
                    r.scopes = {CausalScope::head};
                    r.heads = {{LayerIndex(0), HeadIndex(99)}};
                }).contains(u"L00H99"_s));
        QVERIFY(refused([](CausalRequest& r) { r.calibrationWindows = 9; }).contains(u"windows of 16 tokens"_s));
    }

    void smolLm2() {
        const QByteArray path = qgetenv("RANKSCOPE_SMOLLM2");
        if (path.isEmpty())
            QSKIP("RANKSCOPE_SMOLLM2 names no file");
        QFile file(QStringLiteral(RANKSCOPE_TEST_DATA "/smollm2-ablation.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject expected = QJsonDocument::fromJson(file.readAll()).object();
        CausalRequest request;
        request.analysis.model = path.toStdString();
        request.analysis.tokens = fs::path(RANKSCOPE_TEST_DATA) / "smollm2-ablation-tokens.json";
        request.analysis.window = {.length = 512, .windows = expected["evaluation"].toInt()};
        request.calibrationWindows = expected["calibration"].toInt();
        request.arms = {Arm::field, Arm::keyPcaBefore};
        request.ranks = {8};
        request.shares = {0.9};
        const CausalResult result = checkCausally(request, JobContext());
        QVERIFY(std::abs(result.loss - expected["loss"].toDouble()) < 1e-4);
        for (const CausalCondition& condition : result.conditions) {
            const bool share = condition.rank < 0;
            const QString arm = QString::fromUtf8(armInfo(condition.arm).id.data());
            const QJsonArray numbers = share ? expected["tau"][arm + u" 0.9"_s].toArray()
                                             : expected["all"][u"%1 %2"_s.arg(arm).arg(condition.rank)].toArray();
            const int first = share ? 2 : 0;
            QVERIFY2(numbers.size() == first + 3, qPrintable(arm));
            const auto near = [](double found, double wanted, double step) {
                return std::abs(found - wanted) <= step + 0.02 * std::abs(wanted);
            };
            QVERIFY2(near(condition.delta, numbers[first].toDouble(), 0.01), qPrintable(arm));
            QVERIFY2(near(condition.divergence, numbers[first + 1].toDouble(), 0.01), qPrintable(arm));
            QVERIFY2(std::abs(condition.sameTop - numbers[first + 2].toDouble()) <= 0.01, qPrintable(arm));
            if (share)
                QVERIFY2(std::abs(condition.meanRank - numbers[0].toDouble()) < 0.1, qPrintable(arm));
        }
    }
};

QTEST_APPLESS_MAIN(TestCausalCheck)
#include "tst_causal_check.moc"
