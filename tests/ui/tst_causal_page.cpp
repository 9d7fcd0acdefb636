// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a causal check looks like: its sentence, its charts as numbers, its page, its measures in the grid, its figures.
#include <QAction>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <set>

#include "causal_fixture.h"
#include "core/base/error.h"
#include "core/numbers/causal_statement.h"
#include "core/session/head_quantity.h"
#include "session_fixture.h"
#include "ui/figures/figure_arguments.h"
#include "ui/figures/figure_parts.h"
#include "ui/pages/session_view.h"
#include "ui/plots/causal_curves.h"
#include "ui/plots/causal_ranks.h"
#include "ui/text/text.h"
#include "ui/viewmodels/cell_text.h"

using namespace rankscope;

namespace {

HeadRef at(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

QString statementOf(const SessionPointer& session) {
    return toQString(causalStatement(*session));
}

const CausalCurve& curveOf(const CausalCurves& curves, Arm arm) {
    return *std::ranges::find(curves.curves, arm, &CausalCurve::arm);
}

const CausalPoint& pointAt(const CausalCurve& curve, double rank) {
    return *std::ranges::find(curve.ranks, rank, &CausalPoint::rank);
}

FigureRequest figureOf(FigureKind kind) {
    FigureRequest request;
    request.kind = kind;
    request.widthMm = 120;
    return request;
}

QString problemOf(const SessionPointer& session, const FigureRequest& request) {
    return figureProblem(*session, request);
}

}  // namespace

class TestCausalPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void statements() {
        const QString text = statementOf(causalSession());
        const Distribution k90 = variantDistribution(*causalSession(), Variant::field, MeasureChoice());
        QVERIFY2(text.startsWith(u"Median k90 of Ẽ is %1. With every head kept to its own k90 of Ẽ, 13.7 of 64 "
                                 "components on average, the loss rises by 1.37 nats (95 % "_s.arg(k90.median)),
                 qPrintable(text));
        QVERIFY2(text.endsWith(
                     u"; perplexity × 3.9). Staying within 0.05 nats takes > 48 of 64 components in every head."_s),
                 qPrintable(text));
        QCOMPARE(statementOf(smolSession()), QString());
        // Of four windows there is no interval; of a first few conditions no causal rank yet.
        const QString few = statementOf(causalSession({.windows = 4}));
        QVERIFY2(few.contains(u"by 1.37 nats (perplexity × 3.9)"_s), qPrintable(few));
        QVERIFY(!statementOf(causalSession({.computed = 2})).contains(u"Staying within"_s));
        QCOMPARE(statementOf(causalSession({.computed = 0})), QString());
        QCOMPARE(QString::fromStdString(costText({.delta = -0.01})),
                 u"the loss falls by 0.01 nats (perplexity × 0.99)"_s);
    }

    void causalRanksSayWhatWasMeasured() {
        CausalCheck check;
        const auto add = [&](int rank, double delta) {
            check.conditions.push_back({.arm = Arm::field, .rank = rank, .meanRank = double(rank), .delta = {delta}});
        };
        const auto text = [&](double epsilon) {
            return causalRankText(check, 64, Arm::field, epsilon).value_or("none");
        };
        QCOMPARE(text(0.05), std::string("none"));
        add(0, 5.0);
        add(31, 0.2);
        add(32, 0.04);
        add(48, 0.03);
        QCOMPARE(text(0.05), std::string("32"));
        QCOMPARE(text(0.5), std::string("≤ 31"));
        QCOMPARE(text(0.01), std::string("> 48"));
        QCOMPARE(text(9), std::string("0"));
    }

