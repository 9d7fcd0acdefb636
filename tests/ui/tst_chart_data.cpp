// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the charts draw, as data: against cases computed by hand.
#include <QSettings>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <cmath>

#include "chart_fixture.h"
#include "core/numbers/uncertainty.h"
#include "synthetic_session.h"
#include "tests/core/example_session.h"
#include "ui/plots/chart_options.h"
#include "ui/plots/head_distribution.h"
#include "ui/plots/length_profile.h"
#include "ui/plots/scree.h"
#include "ui/plots/view_options.h"
#include "ui/viewmodels/uncertainty_text.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef at(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

// Two layers of four heads: the field's values as given, the interaction's twice as large; NaN where not computed.
HeadGrid gridOf(const std::vector<double>& field) {
    HeadGrid grid;
    grid.layers = 2;
    grid.heads = 4;
    grid.states.assign(8, HeadState::done);
    grid.reasons.resize(8);
    for (const GridQuantity quantity : {GridQuantity::field, GridQuantity::interaction, GridQuantity::gap}) {
        GridPanel panel;
        panel.quantity = quantity;
        panel.title = panel.plainTitle = quantity == GridQuantity::field ? u"Ẽ"_s : u"W"_s;
        for (const double value : field)
            panel.values.push_back(quantity == GridQuantity::gap           ? 2
                                   : quantity == GridQuantity::interaction ? 2 * value
                                                                           : value);
        panel.maximum = 24;
        grid.panels.push_back(panel);
    }
    return grid;
}

const std::vector<double> eight{1, 3, 3, 12, 3, 4, std::nan(""), 10};

// Heads whose spectrum in each window is given outright.
std::shared_ptr<Session> sessionOf(std::vector<std::vector<double>> windows) {
    auto session = std::make_shared<Session>();
    session->model.layers = session->model.heads = session->model.kvHeads = 1;
    session->corpus.windows = int(windows.size());
    session->corpus.windowLength = 8;
    auto layer = std::make_shared<LayerResult>();
    const int components = int(windows.front().size());
    LayerSpectra field{Variant::field, 1, int(windows.size()), components, 8, 8, {}, {}};
    for (const auto& sigma : windows)
        field.sigma.insert(field.sigma.end(), sigma.begin(), sigma.end());
    LayerSpectra interaction{Variant::interaction, 1, 1, components, 8, 8, windows.front(), {}};
    layer->spectra = {field, interaction};
    layer->states = {HeadState::done};
    layer->reasons.resize(1);
    session->layers = {layer};
    return session;
}

ScreeChoice choiceOf(ScreeQuantity quantity, std::vector<HeadRef> heads, ScreeBand band = ScreeBand::none) {
    ScreeChoice choice;
    choice.quantity = quantity;
    choice.heads = std::move(heads);
    choice.band = band;
    return choice;
}

}  // namespace

