// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Position share, the means of diagonals, and the field without them, against dense matrices.
#include <Eigen/Dense>
#include <QtTest>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/session/head_quantity.h"
#include "core/spectra/fourier.h"
#include "core/spectra/full_rank_fields.h"
#include "core/spectra/position_share.h"
#include "tests/core/hand_made_layer.h"

using namespace rankscope;
using namespace rankscope::test;
using Eigen::Index;
using Eigen::MatrixXd;

namespace {

// The definition, diagonal by diagonal.
struct DenseShare {
    double share = 0;
    std::vector<double> means;
    MatrixXd rest;

    explicit DenseShare(const MatrixXd& matrix, bool visible = false) : rest(matrix) {
        const Index tokens = matrix.rows();
        double explained = 0;
        for (Index distance = 1 - tokens; distance < tokens; ++distance) {
            const double mean = visible && distance < 0 ? 0.0 : matrix.diagonal(-distance).mean();
            means.push_back(mean);
            explained += double(tokens - std::abs(distance)) * mean * mean;
            rest.diagonal(-distance).array() -= mean;
        }
        share = matrix.squaredNorm() > 0 ? explained / matrix.squaredNorm() : 0;
    }

    double largest() const {
        double all = 0;
        for (const double mean : means)
            all = std::max(all, std::abs(mean));
        return all;
    }
};

FactorView viewOf(const std::vector<float>& values, int tokens, int size, const std::vector<double>& extra = {}) {
    return {.data = values.data(),
            .rows = tokens,
            .columns = size,
            .rowStride = size,
            .extraColumn = extra.empty() ? nullptr : extra.data()};
}

// Queries and keys of one head that turn with the position, as rotary codes do, and have a content that does not.
struct Head {
    int tokens, size;
    std::vector<float> query, key;

    Head(int length, int width, float content, unsigned seed = 1)
        : tokens(length), size(width), query(std::size_t(length * width)), key(query.size()) {
        unsigned state = seed;
        const auto next = [&] {
            state = state * 1664525u + 1013904223u;
            return content * (float(state >> 8) / float(1 << 23) - 1.0f);
        };
        for (int t = 0; t < tokens; ++t)
            for (int c = 0; c < size; ++c) {
                const double angle = 0.3 * t / (1 + c / 2);
                const auto turned = float(c % 2 ? std::sin(angle) : std::cos(angle));
                query[std::size_t(t * size + c)] = turned + next();
                key[std::size_t(t * size + c)] = turned + next();
            }
    }

    MatrixXd field(double scale) const {
        MatrixXd q(tokens, size), k(tokens, size);
        for (int t = 0; t < tokens; ++t)
            for (int c = 0; c < size; ++c) {
                q(t, c) = query[std::size_t(t * size + c)];
                k(t, c) = key[std::size_t(t * size + c)];
            }
        MatrixXd matrix = scale * q * k.transpose();
        for (Index i = 0; i < matrix.rows(); ++i)
            matrix.row(i).array() -= matrix.row(i).mean();
        return matrix;
    }
    FactorView queryView() const { return viewOf(query, tokens, size); }
    FactorView keyView() const { return viewOf(key, tokens, size); }
};

}  // namespace