    void curvesAreTheConditions() {
        const SessionPointer session = causalSession();
        const CausalCurves curves = makeCausalCurves(*session, {});
        QCOMPARE(curves.curves.size(), 5u);
        QCOMPARE(curves.leading, std::optional(Arm::field));
        const CausalCurve& field = curveOf(curves, Arm::field);
        QCOMPARE(field.ranks.size(), 11u);
        QVERIFY(std::abs(pointAt(field, 8).value - 2.51) < 1e-12);
        const Interval interval = pointAt(field, 8).interval.value();
        QVERIFY(interval.low < 2.51 && interval.high > 2.51 && interval.low > 2.2);
        QCOMPARE(field.shares.size(), 3u);
        QCOMPARE(field.shares.front().rank, 13.7);
        QVERIFY(std::abs(curveOf(curves, Arm::distance).level.value().value - 6.11) < 1e-12);
        QVERIFY(curveOf(curves, Arm::distance).ranks.empty());
        QCOMPARE(curves.marks.size(), 3u);
        QVERIFY(curves.marks[0].ofSpectrum && !curves.marks[2].ofSpectrum);
        QCOMPARE(curves.marks[2].text, u"0.01, 0.05 nats: > 48"_s);  // one mark for both
        QVERIFY(!curves.marks[2].reached);
        const CausalCurves saved = makeCausalCurves(*session, {.value = CausalValue::recovered});
        QVERIFY(std::abs(pointAt(curveOf(saved, Arm::field), 16).value - (5.59 - 1.01) / 5.59) < 1e-12);
        QCOMPARE(curveOf(saved, Arm::field).ranks.back().value, 1.0);
        QCOMPARE(makeCausalCurves(*session, {.arms = {Arm::weights}}).curves.size(), 1u);
    }

    // Where the head size was not among the ranks, it costs nothing all the same.
    void curvesEndAtTheHeadSize() {
        const CausalCurves curves = makeCausalCurves(*causalSession({.computed = 6}), {});
        const CausalCurve& field = curveOf(curves, Arm::field);
        QCOMPARE(field.ranks.size(), 4u);
        QCOMPARE(field.ranks.back().rank, 64.0);
        QVERIFY(!field.ranks.back().measured);
        QCOMPARE(field.ranks.back().value, 0.0);
    }

    void scopesFollowTheHead() {
        const SessionPointer session = causalSession();
        const CausalCurves none = makeCausalCurves(*session, {.scope = CausalScope::layer});
        QVERIFY(none.curves.empty() && none.hint.contains(u"Select a head"_s));
        const CausalCurves layer = makeCausalCurves(*session, {.scope = CausalScope::layer, .head = at(0, 4)});
        QCOMPARE(layer.curves.size(), 1u);
        QVERIFY(pointAt(layer.curves[0], 0).value > 1);
        QVERIFY(layer.marks.empty());
        QVERIFY(makeCausalCurves(*session, {.scope = CausalScope::layer, .head = at(20, 4)}).curves[0].ranks[0].value <
                0.1);
        const CausalCurves missing =
            makeCausalCurves(*causalSession({.heads = false}), {.scope = CausalScope::head, .head = at(0, 4)});
        QVERIFY2(missing.hint.contains(u"--scope head"_s), qPrintable(missing.hint));
    }

    void chartOfTheCost() {
        const SessionPointer session = causalSession({.ownWindow = true});
        const ChartModel chart = causalChart(makeCausalCurves(*session, {}));
        QCOMPARE(chart.x.minimum, 0.0);
        QCOMPARE(chart.x.maximum, 64.0);
        QCOMPARE(chart.x.ticks.front(), 0.0);
        QCOMPARE(chart.x.ticks.back(), 64.0);
        QCOMPARE(chart.y.minimum, 0.0);
        QVERIFY(chart.y.maximum > 6.41);
        QVERIFY(chart.summary.contains(u"distance alone: +6.11"_s));
        int illegal = 0;
        for (const ChartKeyRow& row : chart.key)
            illegal += row.text.contains(u"uses later tokens"_s);
        QCOMPARE(illegal, 1);
        const SessionTable table = seriesTable(chart);
        QCOMPARE(table.columns, (std::vector<std::string>{"arm", "part", "rank", "delta", "lower", "upper"}));
        std::set<std::string> parts;
        for (const auto& row : table.rows)
            parts.insert(std::get<std::string>(row[1]));
        for (const char* part : {"rank", "own rank", "no rank", "median k90 of the spectrum", "0.05 nats"})
            QVERIFY2(parts.contains(part), part);
        const ChartModel logarithmic = causalChart(makeCausalCurves(*session, {.logarithmic = true}));
        QVERIFY(logarithmic.y.logarithmic && logarithmic.y.minimum > 0 && logarithmic.y.minimum <= 0.01);
        QVERIFY(!causalChart(makeCausalCurves(*session, {.value = CausalValue::sameTop, .logarithmic = true}))
                     .y.logarithmic);
        QVERIFY(causalChart(makeCausalCurves(*smolSession(), {})).empty());
    }

