// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Charts over all heads of a session: by depth, as distribution, the gap by depth, against the window length.
#include <QPainter>
#include <algorithm>

#include "ui/figures/figure_charts.h"

#include "core/numbers/uncertainty.h"
#include "ui/charts/depth_chart.h"
#include "ui/charts/distribution_chart.h"
#include "ui/charts/length_chart.h"
#include "ui/figures/figure_data.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"
#include "ui/viewmodels/uncertainty_text.h"

namespace rankscope {

namespace {

// What all of these charts read; the first is followed by what a kind reads besides.
constexpr std::uint32_t chartOptions = optionsOf(
    {FigureOption::measure, FigureOption::matrices, FigureOption::heads, FigureOption::baseline, FigureOption::axes});

void check(const Session& session, const FigureRequest& request) {
    checkVariant(session, request.grid.field);
    checkVariant(session, request.grid.interaction);
    checkHeads(session, request);
}

void checkLengths(const Session& session, const FigureRequest& request) {
    check(session, request);
    if (session.sweep.empty())
        refuse("window length", "a session with several window lengths (analyze --length N,N,…)", "one length");
}

QString bothMatrices(const FigureRequest& request) {
    return u"%1 (%2) and of %3 (%4)"_s.arg(variantName(request.grid.field), colourName(request, true),
                                           variantName(request.grid.interaction), colourName(request, false));
}

QString ratioOf(const GridChoice& choice) {
    return u"%1 / %2"_s.arg(variantName(choice.interaction), variantName(choice.field));
}

QString whatIsShown(const FigureRequest& request) {
    if (request.charts.matrices == ChartMatrices::gap)
        return u"Ratio %1 of ranks: %2"_s.arg(ratioOf(request.grid), measureText(request.grid.measure));
    return u"%1 of %2"_s.arg(measureText(request.grid.measure), bothMatrices(request));
}

QString baselineText(const Session& session, const FigureRequest& request) {
    const bool shown = request.charts.baseline && baselineValue(session, request.grid.field, request.grid.measure);
    return shown ? u' ' + u"Grey lines: Gaussian factors of the same shapes."_s : QString();
}

// What the thick bars are, where there are any.
QString barsText(const Session& session, const FigureRequest& request) {
    const bool shown = request.charts.matrices == ChartMatrices::ranks && variantInfo(request.grid.field).perWindow &&
                       whyNoIntervals(session.corpus).empty();
    return shown ? u' ' + u"Thick bars: 95 % intervals of the median over windows."_s : QString();
}

QString depthSentence(const Session& session, const FigureRequest& request) {
    return u"%1 by layer; dots: heads, line and band: median and quartiles over heads."_s.arg(whatIsShown(request)) +
           barsText(session, request) + baselineText(session, request);
}

QString distributionSentence(const Session& session, const FigureRequest& request) {
    const QString form = request.charts.form == DistributionForm::histogram
                             ? u"histogram over heads, dashed: medians."_s
                             : u"empirical distribution function over heads, dashed: medians."_s;
    return u"%1: %2"_s.arg(whatIsShown(request), form) + baselineText(session, request);
}

QString gapSentence(const Session& session, const FigureRequest& request) {
    return depthSentence(session, gapRequest(request));
}

QString lengthSentence(const Session& session, const FigureRequest& request) {
    return u"%1 against the window length; line and band: median and quartiles over heads, whiskers: range."_s.arg(
               whatIsShown(request)) +
           barsText(session, request) + baselineText(session, request);
}

void paintDepthFigure(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& request) {
    paintDepth(painter, area, depthOf(session, request), figureChartStyle(request), markedHeads(request));
    paintLetter(painter, area, request);
}

void paintGapFigure(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& request) {
    paintDepthFigure(painter, area, session, gapRequest(request));
}

void paintDistributionFigure(QPainter& painter, const QRectF& area, const Session& session,
                             const FigureRequest& request) {
    paintDistribution(painter, area, distributionOf(session, request), figureChartStyle(request), markedHeads(request));
    paintLetter(painter, area, request);
}

void paintLengthFigure(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& request) {
    paintContextLength(painter, area, lengthsOf(session, request), figureChartStyle(request));
    paintLetter(painter, area, request);
}

}  // namespace

FigureRequest gapRequest(FigureRequest request) {
    request.charts.matrices = ChartMatrices::gap;
    return request;
}

std::vector<MarkedHead> markedHeads(const FigureRequest& request) {
    std::vector<MarkedHead> heads;
    for (std::size_t i = 0; i < request.heads().size(); ++i) {
        const auto& pins = request.scree.pins;
        const int pin = pins.empty() ? int(i) : i < pins.size() ? pins[i] : 0;
        heads.push_back({request.heads()[i], pin, pin == 0, false});
    }
    return heads;
}

DepthProfile depthOf(const Session& session, const FigureRequest& request) {
    return makeDepthProfile(makeHeadGrid(session, request.grid),
                            overHeadsChoice(session, request.grid, request.charts,
                                            layerIntervals(session, request.grid.field, request.grid.measure)));
}

HeadDistribution distributionOf(const Session& session, const FigureRequest& request) {
    return makeHeadDistribution(makeHeadGrid(session, request.grid),
                                overHeadsChoice(session, request.grid, request.charts), request.charts.form);
}

LengthProfile lengthsOf(const Session& session, const FigureRequest& request) {
    LengthProfile profile =
        makeLengthProfile(session, request.grid, request.charts, lengthIntervals(session, request.grid));
    profile.heads = lengthHeadCurves(session, request.grid, markedHeads(request));
    return profile;
}

double narrowestChart(const Session&, const FigureRequest&) {
    return narrowestChartMm;
}

double chartHeight(const Session&, const FigureRequest& request) {
    return std::clamp(0.7 * request.widthMm, 40.0, 90.0);
}

FigureKindInfo depthFigure() {
    return {FigureKind::depth,
            "depth",
            "Depth profile",
            "",
            chartOptions | optionsOf({FigureOption::chartMatrices}),
            check,
            narrowestChart,
            chartHeight,
            paintDepthFigure,
            depthData,
            [](const Session&, const FigureRequest&) { return u"Effective rank by depth"_s; },
            depthSentence};
}

FigureKindInfo distributionFigure() {
    return {FigureKind::distribution,
            "distribution",
            "Distribution over heads",
            "",
            chartOptions | optionsOf({FigureOption::chartMatrices, FigureOption::form}),
            check,
            narrowestChart,
            chartHeight,
            paintDistributionFigure,
            distributionData,
            [](const Session&, const FigureRequest&) { return u"Distribution of effective rank"_s; },
            distributionSentence};
}

FigureKindInfo gapFigure() {
    return {FigureKind::gap,
            "gap",
            "Spectral gap by depth",
            "",
            chartOptions,
            check,
            narrowestChart,
            chartHeight,
            paintGapFigure,
            gapData,
            [](const Session&, const FigureRequest&) { return u"Spectral gap by depth"_s; },
            gapSentence};
}

FigureKindInfo lengthFigure() {
    return {FigureKind::length,
            "length",
            "Context length",
            "a session with several window lengths",
            chartOptions,
            checkLengths,
            narrowestChart,
            chartHeight,
            paintLengthFigure,
            lengthData,
            [](const Session&, const FigureRequest&) { return u"Effective rank against window length"_s; },
            lengthSentence};
}

}  // namespace rankscope