class TestPositionShare : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void againstTheDefinition_data() {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<int>("size");
        QTest::addColumn<double>("content");
        QTest::newRow("one token") << 1 << 4 << 1.0;
        QTest::newRow("two tokens") << 2 << 4 << 1.0;
        QTest::newRow("three, an odd size") << 3 << 5 << 1.0;
        QTest::newRow("d_h = 1") << 50 << 1 << 1.0;
        QTest::newRow("a prime length") << 97 << 8 << 0.5;
        QTest::newRow("a block boundary") << 129 << 6 << 2.0;
        QTest::newRow("d_h > T") << 20 << 64 << 1.0;
        QTest::newRow("position nearly alone") << 200 << 8 << 1e-4;
    }
    void againstTheDefinition() {
        QFETCH(int, tokens);
        QFETCH(int, size);
        QFETCH(double, content);
        const Head head(tokens, size, float(content)), other(tokens, size, float(content), 7);
        const double scale = -0.25;
        const Factor query(head.queryView(), false), second(other.queryView(), false), key(head.keyView(), true);
        const Factor* const queries[] = {&query, &second};
        const std::vector<PositionShare> found = positionShares(queries, key, scale);
        QCOMPARE(found.size(), 2u);
        Head mixed = other;
        mixed.key = head.key;
        for (const auto& [share, matrix] :
             {std::pair(found[0], head.field(scale)), std::pair(found[1], mixed.field(scale))}) {
            const DenseShare truth(matrix);
            QCOMPARE(share.means.size(), truth.means.size());
            for (std::size_t i = 0; i < truth.means.size(); ++i)
                QVERIFY(std::abs(share.means[i] - truth.means[i]) <= 1e-9 * std::max(truth.largest(), 1e-6));
            QVERIFY(tokens == 1 || std::abs(share.share - truth.share) < 1e-9);
        }
    }

    // The sign of δ: a head that reads the previous token has its peak at i − j = 1.
    void previousToken() {
        Head head(40, 40, 0);
        std::ranges::fill(head.query, 0.0f);
        std::ranges::fill(head.key, 0.0f);
        for (int t = 0; t < 40; ++t) {
            head.key[std::size_t(t * 40 + t)] = 1;
            if (t > 0)
                head.query[std::size_t(t * 40 + t - 1)] = 1;
        }
        const Factor query(head.queryView(), false), key(head.keyView(), true);
        const Factor* const queries[] = {&query};
        const PositionShare found = positionShares(queries, key, 1).front();
        const auto peak = std::ranges::max_element(found.means) - found.means.begin();
        QCOMPARE(peak - 39, 1);
        QVERIFY(found.share > 0.9);
    }

    void extremes() {
        const Head zero = [] {
            Head head(30, 4, 1);
            std::ranges::fill(head.key, 3.0f);
            return head;
        }();
        const Factor query(zero.queryView(), false), key(zero.keyView(), true);
        const Factor* const queries[] = {&query};
        QCOMPARE(positionShares(queries, key, 1).front().share, 0.0);
        for (const float size : {1e15f, 1e-15f}) {
            Head head(60, 4, 0.5f);
            const double expected = DenseShare(head.field(1)).share;
            for (auto* values : {&head.query, &head.key})
                for (float& value : *values)
                    value *= size;
            const Factor q(head.queryView(), false), k(head.keyView(), true);
            const Factor* const scaled[] = {&q};
            QVERIFY(std::abs(positionShares(scaled, k, 1).front().share - expected) < 1e-6);
        }
    }

    // Of every head, window and variant of a layer, whatever the heads per key head and the position code.
    void ofALayer_data() {
        QTest::addColumn<bool>("rotated");
        QTest::addColumn<bool>("bias");
        QTest::newRow("rotary code, two heads per key head") << true << false;
        QTest::newRow("bias per key") << false << true;
        QTest::newRow("none") << false << false;
    }
    void ofALayer() {
        QFETCH(bool, rotated);
        QFETCH(bool, bias);
        HandMadeLayer layer(33, 4, bias ? 4 : 2, 6, 24);
        layer.windows = 3;
        layer.draw();
        layer.rotated = rotated;
        for (int i = 0; bias && i < layer.heads * layer.tokens; ++i)
            layer.keyBias.push_back(0.02 * (i / layer.tokens + 1) * (i % layer.tokens));
        const LayerResult found =
            layer.analyse({.with = {Variant::fieldVisibleKeys, Variant::fieldWithoutDistance}}, 2);
        QCOMPARE(found.number("position_share_before_rotation").empty(), !rotated);
        QCOMPARE(found.number("distance_means").size(), std::size_t(4 * 65));
        for (int head = 0; head < layer.heads; ++head) {
            std::vector<double> mean(65, 0.0);
            for (int window = 0; window < 3; ++window) {
                const auto at = std::size_t(head * 3 + window);
                const DenseShare field(denseMatrix(layer, Variant::field, head, window));
                QVERIFY(std::abs(found.number("position_share")[at] - field.share) < 1e-9);
                if (rotated)
                    QVERIFY(std::abs(found.number("position_share_before_rotation")[at] -
                                     DenseShare(denseMatrix(layer, Variant::fieldBeforeRotation, head, window)).share) <
                            1e-9);
                const DenseShare visible(denseMatrix(layer, Variant::fieldVisibleKeys, head, window), true);
                QVERIFY(std::abs(found.number("position_share_visible_keys")[at] - visible.share) < 1e-9);
                const std::vector<double> rest = denseSingularValues(field.rest);
                QVERIFY(relativeDifference(sigmaOf(found, Variant::fieldWithoutDistance, head, window), rest) < 1e-6);
                for (std::size_t i = 0; i < mean.size(); ++i)
                    mean[i] += field.means[i] / 3;
            }
            for (std::size_t i = 0; i < mean.size(); ++i)
                QVERIFY(std::abs(found.number("distance_means")[std::size_t(head) * 65 + i] - mean[i]) < 1e-6);
        }
        QVERIFY(layer.analyse(LayerOptions{}).number("position_share_visible_keys").empty());
    }

    void threadsDoNotMatter() {
        HandMadeLayer layer;
        layer.windows = 2;
        layer.draw();
        const LayerResult one = layer.analyse(1), three = layer.analyse(3);
        QCOMPARE(one.number("position_share"), three.number("position_share"));
        QCOMPARE(one.number("distance_means"), three.number("distance_means"));
    }

    void failedHead() {
        HandMadeLayer layer;
        layer.query[0] = std::numeric_limits<float>::quiet_NaN();  // of head 0
        const LayerResult found = layer.analyse(2);
        QCOMPARE(found.states[0], HeadState::failed);
        QCOMPARE(found.number("position_share")[0], 0.0);
        QVERIFY(found.number("position_share")[1] > 0);
    }

    void withoutDistance_data() {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<double>("content");
        QTest::newRow("half position") << 300 << 1.0;
        QTest::newRow("an odd length") << 421 << 0.3;
        QTest::newRow("position nearly alone") << 200 << 1e-3;
    }
    void withoutDistance() {
        QFETCH(int, tokens);
        QFETCH(double, content);
        const Head head(tokens, 8, float(content));
        const DenseShare truth(head.field(0.5));
        const std::vector<double> sigma = denseSingularValues(truth.rest);
        const FullRankSpectrum all = allOf(*fieldWithoutDistance(head.queryView(), head.keyView(), 0.5), JobContext());
        QVERIFY(relativeDifference(all.sigma, sigma) < 1e-6);
        QVERIFY(std::abs(all.energy / truth.rest.squaredNorm() - 1) < 1e-6);
        const auto leading = leadingOf(*fieldWithoutDistance(head.queryView(), head.keyView(), 0.5), 0.9, JobContext());
        QVERIFY(leading.has_value());
        QVERIFY(leading->sigma.size() < sigma.size());
        QVERIFY(relativeDifference(leading->sigma, {sigma.begin(), sigma.begin() + int(leading->sigma.size())}) < 1e-6);
        QCOMPARE(leading->energy, all.energy);
    }

    // Where distance is all, what is left is rounding: a zero matrix.
    void nothingButDistance() {
        Head head(64, 64, 0);
        for (auto* values : {&head.query, &head.key})
            for (int i = 0; i < 64 * 64; ++i)
                (*values)[std::size_t(i)] = i / 64 == i % 64 ? 1.0f : 0.0f;
        const FullRankSpectrum found =
            fullRankSpectrum(*fieldWithoutDistance(head.queryView(), head.keyView(), 1), JobContext());
        QCOMPARE(found.sigma, std::vector<double>(64, 0.0));
        QCOMPARE(found.energy, 0.0);
    }

    void withoutDistanceOfLongWindows() {
        const Head head(int(fullRankDenseTokens) + 60, 8, 0.5f);
        const auto matrix = fieldWithoutDistance(head.queryView(), head.keyView(), 1);
        const FullRankSpectrum found = fullRankSpectrum(*matrix, JobContext()), all = allOf(*matrix, JobContext());
        QVERIFY(found.sigma.size() < std::size_t(head.tokens) / 2);
        QVERIFY(relativeDifference(found.sigma, {all.sigma.begin(), all.sigma.begin() + int(found.sigma.size())}) <
                1e-6);
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_EXCEPTION_THROWN(fullRankSpectrum(*matrix, JobContext(stop.get_token(), {})), Cancelled);
    }

    void quickLengths() {
        for (const auto& [least, length] : {std::pair(1, 1), std::pair(7, 8), std::pair(97, 100), std::pair(1023, 1024),
                                            std::pair(4095, 4096), std::pair(1025, 1080)})
            QCOMPARE(quickLength(least), length);
    }
};

QTEST_APPLESS_MAIN(TestPositionShare)
#include "tst_position_share.moc"
