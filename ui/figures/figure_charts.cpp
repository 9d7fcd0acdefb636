// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Charts of one session: by depth, as distribution, the gap by depth, against the window length, scree curves, the mean
// of the field against relative distance.
#include <QPainter>
#include <algorithm>

#include "core/numbers/uncertainty.h"
#include "core/session/head_quantity.h"
#include "ui/figures/figure_parts.h"
#include "ui/plots/depth_profile.h"
#include "ui/plots/distance_profile.h"
#include "ui/plots/head_distribution.h"
#include "ui/plots/length_profile.h"
#include "ui/text/text.h"
#include "ui/viewmodels/uncertainty_text.h"

namespace rankscope {

namespace {

using enum FigureOption;

// What all charts over heads read.
constexpr std::uint32_t overHeads = optionsOf({measure, matrices, heads, baseline, axes});

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

void checkScree(const Session& session, const FigureRequest& request) {
    checkVariant(session, request.scree.field);
    checkVariant(session, request.scree.interaction);
    checkHeads(session, request);
    if (request.heads().empty() && request.scree.band == ScreeBand::none)
        refuse("heads", "at least one head or the median", "none");
}

void checkDistances(const Session& session, const FigureRequest& request) {
    checkHeads(session, request);
    if (request.heads().empty())
        refuse("heads", "at least one head", "none");
    for (const HeadRef head : request.heads())
        if (headNumbers(session, distanceMeansId, head).empty())
            refuse(headName(head), "means over distances (sessions of older versions have none)", "none");
}

QString whatIsShown(const FigureRequest& request) {
    const QString field = variantName(request.grid.field), interaction = variantName(request.grid.interaction);
    const QString measure = measureText(request.grid.measure);
    if (request.charts.matrices == ChartMatrices::gap)
        return u"Ratio %1 / %2 of ranks: %3"_s.arg(interaction, field, measure);
    return u"%1 of %2 (%3) and of %4 (%5)"_s.arg(measure, field, colourName(request, true), interaction,
                                                 colourName(request, false));
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

QString lengthSentence(const Session& session, const FigureRequest& request) {
    return u"%1 against the window length; line and band: median and quartiles over heads, whiskers: range."_s.arg(
               whatIsShown(request)) +
           barsText(session, request) + baselineText(session, request);
}

QString quantityText(ScreeQuantity quantity) {
    return quantity == ScreeQuantity::cumulative ? u"Cumulative share of Σσ² over components"_s
           : quantity == ScreeQuantity::share    ? u"Share p = σ² / Σσ² of each component"_s
                                                 : u"Singular values σ"_s;
}

QString screeSentence(const Session&, const FigureRequest& request) {
    const ScreeChoice& choice = request.scree;
    QStringList curves;
    for (const HeadRef head : choice.heads)
        curves << toQString(headName(head));
    if (choice.band == ScreeBand::model)
        curves << u"median and quartiles over all heads"_s;
    else if (choice.band == ScreeBand::layer && !choice.heads.empty())
        curves << u"median and quartiles over layer %1"_s.arg(choice.heads.front().layer.value);
    QString text = u"%1 of %2 (%3) and of %4 (%5): %6."_s.arg(
        quantityText(choice.quantity), variantName(choice.field), colourName(request, true),
        variantName(choice.interaction), colourName(request, false), curves.join(u", "_s));
    if (choice.quantity == ScreeQuantity::cumulative)
        text += u' ' + u"Marks: components needed for %1 %."_s.arg(100 * choice.threshold);
    return text;
}

DistanceProfile distancesOf(const Session& session, const FigureRequest& request) {
    return makeDistanceProfile(session, markedHeads(request));
}

QString distanceSentence(const Session& session, const FigureRequest& request) {
    QStringList curves;
    for (const DistanceCurve& curve : distancesOf(session, request).curves)
        curves << u"%1 (%2)"_s.arg(toQString(headName(curve.head.head)), numberText(curve.share, 2));
    return u"Mean m(δ) of Ẽ over each diagonal i − j = δ, mean over windows; in brackets the %1: %2."_s.arg(
        positionShareDefinition(), curves.join(u", "_s));
}

ChartModel depthOf(const Session& session, const FigureRequest& request) {
    return depthChart(
        makeDepthProfile(makeHeadGrid(session, request.grid),
                         overHeadsChoice(session, request.grid, request.charts,
                                         layerIntervals(session, request.grid.field, request.grid.measure))));
}

ChartModel distributionOf(const Session& session, const FigureRequest& request) {
    return distributionChart(makeHeadDistribution(makeHeadGrid(session, request.grid),
                                                  overHeadsChoice(session, request.grid, request.charts),
                                                  request.charts.form));
}

ChartModel lengthsOf(const Session& session, const FigureRequest& request) {
    LengthProfile profile =
        makeLengthProfile(session, request.grid, request.charts, lengthIntervals(session, request.grid));
    profile.heads = lengthHeadCurves(session, request.grid, markedHeads(request));
    return lengthChart(profile);
}

FigureRequest ofTheGap(FigureRequest request) {
    request.charts.matrices = ChartMatrices::gap;
    return request;
}

}  // namespace

std::vector<MarkedHead> markedHeads(const FigureRequest& request) {
    std::vector<MarkedHead> heads;
    for (std::size_t i = 0; i < request.heads().size(); ++i) {
        const auto& pins = request.scree.pins;
        const int pin = pins.empty() ? int(i) : i < pins.size() ? pins[i] : 0;
        heads.push_back({request.heads()[i], pin, pin == 0, false});
    }
    return heads;
}

FigureKindInfo chartKind(FigureKindInfo info, std::optional<ChartPart> part) {
    info.part = part;
    info.narrowest = narrowestChart;
    info.height = chartHeight;
    info.paint = paintChartFigure;
    info.data = chartData;
    return info;
}

double narrowestChart(const Session&, const FigureRequest&) {
    return narrowestChartMm;
}

double chartHeight(const Session&, const FigureRequest& request) {
    return std::clamp(0.7 * request.widthMm, 40.0, 90.0);
}

void paintChartFigure(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& request) {
    paintChart(painter, area, figureKindInfo(request.kind).chart(session, request), figureChartStyle(request),
               markedHeads(request));
    paintLetter(painter, area, request);
}

FigureKindInfo depthFigure() {
    return chartKind({FigureKind::depth, "depth", "Depth profile", "", overHeads | optionsOf({chartMatrices}),
                      [](const FigureRequest&) { return u"Effective rank by depth"_s; }, depthSentence, check, depthOf},
                     ChartPart::depth);
}

FigureKindInfo distributionFigure() {
    return chartKind({FigureKind::distribution, "distribution", "Distribution over heads", "",
                      overHeads | optionsOf({chartMatrices, form}),
                      [](const FigureRequest&) { return u"Distribution of effective rank"_s; }, distributionSentence,
                      check, distributionOf},
                     ChartPart::distribution);
}

FigureKindInfo gapFigure() {
    return chartKind(
        {FigureKind::gap, "gap", "Spectral gap by depth", "", overHeads,
         [](const FigureRequest&) { return u"Spectral gap by depth"_s; },
         [](const Session& session, const FigureRequest& request) { return depthSentence(session, ofTheGap(request)); },
         check,
         [](const Session& session, const FigureRequest& request) { return depthOf(session, ofTheGap(request)); }},
        ChartPart::depth);
}

FigureKindInfo lengthFigure() {
    return chartKind({FigureKind::length, "length", "Context length", "a session with several window lengths",
                      overHeads, [](const FigureRequest&) { return u"Effective rank against window length"_s; },
                      lengthSentence, checkLengths, lengthsOf},
                     ChartPart::lengths);
}

FigureKindInfo screeFigure() {
    return chartKind({FigureKind::scree, "scree", "Scree curves", "",
                      optionsOf({matrices, heads, quantity, band, threshold, baseline, axes}),
                      [](const FigureRequest&) { return u"Scree curves"_s; }, screeSentence, checkScree,
                      [](const Session& session, const FigureRequest& request) {
                          return screeChart(makeScree(session, request.scree));
                      }},
                     ChartPart::scree);
}

FigureKindInfo distanceFigure() {
    return chartKind(
        {FigureKind::distance, "distance", "Relative distance", "heads (--heads)", optionsOf({heads, axes}),
         [](const FigureRequest&) { return u"Mean of Ẽ by relative distance"_s; }, distanceSentence, checkDistances,
         [](const Session& session, const FigureRequest& request) {
             return distanceChart(distancesOf(session, request));
         }});
}

}  // namespace rankscope
