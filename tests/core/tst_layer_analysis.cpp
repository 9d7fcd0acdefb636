// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every variant of one layer against the matrix that its definition says, decomposed as a whole; what must leave
// spectra as they are and what must change them; heads that fail beside heads that do not.
#include <QtTest>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "core/base/error.h"
#include "tests/core/hand_made_layer.h"

using namespace rankscope;
using namespace rankscope::test;

namespace {

constexpr float notANumber = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();

// One way to fill a layer.
struct Case {
    const char* name;
    std::function<HandMadeLayer()> make;
};

void fill(std::vector<float>& values, const std::function<float(std::size_t)>& value) {
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = value(i);
}

// All factors but the norm gains.
void fillAll(HandMadeLayer& layer, const std::function<float(std::size_t)>& value) {
    for (auto* values : {&layer.query, &layer.key, &layer.queryBefore, &layer.keyBefore, &layer.weights.query.weight,
                         &layer.weights.key.weight})
        fill(*values, value);
}

// Rows of every head are those of the identity, times `diagonal(i)`: T = hidden = d_h.
HandMadeLayer diagonalLayer(const std::function<float(int)>& diagonal) {
    constexpr int size = 8;
    HandMadeLayer layer(size, 4, 2, size, size);
    for (auto* values : {&layer.query, &layer.key, &layer.queryBefore, &layer.keyBefore}) {
        const int heads = static_cast<int>(values->size()) / (size * size);
        fill(*values, [&](std::size_t i) {
            const auto column = static_cast<int>(i % size), row = static_cast<int>(i / size) / heads;
            return row == column ? diagonal(row) : 0.0f;
        });
    }
    for (auto* values : {&layer.weights.query.weight, &layer.weights.key.weight})
        fill(*values, [&](std::size_t i) {
            const auto column = static_cast<int>(i % size), row = static_cast<int>(i / size) % size;
            return row == column ? diagonal(row) : 0.0f;
        });
    return layer;
}

HandMadeLayer scaledLayer(float factor) {
    HandMadeLayer layer;
    for (auto* values : {&layer.query, &layer.key, &layer.queryBefore, &layer.keyBefore, &layer.weights.query.weight,
                         &layer.weights.key.weight})
        for (float& value : *values)
            value *= factor;
    return layer;
}

std::vector<Case> cases() {
    return {
        {"random", [] { return HandMadeLayer(); }},
        {"one head per key head", [] { return HandMadeLayer(40, 3, 3, 8, 24); }},
        {"one key head for all", [] { return HandMadeLayer(40, 6, 1, 8, 24); }},
        {"identity", [] { return diagonalLayer([](int) { return 1.0f; }); }},
        {"known diagonal", [] { return diagonalLayer([](int i) { return 1.0f / float(1 << i); }); }},
        {"rank one",
         [] {
             HandMadeLayer layer;
             fillAll(layer, [](std::size_t) { return 1.0f; });
             // Keys that are all alike would leave nothing: let them grow with the token.
             for (auto* values : {&layer.key, &layer.keyBefore})
                 fill(*values, [&](std::size_t i) { return float(i / (layer.kvHeads * layer.headSize)); });
             return layer;
         }},
        {"all keys alike",
         [] {
             HandMadeLayer layer;
             for (auto* values : {&layer.key, &layer.keyBefore})
                 fill(*values, [](std::size_t i) { return float(i % 8); });
             return layer;
         }},
        {"zero",
         [] {
             HandMadeLayer layer;
             fillAll(layer, [](std::size_t) { return 0.0f; });
             return layer;
         }},
        {"T = 2", [] { return HandMadeLayer(2, 4, 2, 8, 24); }},
        {"T = 3", [] { return HandMadeLayer(3, 4, 2, 8, 24); }},
        {"T < d_h", [] { return HandMadeLayer(12, 4, 2, 16, 24); }},
        {"T = d_h", [] { return HandMadeLayer(16, 4, 2, 16, 24); }},
        {"T = d_h + 1", [] { return HandMadeLayer(17, 4, 2, 16, 24); }},
        {"hidden < d_h", [] { return HandMadeLayer(30, 4, 2, 16, 9); }},
        {"huge, 1e18", [] { return scaledLayer(1e18f); }},
        {"tiny, 1e-18", [] { return scaledLayer(1e-18f); }},
        {"near the end of float32, 1e38", [] { return scaledLayer(1e38f); }},
        {"two scales in one head",
         [] {
             HandMadeLayer layer;
             for (std::size_t i = 0; i < layer.query.size(); i += 3)
                 layer.query[i] *= 1e6f;
             for (std::size_t i = 0; i < layer.key.size(); i += 5)
                 layer.key[i] *= 1e-6f;
             return layer;
         }},
        {"a sink: key 0 a thousand times longer",
         [] {
             HandMadeLayer layer;
             for (auto* values : {&layer.key, &layer.keyBefore})
                 for (int i = 0; i < layer.kvHeads * layer.headSize; ++i)
                     (*values)[std::size_t(i)] *= 1000;
             return layer;
         }},
        {"a sink a million times longer, in queries and keys",
         [] {
             HandMadeLayer layer;
             for (int i = 0; i < layer.kvHeads * layer.headSize; ++i)
                 layer.key[std::size_t(i)] *= 1e6f;
             for (int i = 0; i < layer.heads * layer.headSize; ++i)
                 layer.query[std::size_t(i)] *= 1e6f;
             return layer;
         }},
        {"large mean key",
         [] {
             HandMadeLayer layer;
             for (float& value : layer.key)
                 value += 1000;
             return layer;
         }},
        {"negative scale",
         [] {
             HandMadeLayer layer;
             layer.scale = -3;
             return layer;
         }},
        {"several windows",
         [] {
             HandMadeLayer layer;
             layer.windows = 3;
             layer.draw();
             return layer;
         }},
        {"bias per key",
         [] {
             HandMadeLayer layer(40, 4, 4, 8, 24);
             layer.rotated = false;
             for (int head = 0; head < layer.heads; ++head)
                 for (int j = 0; j < layer.tokens; ++j)
                     layer.keyBias.push_back(0.3 * j / (head + 1));
             return layer;
         }},
        {"bias per key, T < d_h",
         [] {
             HandMadeLayer layer(10, 2, 2, 16, 24);
             layer.rotated = false;
             for (int j = 0; j < 20; ++j)
                 layer.keyBias.push_back(j % 10);
             return layer;
         }},
    };
}

}  // namespace

