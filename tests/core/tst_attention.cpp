// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Numbers of the attention weights, against weights that are computed one by one as the definitions say, and against
// cases that can be done by hand.
#include <QtTest>
#include <cmath>

#include "tests/core/hand_made_layer.h"

using namespace rankscope;
using namespace rankscope::test;

namespace {

struct Numbers {
    double entropy = 0, first = 0, previous = 0;
};

// float64, a query after the other, a key after the other.
Numbers straightforward(const HandMadeLayer& layer, const LayerCapture& capture, int window, int head) {
    const Eigen::MatrixXd query = layer.rowsOf(layer.query, layer.heads, window, head);
    const Eigen::MatrixXd key = layer.rowsOf(layer.key, layer.kvHeads, window, head * layer.kvHeads / layer.heads);
    Numbers numbers;
    for (int i = 0; i < capture.tokens; ++i) {
        const int from = capture.visible > 0 ? std::max(0, i - capture.visible + 1) : 0;
        std::vector<double> weights(std::size_t(i) + 1, 0.0);
        double sum = 0;
        for (int j = from; j <= i; ++j) {
            double logit = capture.scale * query.row(i).dot(key.row(j));
            if (!layer.keyBias.empty())
                logit += layer.keyBias[std::size_t(head) * layer.tokens + j];
            if (capture.softCap > 0)
                logit = capture.softCap * std::tanh(logit / capture.softCap);
            sum += weights[std::size_t(j)] = std::exp(logit);
        }
        for (double& weight : weights) {
            weight /= sum;
            numbers.entropy -= weight > 0 ? weight * std::log(weight) / capture.tokens : 0;
        }
        if (i > 0) {
            numbers.first += weights[0] / (capture.tokens - 1);
            numbers.previous += weights[std::size_t(i) - 1] / (capture.tokens - 1);
        }
    }
    return numbers;
}

LayerResult analysed(const LayerCapture& capture, int threads = 1) {
    return analyseLayer(capture, {}, JobContext({}, {}, threads));
}

double numberOf(const LayerResult& layer, const char* id, std::size_t at = 0) {
    return layer.number(id).at(at);
}

}  // namespace