    void pointsSayTheirNumbers() {
        const ChartModel chart = causalChart(makeCausalCurves(*causalSession(), {}));
        const auto text = [&](const char* part, std::size_t point) {
            return std::ranges::find(chart.series, part, &ChartSeries::part)->text(point);
        };
        QVERIFY2(text("rank", 4).startsWith(u"rank 8 of 64\nΔ loss +2.51 nats (95 % +"_s), qPrintable(text("rank", 4)));
        QVERIFY2(text("own rank", 0).startsWith(u"each head at its own k90: mean rank 13.7 of 64\nΔ loss +1.37"_s),
                 qPrintable(text("own rank", 0)));
    }

    void dotsAreHeads() {
        const SessionPointer session = causalSession();
        const CausalRanks ranks = makeCausalRanks(*session, GridChoice(), RankAgainst::attention);
        QCOMPARE(ranks.dots.size(), 270u);
        QCOMPARE(ranks.correlation.pairs, 270);
        QVERIFY(ranks.correlation.rho > 0.3 && ranks.correlation.rho < 1);
        for (const CausalDot& dot : ranks.dots) {
            QCOMPARE(dot.rank, headValue(*session, Variant::field, dot.head, MeasureChoice())->median);
            QCOMPARE(dot.against, headNumber(*session, headQuantity(attentionRankId), dot.head)->median);
        }
        const ChartModel chart = causalRanksChart(ranks);
        QVERIFY(chart.summary.contains(correlationText(ranks.correlation)));
        // Equal numbers do not hide each other, and tables have the numbers themselves.
        std::set<std::pair<double, double>> places;
        std::size_t dots = 0;
        for (const ChartSeries& series : chart.series)
            for (std::size_t i = 0; series.part == "head" && i < series.points.size(); ++i, ++dots) {
                places.insert({series.points[i].x(), series.points[i].y()});
                const auto head = std::ranges::find(ranks.dots, series.heads[i], &CausalDot::head);
                QCOMPARE(series.trueX[i], head->rank);
                QCOMPARE(series.trueY[i], head->against);
            }
        QCOMPARE(dots, 270u);
        QCOMPARE(places.size(), 270u);
    }

    void dotsAreLayers() {
        const CausalRanks ranks = makeCausalRanks(*causalSession(), GridChoice(), RankAgainst::layer);
        QCOMPARE(ranks.dots.size(), 30u);
        QCOMPARE(ranks.correlation.pairs, 30);
        const SessionTable table = seriesTable(causalRanksChart(ranks));
        QCOMPARE(std::get<std::string>(table.rows[1][1]), std::string("equal"));
        QCOMPARE(std::get<std::string>(table.rows[2][1]), std::string("layer 0"));
        const CausalRanks none = makeCausalRanks(*causalSession({.layers = false}), GridChoice(), RankAgainst::layer);
        QVERIFY2(none.dots.empty() && none.hint.contains(u"--scope layer"_s), qPrintable(none.hint));
    }

    void pageSaysHowToGetACheck() {
        ViewOptions options;
        Selection selection;
        CausalView view(&options, &selection);
        view.resize(700, 600);
        view.show();
        view.setSession(smolSession());
        auto* button = view.curves()->findChild<QPushButton*>();
        QVERIFY(button && button->isVisible());
        QCOMPARE(button->text(), u"Run Causal Check…"_s);
        QVERIFY(!view.ranks()->isVisible());
        QSignalSpy asked(&view, &CausalView::checkRequested);
        button->click();
        QCOMPARE(asked.size(), 1);
        view.setSession(causalSession());
        QVERIFY(!button->isVisible());
        QVERIFY(view.ranks()->isVisible());
        QCOMPARE(view.statement(), statementOf(causalSession()));
        view.setSession(causalSession({.computed = 12, .layers = false, .heads = false}));
        QVERIFY2(view.statement().endsWith(u"12 of 54 conditions computed so far."_s), qPrintable(view.statement()));
    }