class TestLayerAnalysis : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Case by case, every variant that the layer has: within 1e-6 · σ_1 of the SVD of the matrix itself.
    void everyVariant_data() {
        QTest::addColumn<int>("row");
        for (std::size_t i = 0; i < cases().size(); ++i)
            QTest::newRow(cases()[i].name) << static_cast<int>(i);
    }
    void everyVariant() {
        QFETCH(int, row);
        const HandMadeLayer layer = cases()[std::size_t(row)].make();
        const LayerResult result = layer.analyse();
        QVERIFY(std::ranges::all_of(result.states, [](HeadState state) { return state == HeadState::done; }));
        for (const VariantInfo& info : variantTable()) {
            const bool expected = info.variant == Variant::fieldBeforeRotation        ? layer.rotated
                                  : info.variant == Variant::fieldWithoutFirstKey     ? layer.tokens > 2
                                  : info.variant == Variant::fieldWithoutPositionBias ? !layer.keyBias.empty()
                                                                                      : true;
            const LayerSpectra* spectra = result.find(info.variant);
            QVERIFY2((spectra != nullptr) == expected, info.id.data());
            if (!spectra)
                continue;
            QCOMPARE(spectra->heads, info.perKvHead ? layer.kvHeads : layer.heads);
            QCOMPARE(spectra->windows, info.perWindow ? layer.windows : 1);
            for (int head = 0; head < spectra->heads; ++head)
                for (int window = 0; window < spectra->windows; ++window) {
                    const Eigen::MatrixXd dense = denseMatrix(layer, info.variant, head, window);
                    QCOMPARE(spectra->rows, dense.rows());
                    QCOMPARE(spectra->columns, dense.cols());
                    const std::vector<double> truth = denseSingularValues(dense),
                                              found = sigmaOf(result, info.variant, head, window);
                    const double difference = relativeDifference(found, truth);
                    QVERIFY2(difference <= 1e-6, qPrintable(QString("%1, head %2, window %3: %4 σ₁")
                                                                .arg(info.id.data())
                                                                .arg(head)
                                                                .arg(window)
                                                                .arg(difference)));
                    QVERIFY(std::ranges::is_sorted(found, std::greater()) && found.back() >= 0);
                }
        }
    }

    // Spectra that can be written down.
    void analytic_data() {
        QTest::addColumn<int>("variant");
        QTest::addColumn<double>("base");  // entry i of the diagonals is base^i
        QTest::addColumn<QList<double>>("expected");
        const QList<double> ones(8, 1.0);
        QList<double> centred(8, 0.5);  // s (I − 11ᵀ/T): T − 1 equal values
        centred.last() = 0;
        QList<double> powers, stacked(8, std::sqrt(2.0)), stackedField(8, 0.5 * std::sqrt(2.0));
        stackedField.last() = 0;
        for (int i = 0; i < 8; ++i)
            powers << std::pow(0.25, i);
        QTest::newRow("identity, interaction") << int(Variant::interaction) << 1.0 << ones;
        QTest::newRow("identity, interaction per KV head") << int(Variant::kvInteraction) << 1.0 << stacked;
        QTest::newRow("identity, field") << int(Variant::field) << 1.0 << centred;
        QTest::newRow("identity, field before rotation") << int(Variant::fieldBeforeRotation) << 1.0 << centred;
        QTest::newRow("identity, field per KV head") << int(Variant::kvField) << 1.0 << stackedField;
        QTest::newRow("powers of a half, interaction") << int(Variant::interaction) << 0.5 << powers;
    }
    void analytic() {
        QFETCH(int, variant);
        QFETCH(double, base);
        QFETCH(QList<double>, expected);
        const LayerResult result = diagonalLayer([&](int i) { return float(std::pow(base, i)); }).analyse();
        for (int head = 0; head < result.find(Variant(variant))->heads; ++head)
            QVERIFY(relativeDifference(sigmaOf(result, Variant(variant), head), {expected.begin(), expected.end()}) <
                    1e-6);
    }

    // Masking decides: of T = 16 tokens with d_h = 2 the field has rank 2, over visible keys 15.
    void maskRaisesTheRank() {
        const LayerResult result = HandMadeLayer(16, 1, 1, 2, 8).analyse();
        const auto measure = [&](const char* id, Variant variant) {
            return parseMeasure(id)(result.find(variant)->at(0, 0));
        };
        QCOMPARE(measure("numerical", Variant::field), 2.0);
        QCOMPARE(measure("numerical", Variant::fieldVisibleKeys), 15.0);
        QVERIFY(measure("k90", Variant::field) <= 2);
        QVERIFY(measure("k90", Variant::fieldVisibleKeys) > measure("k90", Variant::field));
    }

    void threadsAgree() {
        HandMadeLayer layer;
        layer.windows = 2;
        layer.draw();
        const LayerResult one = layer.analyse(1), two = layer.analyse(2);
        QCOMPARE(one.spectra.size(), two.spectra.size());
        for (const LayerSpectra& spectra : one.spectra)
            for (int head = 0; head < spectra.heads; ++head)
                for (int window = 0; window < spectra.windows; ++window)
                    QVERIFY(relativeDifference(sigmaOf(two, spectra.variant, head, window),
                                               sigmaOf(one, spectra.variant, head, window)) <= 1e-6);
        QCOMPARE(one.number("largest_position"), two.number("largest_position"));
    }

    // A window's first tokens only: the rows after them must not be looked at.
    void shorterThanTheStride() {
        HandMadeLayer whole;
        whole.windows = 2;
        whole.draw();
        HandMadeLayer cut(25, whole.heads, whole.kvHeads, whole.headSize, whole.hidden);
        cut.windows = 2;
        cut.draw();
        const auto copyRows = [&](const std::vector<float>& from, std::vector<float>& to, int width) {
            for (int window = 0; window < 2; ++window)
                std::copy_n(from.begin() + window * 40 * width, 25 * width, to.begin() + window * 25 * width);
        };
        copyRows(whole.query, cut.query, 32);
        copyRows(whole.key, cut.key, 16);
        copyRows(whole.queryBefore, cut.queryBefore, 32);
        copyRows(whole.keyBefore, cut.keyBefore, 16);
        LayerCapture capture = whole.capture();
        capture.tokens = 25;
        const LayerResult found = analyseLayer(capture, {.with = {Variant::fieldVisibleKeys}}, JobContext()),
                          truth = cut.analyse();
        for (const Variant variant : {Variant::field, Variant::fieldBeforeRotation, Variant::fieldWithoutFirstKey,
                                      Variant::fieldVisibleKeys, Variant::kvField})
            QCOMPARE(found.find(variant)->sigma, truth.find(variant)->sigma);
    }

    // Query head h reads key head h / (H / H_kv): a key head of rank one shows in its own group only.
    void groupedQueriesReadTheirKeyHead() {
        HandMadeLayer layer(40, 4, 2, 8, 32);
        float* key = layer.weights.key.weight.data();  // KV head 0: all rows equal
        for (int row = 1; row < layer.headSize; ++row)
            std::copy_n(key, layer.hidden, key + row * layer.hidden);
        const LayerResult result = layer.analyse();
        const double expected[] = {1, 1, 8, 8};
        for (int head = 0; head < 4; ++head)
            QCOMPARE(parseMeasure("numerical")(result.find(Variant::interaction)->at(head, 0)), expected[head]);
        QCOMPARE(parseMeasure("numerical")(result.find(Variant::kvInteraction)->at(0, 0)), 1.0);
        QCOMPARE(parseMeasure("numerical")(result.find(Variant::kvInteraction)->at(1, 0)), 8.0);
    }

    // The same vector added to every key is taken off by the centring; the same added to every query is not.
    void constantKeysVanishConstantQueriesDoNot() {
        const HandMadeLayer plain;
        HandMadeLayer keys = plain, queries = plain;
        for (std::size_t i = 0; i < keys.key.size(); ++i)
            keys.key[i] += 5.0f * float(i % keys.headSize);
        for (std::size_t i = 0; i < queries.query.size(); ++i)
            queries.query[i] += 5.0f * float(i % queries.headSize);
        const LayerResult base = plain.analyse(), shiftedKeys = keys.analyse(), shiftedQueries = queries.analyse();
        for (const Variant variant : {Variant::field, Variant::fieldWithoutFirstKey, Variant::fieldVisibleKeys})
            for (int head = 0; head < 4; ++head) {
                QVERIFY(relativeDifference(sigmaOf(shiftedKeys, variant, head), sigmaOf(base, variant, head)) < 1e-5);
                QVERIFY(relativeDifference(sigmaOf(shiftedQueries, variant, head), sigmaOf(base, variant, head)) > 0.1);
            }
        QCOMPARE(shiftedQueries.find(Variant::interaction)->sigma, base.find(Variant::interaction)->sigma);
    }

    // W_QᵀW_K does not change when the rows of a head of W_Q and W_K are permuted alike: it cannot reveal a wrong
    // pairing.
    void interactionIgnoresRowOrder() {
        const HandMadeLayer plain;
        HandMadeLayer permuted = plain;
        for (Linear* linear : {&permuted.weights.query, &permuted.weights.key})
            for (int head = 0; head < linear->outputs / plain.headSize; ++head)
                std::swap_ranges(linear->weight.begin() + head * plain.headSize * plain.hidden,
                                 linear->weight.begin() + (head * plain.headSize + 1) * plain.hidden,
                                 linear->weight.begin() + (head * plain.headSize + 5) * plain.hidden);
        const LayerResult a = plain.analyse(), b = permuted.analyse();
        for (const Variant variant : {Variant::interaction, Variant::interactionNormFolded, Variant::kvInteraction})
            for (int head = 0; head < a.find(variant)->heads; ++head)
                QVERIFY(relativeDifference(sigmaOf(a, variant, head), sigmaOf(b, variant, head)) < 1e-12);
    }

    // Ẽ does not change when queries and keys of a head are rotated by one orthogonal matrix.
    void fieldIgnoresRotationOfTheHeadSpace() {
        const HandMadeLayer plain;
        HandMadeLayer rotated = plain;
        const double angle = 0.7, cosine = std::cos(angle), sine = std::sin(angle);
        for (auto* values : {&rotated.query, &rotated.key})
            for (std::size_t i = 0; i + 1 < values->size(); i += 2) {
                const double x = (*values)[i], y = (*values)[i + 1];
                (*values)[i] = float(cosine * x - sine * y);
                (*values)[i + 1] = float(sine * x + cosine * y);
            }
        const LayerResult a = plain.analyse(), b = rotated.analyse();
        for (const Variant variant :
             {Variant::field, Variant::fieldWithoutFirstKey, Variant::fieldVisibleKeys, Variant::kvField})
            for (int head = 0; head < a.find(variant)->heads; ++head)
                QVERIFY(relativeDifference(sigmaOf(b, variant, head), sigmaOf(a, variant, head)) < 1e-6);
        QVERIFY(rotated.query != plain.query);
    }

    void onlyTheBrokenHeadFails_data() {
        QTest::addColumn<QString>("place");
        QTest::addColumn<float>("value");
        QTest::addColumn<QList<int>>("failed");
        for (const float value : {notANumber, infinity, -infinity}) {
            const char* name = std::isnan(value) ? "NaN" : value > 0 ? "infinity" : "minus infinity";
            QTest::addRow("%s in W_Q of head 1", name) << "W_Q" << value << QList<int>{1};
            QTest::addRow("%s in W_K of KV head 1", name) << "W_K" << value << QList<int>{2, 3};
            QTest::addRow("%s in a query of head 1", name) << "query" << value << QList<int>{1};
            QTest::addRow("%s in a key of KV head 1", name) << "key" << value << QList<int>{2, 3};
            QTest::addRow("%s in the first query of head 1", name) << "query 0" << value << QList<int>{1};
            QTest::addRow("%s in the first key of KV head 1", name) << "key 0" << value << QList<int>{2, 3};
            QTest::addRow("%s in a query before rotation", name) << "before" << value << QList<int>{1};
        }
    }
    void onlyTheBrokenHeadFails() {
        QFETCH(QString, place);
        QFETCH(float, value);
        QFETCH(QList<int>, failed);
        const HandMadeLayer plain;
        HandMadeLayer broken = plain;
        const std::map<QString, float*> places{{"W_Q", &broken.weights.query.weight[8 * 24 + 3]},
                                               {"W_K", &broken.weights.key.weight[8 * 24 + 3]},
                                               {"query", &broken.query[5 * 32 + 8 + 2]},
                                               {"key", &broken.key[5 * 16 + 8 + 2]},
                                               {"query 0", &broken.query[8 + 2]},
                                               {"key 0", &broken.key[8 + 2]},
                                               {"before", &broken.queryBefore[7 * 32 + 8]}};
        *places.at(place) = value;
        const LayerResult base = plain.analyse(), result = broken.analyse(2);
        for (int head = 0; head < 4; ++head) {
            QCOMPARE(result.states[head], failed.contains(head) ? HeadState::failed : HeadState::done);
            QCOMPARE(result.reasons[head].empty(), !failed.contains(head));
        }
        for (const LayerSpectra& spectra : result.spectra) {
            QVERIFY(std::ranges::all_of(spectra.sigma, [](double sigma) { return std::isfinite(sigma); }));
            const VariantInfo& info = variantInfo(spectra.variant);
            for (int row = 0; row < spectra.heads; ++row) {
                const auto among = [&](const QList<int>& heads) {
                    return std::ranges::any_of(heads,
                                               [&](int head) { return (info.perKvHead ? head / 2 : head) == row; });
                };
                const bool there = !among(failed);
                QVERIFY2(result.holds(spectra, row) == there, info.id.data());
                if (there)
                    QCOMPARE(sigmaOf(result, spectra.variant, row), sigmaOf(base, spectra.variant, row));
            }
        }
        for (int head = 0; head < 4; ++head)
            if (!failed.contains(head))
                QCOMPARE(result.number("effective_keys")[head], base.number("effective_keys")[head]);
    }

    // A gain that is not finite fails every head: their queries are not finite either.
    void brokenGain() {
        const HandMadeLayer plain;
        HandMadeLayer broken = plain;
        broken.weights.attentionNorm.gain[4] = notANumber;
        for (float& value : broken.query)  // as the forward pass would have it
            value = notANumber;
        const LayerResult result = broken.analyse();
        for (const HeadState state : result.states)
            QCOMPARE(state, HeadState::failed);
        for (const LayerSpectra& spectra : result.spectra)
            QVERIFY(std::ranges::all_of(spectra.sigma, [](double sigma) { return sigma == 0; }));
    }

    void reasons() {
        HandMadeLayer layer;
        layer.windows = 2;
        layer.draw();
        layer.query[(40 + 3) * 32] = notANumber;  // window 1, head 0
        layer.weights.key.weight[8 * 24] = notANumber;
        const LayerResult own = layer.analyse({.firstFailed = LayerIndex(5)}, 1, 5);
        QCOMPARE(own.reasons[0],
                 std::string("query or key in window 1: expected finite values, found NaN or infinity"));
        QCOMPARE(own.reasons[2], std::string("W_K: expected finite weights, found NaN or infinity"));
        const LayerResult later = layer.analyse({.firstFailed = LayerIndex(3)}, 1, 5);
        QCOMPARE(later.reasons[0], own.reasons[0] + "; first seen in L03");
        QCOMPARE(later.reasons[2], own.reasons[2]);
    }

    void stops() {
        std::stop_source stop;
        stop.request_stop();
        const HandMadeLayer layer;
        const LayerCapture capture{.layer = LayerIndex(0),
                                   .windows = 1,
                                   .tokens = 40,
                                   .heads = 4,
                                   .kvHeads = 2,
                                   .headSize = 8,
                                   .windowStride = 40,
                                   .query = layer.query,
                                   .key = layer.key,
                                   .weights = &layer.weights};
        QVERIFY_EXCEPTION_THROWN(analyseLayer(capture, {}, JobContext(stop.get_token(), {})), Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestLayerAnalysis)
#include "tst_layer_analysis.moc"
