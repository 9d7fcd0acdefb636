// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The gates of the causal check over every family of tests/data: all directions give the model back, nothing knows
// later tokens, the field's directions are the best of their rank, every device computes the same, attention alone is
// what softmaxes written out make of it.
#include <QTemporaryDir>
#include <QtTest>

#include "causal_fixture.h"
#include "hand_made_layer.h"

using namespace Qt::StringLiterals;

using namespace rankscope;
using namespace rankscope::test;

class TestCausalGates : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    CausalRequest request(const fs::path& model, int vocabulary) const {
        return causalRequest(m_folder.path().toStdString(), model, vocabulary);
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
};

QTEST_APPLESS_MAIN(TestCausalGates)
#include "tst_causal_gates.moc"