    // Keys reach every dot, and Enter selects its head.
    void keysSelectAHead() {
        ViewOptions options;
        Selection selection;
        CausalView view(&options, &selection);
        view.resize(700, 600);
        view.show();
        view.setSession(causalSession());
        view.ranks()->setFocus();
        QTest::keyClick(view.ranks(), Qt::Key_Up);
        QVERIFY(selection.hovered().has_value());
        QVERIFY2(view.ranks()->accessibleDescription().contains(u"rank for attention: "_s),
                 qPrintable(view.ranks()->accessibleDescription()));
        const HeadRef head = *selection.hovered();
        QTest::keyClick(view.ranks(), Qt::Key_Return);
        QCOMPARE(selection.current(), std::optional(head));
    }

    void chartsStandBesideEachOtherWhereThereIsRoom() {
        ViewOptions options;
        Selection selection;
        CausalView view(&options, &selection);
        view.setSession(causalSession());
        view.show();
        view.resize(700, 700);
        QVERIFY(view.curves()->mapTo(&view, QPoint()).y() < view.ranks()->mapTo(&view, QPoint()).y());
        view.resize(1300, 700);
        QTRY_COMPARE(view.curves()->mapTo(&view, QPoint()).y(), view.ranks()->mapTo(&view, QPoint()).y());
    }

    void gridShowsWhatTheCheckSays() {
        const SessionPointer session = causalSession();
        GridChoice choice;
        choice.number = headDeltaId;
        const HeadGrid grid = makeHeadGrid(*session, choice);
        const GridPanel* panel = panelOf(grid, GridQuantity::number);
        QVERIFY(panel && panel->difference);
        QCOMPARE(panel->title, u"Cost of this head alone"_s);
        QCOMPARE(panel->unit, u"nats"_s);
        QVERIFY(panel->minimum < 0 && panel->maximum > 0);
        const auto highest = std::ranges::max_element(panel->values);
        const HeadRef head{LayerIndex(int(highest - panel->values.begin()) / 9),
                           HeadIndex(int(highest - panel->values.begin()) % 9)};
        QVERIFY(panelNumber(*panel, *highest).startsWith(u'+'));
        const QString tip = cellText(*session, choice, head, GridQuantity::number);
        QVERIFY2(tip.contains(u"Cost of this head alone <b>+0."_s) && tip.contains(u" to +"_s), qPrintable(tip));
        choice.number = attentionRankId;
        const HeadGrid ranks = makeHeadGrid(*session, choice);
        QVERIFY(!panelOf(ranks, GridQuantity::number)->difference);
        QCOMPARE(panelOf(ranks, GridQuantity::number)->unit, u"components"_s);
        QVERIFY(!hasNumber(*smolSession(), Variant::field, attentionRankId));
    }

    void captions() {
        const SessionPointer session = causalSession({.ownWindow = true});
        const QString cost = figureCaption(*session, figureOf(FigureKind::causal));
        for (const char* words :
             {"Rise Δ of the next-token loss", "all heads at once", "keys before rotation: principal directions",
              "Ẽ of the window itself uses later tokens and is an upper bound",
              "earlier tokens and the calibration text only", "Directions from wikitext2-train.txt (4 × 512 tokens)",
              "evaluated on other text", "Bands: intervals over windows, 95 % percentile bootstrap, 1000 draws",
              "Unchanged loss 2.894 nats", "Text: wikitext2-valid.txt, 8 windows of 512 tokens"})
            QVERIFY2(cost.contains(QString::fromUtf8(words)), qPrintable(QString::fromUtf8(words) + u" | "_s + cost));
        const QString legal = figureCaption(*causalSession(), figureOf(FigureKind::causal));
        QVERIFY(!legal.contains(u"upper bound"_s));
        QVERIFY(figureCaption(*causalSession({.windows = 4}), figureOf(FigureKind::causal))
                    .contains(u"Without intervals: fewer than 8 windows"_s));
        const QString ranks = figureCaption(*session, figureOf(FigureKind::causalRank));
        for (const char* words : {"Rank for attention against Effective rank k90", "a dot per head",
                                  "Spearman’s ρ = 0.", "n = 270", "at most 0.1"})
            QVERIFY2(ranks.contains(QString::fromUtf8(words)), qPrintable(QString::fromUtf8(words) + u" | "_s + ranks));
    }