class TestChartData : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void distributionsAreStepsAtDistinctValues() {
        const HeadDistribution distribution = makeHeadDistribution(gridOf(eight), {}, DistributionForm::cumulative);
        QCOMPARE(distribution.curves.size(), std::size_t(2));
        const DistributionCurve& field = distribution.curves[0];
        QCOMPARE(field.summary.count, 7);
        QCOMPARE(field.summary.median, 3.0);
        std::vector<double> values, shares;
        for (const HeadGroup& step : field.steps) {
            values.push_back(step.value);
            shares.push_back(step.upTo);
        }
        QCOMPARE(values, (std::vector<double>{1, 3, 4, 10, 12}));
        QCOMPARE(shares, (std::vector<double>{1 / 7., 4 / 7., 5 / 7., 6 / 7., 1}));
        QCOMPARE(field.steps[1].heads, (std::vector<HeadRef>{at(0, 1), at(0, 2), at(1, 0)}));
        QCOMPARE(*field.stepOf(at(1, 0)), std::size_t(1));
        QVERIFY(!field.stepOf(at(1, 2)));
    }

    void histogramsCountHeads() {
        const HeadDistribution distribution = makeHeadDistribution(gridOf(eight), {}, DistributionForm::histogram);
        // Range 11, quartiles 3 and 7: 2 · 4 / 7^⅓ = 4.2 is more than a fifth of the range, 2.2, of which 5 is the next
        // nice width. The interaction, twice as wide, would have 5 too (4.4).
        QCOMPARE(distribution.binWidth, 5.0);
        QCOMPARE(distribution.firstEdge, 0.0);
        std::vector<std::size_t> counts;
        for (const HeadGroup& bin : distribution.curves[0].bins)
            counts.push_back(bin.heads.size());
        QCOMPARE(counts, (std::vector<std::size_t>{5, 0, 2}));
        QCOMPARE(distribution.curves[0].bins[1].value, 7.5);
        QCOMPARE(distribution.curves[0].bins[1].upTo, 5 / 7.);  // nobody in it
        QCOMPARE(*distribution.curves[0].binOf(at(0, 3)), std::size_t(2));
        std::size_t all = 0;
        for (const HeadGroup& bin : distribution.curves[1].bins)
            all += bin.heads.size();
        QCOMPARE(all, std::size_t(7));
    }

    void binWidthsAreNice_data() {
        QTest::addColumn<std::vector<double>>("values");
        QTest::addColumn<bool>("integral");
        QTest::addColumn<double>("width");
        std::vector<double> ramp(1000);
        for (std::size_t i = 0; i < ramp.size(); ++i)
            ramp[i] = double(i) / 100;
        // 2 · 4.995 / 10 = 0.999
        QTest::newRow("ramp") << ramp << false << 1.0;
        QTest::newRow("one value") << std::vector<double>{7, 7, 7} << true << 1.0;
        QTest::newRow("narrow counts") << std::vector<double>{7, 7, 8, 8, 9} << true << 1.0;
        // 2 · 0.5 / 5^⅓ = 0.58 is more than a fifth of the range, 0.2
        QTest::newRow("narrow values") << std::vector<double>{7, 7.25, 7.5, 7.75, 8} << false << 0.2;
        QTest::newRow("none") << std::vector<double>{} << false << 1.0;
    }

    void binWidthsAreNice() {
        QFETCH(std::vector<double>, values);
        QFETCH(bool, integral);
        QTEST(niceBinWidth(values, integral), "width");
    }

    void gapsHaveTheirOwnDistribution() {
        OverHeadsChoice choice;
        choice.matrices = ChartMatrices::gap;
        choice.fieldBaseline = 20;
        choice.interactionBaseline = 30;
        const HeadDistribution distribution = makeHeadDistribution(gridOf(eight), choice, DistributionForm::cumulative);
        QCOMPARE(distribution.curves.size(), std::size_t(1));
        QCOMPARE(distribution.curves[0].quantity, GridQuantity::gap);
        QCOMPARE(*distribution.curves[0].baseline, 1.5);
        QCOMPARE(distribution.valuesTitle, u"ratio W / Ẽ"_s);
        choice.fieldBaseline = 0;
        QVERIFY(!baselineFor(GridQuantity::gap, choice));
    }

    void nothingFinishedIsNoCurve() {
        const HeadGrid empty = gridOf(std::vector<double>(8, std::nan("")));
        for (const ChartMatrices matrices : {ChartMatrices::ranks}) {
            OverHeadsChoice choice;
            choice.matrices = matrices;
            QVERIFY(makeHeadDistribution(empty, choice, DistributionForm::histogram).curves.empty());
            QVERIFY(makeDepthProfile(empty, choice).curves.empty());
        }
    }

    void headNamesAreShortened() {
        QCOMPARE(headNames({at(0, 1), at(2, 3)}, 5), u"L00H01, L02H03"_s);
        QCOMPARE(headNames({at(0, 1), at(2, 3), at(4, 5)}, 2), u"L00H01, L02H03 and 1 more"_s);
        QCOMPARE(headCountText(1), u"1 head"_s);
        QCOMPARE(headCountText(12), u"12 heads"_s);
    }

    void dotsLieBesideEachOther() {
        QCOMPARE(swarmOffsets({5, 5, 5, 9}, 1, 0.1, 0.4), (std::vector<double>{-0.1, 0, 0.1, 0}));
        const std::vector<double> crowd = swarmOffsets(std::vector<double>(101, 3), 1, 0.1, 0.4);
        QCOMPARE(*std::min_element(crowd.begin(), crowd.end()), -0.4);
        QCOMPARE(*std::max_element(crowd.begin(), crowd.end()), 0.4);
        QCOMPARE(QSet<double>(crowd.begin(), crowd.end()).size(), 101);
        QVERIFY(swarmOffsets({}, 1, 0.1, 0.4).empty());
    }

    void depthHasEveryHead() {
        OverHeadsChoice choice;
        choice.fieldBaseline = 6;
        const DepthProfile profile = makeDepthProfile(gridOf(eight), choice);
        QCOMPARE(profile.curves.size(), std::size_t(2));
        const DepthCurve& field = profile.curves[0];
        QCOMPARE(field.dots.size(), std::size_t(7));
        QCOMPARE(field.median, (std::vector<double>{3, 4}));  // of 1 3 3 12 and of 3 4 10
        QCOMPARE(field.lower, (std::vector<double>{2.5, 3.5}));
        QCOMPARE(*field.baseline, 6.0);
        QVERIFY(!profile.curves[1].baseline);
        for (const DepthCurve& curve : profile.curves)
            for (const DepthDot& dot : curve.dots) {
                QVERIFY(std::abs(dot.offset) <= 0.4);
                // Ẽ left of the layer, W_QᵀW_K right of it.
                QCOMPARE(dot.offset < 0, curve.quantity == GridQuantity::field);
            }
        choice.matrices = ChartMatrices::gap;
        QCOMPARE(makeDepthProfile(gridOf(eight), choice).curves.size(), std::size_t(1));
    }

    // Bars at the layers that have heads, of the field only, of the same draws as the session's own interval.
    void depthHasIntervals() {
        const auto session = syntheticSession({4, 4, 2, 9, 32});
        const GridChoice grid;
        const OverHeadsChoice choice =
            overHeadsChoice(*session, grid, {}, layerIntervals(*session, Variant::field, grid.measure));
        const DepthProfile profile = makeDepthProfile(makeHeadGrid(*session, grid), choice);
        QCOMPARE(profile.curves[0].intervals.size(), std::size_t(4));
        QVERIFY(profile.curves[1].intervals.empty());
        const auto layers = layerIntervals(*session, Variant::field, grid.measure);
        for (std::size_t layer = 0; layer < 4; ++layer) {
            QVERIFY(profile.curves[0].intervals[layer].value() == layers[layer].value());
            QVERIFY(layers[layer]->low <= profile.curves[0].median[layer] &&
                    profile.curves[0].median[layer] <= layers[layer]->high);
        }
        const auto few = syntheticSession({4, 4, 2, 3, 32});
        const DepthProfile none =
            makeDepthProfile(makeHeadGrid(*few, grid),
                             overHeadsChoice(*few, grid, {}, layerIntervals(*few, Variant::field, grid.measure)));
        QVERIFY(std::ranges::none_of(none.curves[0].intervals, [](const auto& of) { return of.has_value(); }));
    }

    void lengthsHaveIntervals() {
        auto session = syntheticSession({4, 4, 2, 9, 32});
        session->corpus.tokens.assign(9 * 512, 1);
        auto shorter = std::make_shared<Session>(cutOff(*session, 256));
        shorter->layers = syntheticSession({4, 4, 2, 9, 16})->layers;
        session->sweep.push_back(shorter);
        QVERIFY(makeLengthProfile(*session, {}, {}).curves[0].intervals.empty());
        const LengthProfile profile = makeLengthProfile(*session, {}, {}, lengthIntervals(*session, {}));
        QCOMPARE(profile.curves[0].intervals.size(), std::size_t(2));
        QVERIFY(profile.curves[0].intervals[0] == medianInterval(*shorter, Variant::field, MeasureChoice()));
        QVERIFY(profile.curves[0].intervals[1] == medianInterval(*session, Variant::field, MeasureChoice()));
        QVERIFY(profile.curves[0].intervals[0].has_value());
        QVERIFY(profile.curves[1].intervals.empty());
    }

    // exampleSweepSession: window lengths 3, 4 and 6; baselines of the field 4, 5 and 5, of the interaction 3.
    void lengthsOfASweep() {
        const Session session = exampleSweepSession();
        GridChoice choice;
        choice.measure = parseMeasure("participation");  // n equal σ: n
        ChartOptions options;
        const LengthProfile profile = makeLengthProfile(session, choice, options);
        QVERIFY(profile.swept());
        QCOMPARE(profile.lengths, (std::vector<int>{3, 4, 6}));
        QCOMPARE(profile.curves[0].quantity, GridQuantity::field);
        QVERIFY(std::abs(profile.curves[0].points[1].baseline - 5) < 1e-12);
        QVERIFY(std::abs(profile.curves[1].points[2].baseline - 3) < 1e-12);
        const MarkedHead marked{at(0, 1), 2, true};
        const auto heads = lengthHeadCurves(session, choice, {marked});
        QCOMPARE(heads.size(), std::size_t(1));
        QCOMPARE(heads[0].lengths, (std::vector<double>{3, 4, 6}));
        for (std::size_t i = 0; i < 3; ++i) {
            const Session& part = *sessionsByLength(session)[i];
            QCOMPARE(heads[0].values[i], headValue(part, Variant::field, at(0, 1), choice.measure)->median);
        }
        options.baseline = false;
        QVERIFY(std::isnan(makeLengthProfile(session, choice, options).curves[0].points[0].baseline));
        QVERIFY(!makeLengthProfile(*smolSession(), {}, {}).swept());
    }

    void windowsSpanARange() {
        // Shares of 3, 1: 0.9, 0.1; of 1, 1: 0.5, 0.5.
        const auto session = sessionOf({{3, 1}, {1, 1}});
        ScreeChoice choice = choiceOf(ScreeQuantity::share, {at(0, 0)});
        choice.windowRange = true;
        const Scree scree = makeScree(*session, choice);
        QCOMPARE(scree.curves.size(), std::size_t(2));
        QVERIFY(std::abs(scree.curves[0].y[0] - 0.7) < 1e-12);
        QVERIFY(std::abs(scree.curves[0].lower[0] - 0.5) < 1e-12);
        QVERIFY(std::abs(scree.curves[0].upper[0] - 0.9) < 1e-12);
        QVERIFY(std::abs(scree.curves[0].numbers.cumulative[1] - 1) < 1e-12);
        QCOMPARE(scree.curves[0].numbers.sigma[0], 2.0);
        QVERIFY(scree.curves[1].lower.empty());  // the weights have no windows
    }

    void runsHoldInEveryWindow() {
        ScreeChoice choice = choiceOf(ScreeQuantity::sigma, {at(0, 0)});
        choice.runs = true;
        const std::vector<double> first{10, 9.95, 9.94, 5, 4.99, 1}, second{10, 9.95, 9, 5, 4.99, 1};
        const Scree one = makeScree(*sessionOf({first}), choice);
        QCOMPARE(one.curves[0].runs, (std::vector<DegenerateRun>{{0, 3}, {3, 2}}));
        const Scree two = makeScree(*sessionOf({first, second}), choice);
        QCOMPARE(two.curves[0].runs, (std::vector<DegenerateRun>{{0, 2}, {3, 2}}));
        choice.runs = false;
        QVERIFY(makeScree(*sessionOf({first}), choice).curves[0].runs.empty());
    }

    void baselinesAreDrawnWhereTheyCompare() {
        auto session = std::make_shared<Session>(*sessionOf({{3, 1}}));
        session->baseline = {LayerSpectra{Variant::field, 1, 1, 2, 8, 8, {1, 1}, {}}};
        ScreeChoice choice = choiceOf(ScreeQuantity::cumulative, {});
        choice.baseline = true;
        const Scree scree = makeScree(*session, choice);
        QCOMPARE(scree.curves.size(), std::size_t(1));
        QCOMPARE(scree.curves[0].scope, CurveScope::baseline);
        QCOMPARE(scree.curves[0].y, (std::vector<double>{0.5, 1}));
        choice.quantity = ScreeQuantity::sigma;  // in units of its own entries
        QVERIFY(makeScree(*session, choice).curves.empty());
    }

    void bandsAreOfLayerOrModel() {
        const auto session = smolSession();
        for (const auto& [band, label] : {std::pair(ScreeBand::model, u"median of all heads"_s),
                                          std::pair(ScreeBand::layer, u"median of layer 11"_s)}) {
            const ScreeChoice choice = choiceOf(ScreeQuantity::cumulative, {at(11, 4)}, band);
            const auto curve = medianCurve(*session, choice, CurveRole::field);
            QVERIFY(curve);
            QCOMPARE(curve->label, label);
            std::vector<double> tenth;
            for (int layer = 0; layer < 30; ++layer)
                for (int head = 0; head < 9; ++head) {
                    if (band == ScreeBand::layer && layer != 11)
                        continue;
                    const auto shares = meanShares(*session, Variant::field, at(layer, head));
                    tenth.push_back(std::accumulate(shares.begin(), shares.begin() + 10, 0.0));
                }
            std::sort(tenth.begin(), tenth.end());
            const std::size_t n = tenth.size();
            QVERIFY(std::abs(curve->y[9] - (tenth[(n - 1) / 2] + tenth[n / 2]) / 2) < 1e-12);
        }
        QVERIFY(!medianCurve(*session, choiceOf(ScreeQuantity::share, {at(0, 0)}), CurveRole::field));
        QVERIFY(!medianCurve(*session, choiceOf(ScreeQuantity::share, {}, ScreeBand::layer), CurveRole::field));
    }

    void theCacheMakesTheSame() {
        ScreeCache cache;
        QVERIFY(cache.make(choiceOf(ScreeQuantity::share, {at(0, 0)}, ScreeBand::model)).curves.empty());
        const auto text = smolSession(), half = smolSession({.finishedLayers = 12});
        for (const auto& session : {text, half, text}) {
            cache.setSession(session);
            for (const ScreeBand band : {ScreeBand::none, ScreeBand::layer, ScreeBand::model})
                for (const ScreeQuantity quantity : {ScreeQuantity::share, ScreeQuantity::sigma})
                    for (const HeadRef head : {at(3, 1), at(5, 2), at(3, 2)}) {
                        const ScreeChoice choice = choiceOf(quantity, {head}, band);
                        const Scree kept = cache.make(choice), fresh = makeScree(*session, choice);
                        QCOMPARE(kept.curves.size(), fresh.curves.size());
                        for (std::size_t i = 0; i < kept.curves.size(); ++i) {
                            QCOMPARE(kept.curves[i].label, fresh.curves[i].label);
                            QCOMPARE(kept.curves[i].y, fresh.curves[i].y);
                            QCOMPARE(kept.curves[i].upper, fresh.curves[i].upper);
                        }
                    }
        }
    }

    void everySettingIsSaved() {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"settings.ini"_s);
        for (const ChartSetting& setting : chartSettings()) {
            for (int value = 0; value < setting.count(); ++value) {
                ViewOptions options;
                ChartOptions charts;
                setting.write(charts, value);
                QCOMPARE(setting.read(charts), value);
                options.setCharts(charts);
                QSettings settings(path, QSettings::IniFormat);
                options.saveCharts(settings);
                ViewOptions restored;
                restored.restoreCharts(settings);
                QVERIFY2(restored.charts() == charts, setting.key);
            }
            QVERIFY(!settingText(setting.title).isEmpty() && !setting.parts.empty());
        }
        QSettings settings(path, QSettings::IniFormat);
        for (const ChartSetting& setting : chartSettings())
            settings.setValue(QLatin1String(setting.key), 99);  // from a later version
        ViewOptions options;
        options.restoreCharts(settings);
        QVERIFY(options.charts() == ChartOptions());
    }
};

QTEST_GUILESS_MAIN(TestChartData)
#include "tst_chart_data.moc"