class TestAttention : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void agrees_data() {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<int>("visible");
        QTest::addColumn<double>("cap");
        QTest::addColumn<bool>("bias");
        QTest::addColumn<double>("scale");
        QTest::newRow("plain") << 150 << 0 << 0.0 << false << 0.5;
        QTest::newRow("two tokens") << 2 << 0 << 0.0 << false << 0.5;
        QTest::newRow("one block") << 64 << 0 << 0.0 << false << 0.5;
        QTest::newRow("sharp") << 100 << 0 << 0.0 << false << 60.0;
        QTest::newRow("sliding window") << 150 << 17 << 0.0 << false << 0.5;
        QTest::newRow("window longer than the text") << 70 << 100 << 0.0 << false << 0.5;
        QTest::newRow("a key at a time") << 70 << 1 << 0.0 << false << 0.5;
        QTest::newRow("soft-cap") << 130 << 0 << 2.0 << false << 5.0;
        QTest::newRow("position bias") << 130 << 0 << 0.0 << true << 0.5;
        QTest::newRow("all of them") << 200 << 90 << 3.0 << true << 5.0;
    }
    void agrees() {
        QFETCH(int, tokens);
        QFETCH(int, visible);
        QFETCH(double, cap);
        QFETCH(bool, bias);
        QFETCH(double, scale);
        HandMadeLayer layer;
        layer.tokens = tokens;
        layer.windows = 2;
        layer.scale = scale;
        if (bias)
            layer.kvHeads = layer.heads;
        layer.draw();
        for (int i = 0; bias && i < layer.heads * tokens; ++i)
            layer.keyBias.push_back(0.03 * (i / tokens + 1) * (i % tokens));
        LayerCapture capture = layer.capture();
        capture.visible = visible;
        capture.softCap = cap;
        const LayerResult found = analysed(capture), again = analysed(capture, 3);
        for (int head = 0; head < layer.heads; ++head)
            for (int window = 0; window < layer.windows; ++window) {
                const Numbers truth = straightforward(layer, capture, window, head);
                const auto at = std::size_t(head) * 2 + std::size_t(window);
                QVERIFY2(std::abs(numberOf(found, "attention_entropy", at) - truth.entropy) < 1e-5,
                         qPrintable(QString::number(numberOf(found, "attention_entropy", at) - truth.entropy)));
                QVERIFY(std::abs(numberOf(found, "attention_first_token", at) - truth.first) < 1e-6);
                QVERIFY(std::abs(numberOf(found, "attention_previous_token", at) - truth.previous) < 1e-6);
            }
        for (const char* id : {"attention_entropy", "attention_first_token", "attention_previous_token"})
            QCOMPARE(again.number(id), found.number(id));
    }

    // Every key alike: the entropy of row i is ln(i + 1), and each key has 1 / (i + 1).
    void uniform() {
        HandMadeLayer layer;
        std::ranges::fill(layer.query, 0.0f);
        const LayerResult found = analysed(layer.capture());
        double entropy = 0, share = 0;
        for (int i = 0; i < layer.tokens; ++i) {
            entropy += std::log(i + 1.0) / layer.tokens;
            share += i > 0 ? 1.0 / (i + 1) / (layer.tokens - 1) : 0;
        }
        for (std::size_t head = 0; head < 4; ++head) {
            QVERIFY(std::abs(numberOf(found, "attention_entropy", head) - entropy) < 1e-6);
            QVERIFY(std::abs(numberOf(found, "attention_first_token", head) - share) < 1e-6);
            QVERIFY(std::abs(numberOf(found, "attention_previous_token", head) - share) < 1e-6);
        }
    }

    // All of it on one key: no entropy, and a share of 1. `previous`: query i and key i − 1 are one unit vector.
    void onOneKey_data() {
        QTest::addColumn<bool>("previous");
        QTest::newRow("the first") << false;
        QTest::newRow("the previous") << true;
    }
    void onOneKey() {
        QFETCH(bool, previous);
        HandMadeLayer layer(24, 1, 1, 24, 24);
        layer.scale = 1;
        for (std::size_t i = 0; i < layer.query.size(); ++i) {
            const std::size_t token = i / 24, component = i % 24;
            layer.key[i] = component == token ? 300.0f : 0.0f;
            layer.query[i] = component == (previous ? std::max<std::size_t>(token, 1) - 1 : 0) ? 1.0f : 0.0f;
        }
        const LayerResult found = analysed(layer.capture());
        QVERIFY(numberOf(found, "attention_entropy") < 1e-6);
        QVERIFY(std::abs(numberOf(found, "attention_first_token") - (previous ? 1.0 / 23 : 1.0)) < 1e-6);
        QVERIFY(std::abs(numberOf(found, "attention_previous_token") - (previous ? 1.0 : 1.0 / 23)) < 1e-6);
    }

    // A head that failed has none; logits beyond float32 leave the layer without the column.
    void withoutNumbers() {
        HandMadeLayer layer;
        layer.query[0] = std::numeric_limits<float>::quiet_NaN();
        const LayerResult failed = analysed(layer.capture());
        QCOMPARE(failed.states[0], HeadState::failed);
        QCOMPARE(numberOf(failed, "attention_entropy", 0), 0.0);
        QVERIFY(numberOf(failed, "attention_entropy", 1) > 0);
        HandMadeLayer large;
        for (float& value : large.query)
            value *= 1e30f;
        for (float& value : large.key)
            value *= 1e30f;
        QVERIFY(analysed(large.capture()).number("attention_entropy").empty());
    }
};

QTEST_APPLESS_MAIN(TestAttention)
#include "tst_attention.moc"