    void figuresAreRefusedInWords() {
        for (const FigureKind kind : {FigureKind::causal, FigureKind::causalRank}) {
            QVERIFY(problemOf(smolSession(), figureOf(kind)).contains(u"rankscope ablate"_s));
            QCOMPARE(problemOf(causalSession(), figureOf(kind)), QString());
        }
        FigureRequest request = figureOf(FigureKind::causal);
        request.arms = {Arm::kvField};
        QVERIFY2(problemOf(causalSession(), request).startsWith(u"kv-field: expected an arm with results"_s),
                 qPrintable(problemOf(causalSession(), request)));
        request.arms.clear();
        request.charts.causalScope = CausalScope::layer;
        QVERIFY(problemOf(causalSession(), request).contains(u"a head, whose layer"_s));
        request.scree.heads = {at(3, 2)};
        QCOMPARE(problemOf(causalSession(), request), QString());
        request = figureOf(FigureKind::causalRank);
        request.charts.against = RankAgainst::layer;
        QVERIFY(problemOf(causalSession({.layers = false}), request).contains(u"--scope layer"_s));
    }

    // RANKSCOPE_FIGURES: a folder to look at them in.
    void everyFormatIsWritten() {
        const QTemporaryDir temporary;
        const QDir folder(qEnvironmentVariable("RANKSCOPE_FIGURES", temporary.path()));
        const SessionPointer session = causalSession({.ownWindow = true});
        for (const FigureFormat& format : figureFormats())
            for (const FigureKind kind : {FigureKind::causal, FigureKind::causalRank})
                for (const bool plain : {true, false}) {
                    FigureRequest request = figureOf(kind);
                    request.widthMm = plain ? 89 : 120;
                    request.charts.logarithmicCost = !plain;
                    request.look.greyscale = !plain;
                    request.scree.heads = {at(5, 7), at(11, 4)};
                    const QString path = folder.filePath(u"%1-%2.%3"_s.arg(toQString(figureKindInfo(kind).id),
                                                                           plain ? u"column"_s : u"grey-log"_s,
                                                                           toQString(format.extension)));
                    writeFigure(*session, request, path);
                    QVERIFY2(QFileInfo(path).size() > 500, qPrintable(path));
                }
        QFile csv(folder.filePath(u"causal-rank-column.csv"_s));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        const QByteArray text = csv.readAll();
        QVERIFY2(text.contains("field,head,L05H07,"), text.left(300));
        QVERIFY(!text.contains("nan"));
        QFile latex(folder.filePath(u"causal-column.tex"_s));
        QVERIFY(latex.open(QIODevice::ReadOnly));
        QVERIFY(!latex.readAll().contains("nan"));
    }

    void argumentsGoThereAndBack() {
        FigureRequest request = figureOf(FigureKind::causal);
        request.arms = {Arm::field, Arm::keyPcaBefore};
        request.charts.causalValue = CausalValue::divergence;
        request.charts.causalScope = CausalScope::head;
        request.charts.logarithmicCost = true;
        request.charts.against = RankAgainst::attentionKeys;
        request.filter = {GridQuantity::number, -0.25, -0.01};
        request.scree.heads = {at(5, 7)};
        const QStringList words = argumentsOf(request);
        for (const QString& word : {u"field,key-pca-before"_s, u"kl"_s, u"head"_s, u"--log-cost"_s, u"attention-keys"_s,
                                    u"number=-0.25--0.01"_s})
            QVERIFY2(words.contains(word), qPrintable(words.join(u' ')));
        FigureRequest again;
        QCOMPARE(readArguments(again, words), QString());
        QVERIFY(again.arms == request.arms && again.charts == request.charts && again.filter == request.filter);
        QVERIFY(readArguments(again, {u"--arms"_s, u"field,nowhere"_s}).contains(u"--arms"_s));
    }
};

QTEST_MAIN(TestCausalPage)
#include "tst_causal_page.moc"
