// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The Gaussian baseline against what random matrix theory says of such products, and its promises: the seed alone
// decides, every variant has one.
#include <QtTest>
#include <cmath>
#include <numeric>

#include "core/analysis/gaussian_baseline.h"
#include "core/base/error.h"

using namespace rankscope;

namespace {

ModelFacts modelOf(int heads, int kvHeads, int headSize, int hiddenSize) {
    ModelFacts model;
    model.layers = 1;
    model.heads = heads;
    model.kvHeads = kvHeads;
    model.headSize = headSize;
    model.hiddenSize = hiddenSize;
    return model;
}

LayerSpectra baselineOf(const ModelFacts& model, int length, Variant variant, std::uint64_t seed = 3) {
    const Variant variants[] = {variant};
    return gaussianBaseline(model, length, variants, seed, JobContext()).front();
}

double squares(const LayerSpectra& spectra) {
    return std::inner_product(spectra.sigma.begin(), spectra.sigma.end(), spectra.sigma.begin(), 0.0);
}

}  // namespace

class TestGaussianBaseline : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyVariant_data() {
        QTest::addColumn<int>("variant");
        for (const VariantInfo& info : variantTable())
            QTest::newRow(std::string(info.id).c_str()) << static_cast<int>(info.variant);
    }
    void everyVariant() {
        QFETCH(int, variant);
        const ModelFacts model = modelOf(6, 2, 16, 96);
        const LayerSpectra one = baselineOf(model, 128, Variant(variant));
        QCOMPARE(one.variant, Variant(variant));
        QCOMPARE(one.heads, 1);
        QCOMPARE(one.windows, 1);
        QCOMPARE(one.sigma.size(), std::size_t(one.components));
        QVERIFY(std::ranges::is_sorted(one.sigma, std::greater()));
        QVERIFY(one.sigma.back() >= 0 && one.sigma.front() > 0);
        const bool field = variantInfo(Variant(variant)).perWindow;
        const std::int64_t side = Variant(variant) == Variant::fieldWithoutFirstKey ? 127 : field ? 128 : 96;
        QCOMPARE(one.columns, side);
        QCOMPARE(one.rows, variantInfo(Variant(variant)).perKvHead ? 3 * side : side);
        const JobContext single({}, {}, 1);
        const Variant variants[] = {Variant(variant)};
        QCOMPARE(gaussianBaseline(model, 128, variants, 3, single).front().sigma, one.sigma);
        QVERIFY(baselineOf(model, 128, Variant(variant), 4).sigma != one.sigma);
    }

    // Σσ² of A Bᵀ has the mean m · n · d and the participation ratio tends to d / (1 + d/m + d/n): second moment of the
    // free product of two Marchenko–Pastur laws. Centring takes one of the n away.
    void moments_data() {
        QTest::addColumn<int>("variant");
        QTest::addColumn<double>("m");
        QTest::addColumn<double>("n");
        QTest::newRow("field") << int(Variant::field) << 512.0 << 511.0;
        QTest::newRow("without first key") << int(Variant::fieldWithoutFirstKey) << 511.0 << 510.0;
        QTest::newRow("interaction") << int(Variant::interaction) << 576.0 << 576.0;
        QTest::newRow("field per KV head") << int(Variant::kvField) << 1536.0 << 511.0;
        QTest::newRow("interaction per KV head") << int(Variant::kvInteraction) << 1728.0 << 576.0;
    }
    void moments() {
        QFETCH(int, variant);
        QFETCH(double, m);
        QFETCH(double, n);
        const LayerSpectra found = baselineOf(modelOf(9, 3, 64, 576), 512, Variant(variant));
        QVERIFY2(std::abs(squares(found) / (m * n * 64) - 1) < 0.03, qPrintable(QString::number(squares(found))));
        const double expected = 64 / (1 + 64 / m + 64 / n), ratio = parseMeasure("participation")(found.at(0, 0));
        QVERIFY2(std::abs(ratio / expected - 1) < 0.02, qPrintable(QString("%1 for %2").arg(ratio).arg(expected)));
        QCOMPARE(parseMeasure("numerical")(found.at(0, 0)), 64.0);
    }

    // The window bounds the rank: T − 1 after centring, d_h where the window is longer.
    void shortWindow() {
        const LayerSpectra found = baselineOf(modelOf(4, 4, 32, 64), 8, Variant::field);
        QCOMPARE(found.components, 32);
        QCOMPARE(parseMeasure("numerical")(found.at(0, 0)), 7.0);
    }

    // Equal shapes are one draw: where a family has no rotation, or no bias, the two variants have one baseline.
    void equalShapesShareOneDraw() {
        const Variant variants[] = {Variant::field, Variant::interaction, Variant::fieldBeforeRotation,
                                    Variant::interactionNormFolded};
        const auto all = gaussianBaseline(modelOf(4, 2, 16, 64), 64, variants, 1, JobContext());
        QCOMPARE(all.size(), std::size_t(4));
        QCOMPARE(all[0].sigma, all[2].sigma);
        QCOMPARE(all[1].sigma, all[3].sigma);
        QVERIFY(all[0].sigma != all[1].sigma);
    }

    void ofASession() {
        Session session;
        session.model = modelOf(4, 2, 8, 32);
        session.corpus.windowLength = 24;
        session.corpus.seed = 9;
        auto layer = std::make_shared<LayerResult>();
        for (const Variant variant : {Variant::interaction, Variant::kvField})
            layer->spectra.emplace_back().variant = variant;
        session.layers = {layer};
        const auto found = gaussianBaseline(session, JobContext());
        QCOMPARE(found.size(), std::size_t(2));
        for (const LayerSpectra& spectra : found)
            QCOMPARE(spectra.sigma, baselineOf(session.model, 24, spectra.variant, 9).sigma);
    }

    void stops() {
        std::stop_source stop;
        stop.request_stop();
        const Variant variants[] = {Variant::field};
        QVERIFY_EXCEPTION_THROWN(
            gaussianBaseline(modelOf(4, 2, 8, 32), 24, variants, 1, JobContext(stop.get_token(), {})), Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestGaussianBaseline)
#include "tst_gaussian_baseline.moc"
