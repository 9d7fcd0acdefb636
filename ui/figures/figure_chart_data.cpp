// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The numbers of charts: curves, dots, bands and lines.
#include <cmath>

#include "ui/charts/annotated_chart.h"
#include "ui/charts/comparison_chart.h"
#include "ui/charts/curve_style.h"
#include "ui/charts/distance_chart.h"
#include "ui/charts/scree_curves.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/figures/figure_charts.h"
#include "ui/figures/figure_data.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"
#include "ui/viewmodels/head_identity.h"

namespace rankscope {

namespace {

const QList<qreal> baselineDashes{6, 3}, medianDashes{4, 3};

FigurePanel panelOf(const Session& session, const FigureRequest& request) {
    FigurePanel panel{QRectF(QPointF(), figureSize(session, request))};
    panel.letter = panelLetter(request.look);
    return panel;
}

// The end of an axis above all that is drawn along it, as in the drawing.
double niceEnd(const FigurePanel& panel, bool horizontal, int most) {
    double highest = 1;
    for (const FigureSeries& series : panel.series)
        for (const auto* values : {horizontal ? &series.x : &series.y, horizontal ? nullptr : &series.upper})
            for (const double value : values ? *values : std::vector<double>())
                if (std::isfinite(value))
                    highest = std::max(
                        highest, value + (series.shape == SeriesShape::bars && horizontal ? panel.barWidth / 2 : 0));
    return niceRange(0, headroom * highest, most).maximum;
}

// The end of an axis at a fraction of its whole length.
double atFraction(const FigureAxis& axis, double fraction) {
    if (!axis.logarithmic)
        return *axis.minimum + fraction * (*axis.maximum - *axis.minimum);
    return *axis.minimum * std::pow(*axis.maximum / *axis.minimum, fraction);
}

void showPart(FigureAxis& axis, double from, double to) {
    const double minimum = atFraction(axis, from);
    axis.maximum = atFraction(axis, to);
    axis.minimum = minimum;
}

FigureData withTable(FigurePanel panel, const FigureRequest& request) {
    if (!panel.x.maximum)
        panel.x.maximum = niceEnd(panel, true, 8);
    if (!panel.y.maximum)
        panel.y.maximum = niceEnd(panel, false, panel.x.logarithmic ? 8 : 6);
    showPart(panel.x, request.visible.left(), request.visible.right());
    showPart(panel.y, request.visible.top(), request.visible.bottom());
    FigureData data;
    data.table = seriesTable(panel);
    data.panels.push_back(std::move(panel));
    return data;
}

std::string matrixId(const FigureRequest& request, GridQuantity quantity) {
    return quantity == GridQuantity::field         ? std::string(variantInfo(request.grid.field).id)
           : quantity == GridQuantity::interaction ? std::string(variantInfo(request.grid.interaction).id)
                                                   : "gap";
}

// Of a curve of a quantity, without points.
FigureSeries seriesOf(const FigureRequest& request, GridQuantity quantity, const char* part, SeriesShape shape) {
    FigureSeries series{matrixId(request, quantity), part, {}, {}, shape, {}};
    series.colour = quantityColour(quantity, figureChartStyle(request));
    return series;
}

FigureSeries baselineOf(const FigureRequest& request, GridQuantity quantity, SeriesShape shape) {
    FigureSeries series = seriesOf(request, quantity, "baseline", shape);
    series.colour = baselineColour(figureChartStyle(request));
    series.width = 0.6;
    if (quantity == GridQuantity::interaction)
        series.dashes = baselineDashes;
    return series;
}

std::string valueColumn(const FigureRequest& request, ChartMatrices matrices) {
    const std::string measure = columnName(request.grid.measure);
    return matrices == ChartMatrices::gap ? "gap_" + measure : measure;
}

QString labelOf(const FigureRequest& request, const QString& plainTitle) {
    return request.look.labels ? plainTitle : QString();
}

FigureSeries dotsOf(const FigureRequest& request, const DepthProfile& profile, const DepthCurve& curve) {
    FigureSeries dots = seriesOf(request, curve.quantity, "head", SeriesShape::dots);
    for (const DepthDot& dot : curve.dots) {
        dots.x.push_back(dot.head.layer.value);
        dots.shift.push_back(dot.offset);
        dots.y.push_back(dot.value);
        dots.heads.push_back(headText(dot.head, profile.cells.kind).toStdString());
    }
    return dots;
}

void addDistributionCurve(FigurePanel& panel, const FigureRequest& request, const DistributionCurve& curve) {
    const bool bars = request.charts.form == DistributionForm::histogram;
    FigureSeries series = seriesOf(request, curve.quantity, "heads", bars ? SeriesShape::bars : SeriesShape::steps);
    series.label = labelOf(request, curve.plainTitle);
    for (const HeadGroup& group : bars ? curve.bins : curve.steps) {
        series.x.push_back(group.value);
        series.y.push_back(bars ? double(group.heads.size()) : 100 * group.upTo);
    }
    panel.series.push_back(std::move(series));
    FigureSeries median = seriesOf(request, curve.quantity, "median", SeriesShape::upright);
    median.x = {curve.summary.median};
    median.dashes = medianDashes;
    median.width = 0.5;
    panel.series.push_back(std::move(median));
    if (!curve.baseline)
        return;
    panel.series.push_back(baselineOf(request, curve.quantity, SeriesShape::upright));
    panel.series.back().x = {*curve.baseline};
}

// 95 % intervals of the medians, without points.
FigureSeries intervalsOf(const FigureRequest& request, GridQuantity quantity) {
    FigureSeries series = seriesOf(request, quantity, "interval", SeriesShape::whiskers);
    series.width = 2.5;
    return series;
}

void addInterval(FigureSeries& series, double x, const std::optional<Interval>& interval) {
    if (!interval)
        return;
    series.x.push_back(x);
    series.lower.push_back(interval->low);
    series.upper.push_back(interval->high);
}

void addLengthCurve(FigurePanel& panel, const FigureRequest& request, const LengthCurve& curve) {
    FigureSeries median = seriesOf(request, curve.quantity, "median", SeriesShape::line);
    median.label = labelOf(request, curve.plainTitle);
    FigureSeries range = seriesOf(request, curve.quantity, "range", SeriesShape::whiskers);
    FigureSeries baseline = baselineOf(request, curve.quantity, SeriesShape::line);
    FigureSeries bars = intervalsOf(request, curve.quantity);
    range.width = 0.5;
    for (std::size_t i = 0; i < curve.intervals.size(); ++i)
        addInterval(bars, curve.points[i].windowLength, curve.intervals[i]);
    for (const LengthPoint& point : curve.points) {
        for (FigureSeries* series : {&median, &range, &baseline})
            series->x.push_back(point.windowLength);
        median.y.push_back(point.values.median);
        median.lower.push_back(point.values.lowerQuartile);
        median.upper.push_back(point.values.upperQuartile);
        range.lower.push_back(point.values.minimum);
        range.upper.push_back(point.values.maximum);
        baseline.y.push_back(point.baseline);
    }
    const bool hasBaseline =
        std::any_of(baseline.y.begin(), baseline.y.end(), [](double y) { return std::isfinite(y); });
    panel.series.push_back(std::move(median));
    if (curve.quantity == GridQuantity::field)
        panel.series.push_back(std::move(range));
    if (!bars.x.empty())
        panel.series.push_back(std::move(bars));
    if (hasBaseline)
        panel.series.push_back(std::move(baseline));
}

const char* screePart(const ScreeCurve& curve) {
    return curve.scope == CurveScope::head ? "head" : curve.scope == CurveScope::median ? "median" : "baseline";
}

FigureSeries screeSeries(const Scree& scree, const ScreeCurve& curve, const FigureRequest& request) {
    const ChartStyle style = figureChartStyle(request);
    const ChartCurve drawn = chartCurve(scree, curve, style);
    FigureSeries series{std::string(variantInfo(roleVariant(scree, curve.role)).id),
                        screePart(curve),
                        {},
                        {},
                        SeriesShape::line,
                        drawn.pen.color()};
    if (drawn.pen.style() == Qt::CustomDashLine)
        series.dashes = drawn.pen.dashPattern();
    series.width = drawn.pen.widthF() / style.lineWidth;
    series.label = labelOf(request, drawn.plainName);
    series.lower = drawn.lower;
    series.upper = drawn.upper;
    for (const QPointF& point : drawn.points) {
        series.x.push_back(point.x());
        series.y.push_back(point.y());
    }
    if (curve.scope == CurveScope::head)
        series.heads.assign(series.x.size(), headName(curve.head));
    return series;
}

// Where a curve reaches the threshold: the component that k_τ counts.
FigureSeries crossingOf(const FigureSeries& curve, const ScreeCurve& scree, double threshold) {
    FigureSeries mark = curve;
    mark.part = "crossing";
    mark.label.clear();
    mark.shape = SeriesShape::dots;
    mark.lower.clear();
    mark.upper.clear();
    mark.x = {*scree.crossing};
    mark.y = {axisScale(ScreeQuantity::cumulative) * std::max(threshold, valueAt(scree, *scree.crossing))};
    mark.heads.resize(std::min<std::size_t>(mark.heads.size(), 1));
    return mark;
}

}  // namespace

FigureData depthData(const Session& session, const FigureRequest& request) {
    const DepthProfile profile = depthOf(session, request);
    FigurePanel panel = panelOf(session, request);
    panel.x = {"layer", u"layer"_s, -0.5, profile.layers - 0.5};
    panel.y = {valueColumn(request, request.charts.matrices), profile.valuesTitle, 0};
    for (const DepthCurve& curve : profile.curves) {
        panel.series.push_back(dotsOf(request, profile, curve));
        if (curve.baseline) {
            panel.series.push_back(baselineOf(request, curve.quantity, SeriesShape::level));
            panel.series.back().y = {*curve.baseline};
        }
    }
    for (const DepthCurve& curve : profile.curves) {
        FigureSeries median = seriesOf(request, curve.quantity, "median", SeriesShape::line);
        median.label = labelOf(request, curve.plainTitle);
        median.x.assign(curve.layers.begin(), curve.layers.end());
        median.y = curve.median;
        median.lower = curve.lower;
        median.upper = curve.upper;
        panel.series.push_back(std::move(median));
        FigureSeries bars = intervalsOf(request, curve.quantity);
        for (std::size_t i = 0; i < curve.intervals.size(); ++i)
            addInterval(bars, curve.layers[i], curve.intervals[i]);
        if (!bars.x.empty())
            panel.series.push_back(std::move(bars));
    }
    return withTable(std::move(panel), request);
}

FigureData gapData(const Session& session, const FigureRequest& request) {
    return depthData(session, gapRequest(request));
}

FigureData distributionData(const Session& session, const FigureRequest& request) {
    const HeadDistribution distribution = distributionOf(session, request);
    const bool bars = request.charts.form == DistributionForm::histogram;
    FigurePanel panel = panelOf(session, request);
    panel.x = {valueColumn(request, request.charts.matrices), distribution.valuesTitle, 0};
    panel.y =
        bars ? FigureAxis{"heads", u"heads"_s, 0} : FigureAxis{"heads_percent", u"heads at or below (%)"_s, 0, 102};
    panel.barWidth = distribution.binWidth;
    for (const DistributionCurve& curve : distribution.curves)
        addDistributionCurve(panel, request, curve);
    return withTable(std::move(panel), request);
}

FigureData lengthData(const Session& session, const FigureRequest& request) {
    const LengthProfile profile = lengthsOf(session, request);
    FigurePanel panel = panelOf(session, request);
    panel.x = {"window_length", u"window length (tokens)"_s, profile.lengths.front() / 1.15,
               profile.lengths.back() * 1.15, true};
    panel.x.ticks.assign(profile.lengths.begin(), profile.lengths.end());
    panel.y = {columnName(request.grid.measure), profile.valuesTitle, 0};
    for (const LengthCurve& curve : profile.curves)
        addLengthCurve(panel, request, curve);
    for (const LengthHeadCurve& curve : profile.heads) {
        const std::string name = headName(curve.head.head);
        FigureSeries series = seriesOf(request, curve.quantity, "head", SeriesShape::line);
        series.label = labelOf(request, toQString(name));
        series.dashes = dashPattern(headIdentity(curve.head.pin).dash);
        series.width = 0.75;
        series.x = curve.lengths;
        series.y = curve.values;
        series.heads.assign(series.x.size(), name);
        panel.series.push_back(std::move(series));
    }
    return withTable(std::move(panel), request);
}

FigureData distanceData(const Session& session, const FigureRequest& request) {
    const DistanceProfile profile = distancesOf(session, request);
    const ChartAxis x = distanceAxis(profile), y = distanceValueAxis(profile);
    FigurePanel panel = panelOf(session, request);
    panel.x = {"distance", x.title, x.minimum, x.maximum};
    panel.y = {"mean", y.title, y.minimum, y.maximum};
    for (const DistanceCurve& curve : profile.curves) {
        const HeadIdentity identity = headIdentity(curve.head.pin);
        FigureSeries series{std::string(variantInfo(Variant::field).id), "head", {}, {}, SeriesShape::line, {}};
        series.colour = shaded(quantityColour(GridQuantity::field, figureChartStyle(request)), identity.shade,
                               figureChartStyle(request));
        series.dashes = dashPattern(identity.dash);
        series.width = distanceCurveWidth;
        if (profile.curves.size() > 1)
            series.label = labelOf(request, identifiedName(curve.head.head, curve.head.pin));
        for (std::size_t i = 0; i < curve.means.size(); ++i)
            series.x.push_back(profile.distanceAt(i));
        series.y = curve.means;
        series.heads.assign(series.x.size(), headName(curve.head.head));
        panel.series.push_back(std::move(series));
    }
    return withTable(std::move(panel), request);
}

FigureData screeData(const Session& session, const FigureRequest& request) {
    const Scree scree = makeScree(session, request.scree);
    const ChartAxis x = horizontalAxis(scree), y = verticalAxis(scree);
    FigurePanel panel = panelOf(session, request);
    const char* column = scree.quantity == ScreeQuantity::cumulative ? "cumulative_percent"
                         : scree.quantity == ScreeQuantity::share    ? "share_percent"
                                                                     : "sigma";
    panel.x = {"component", x.title, x.minimum, x.maximum, x.logarithmic};
    panel.y = {column, y.title, y.minimum, y.maximum, y.logarithmic};
    for (const ScreeCurve& curve : scree.curves) {
        panel.series.push_back(screeSeries(scree, curve, request));
        if (scree.quantity == ScreeQuantity::cumulative && curve.crossing)
            panel.series.push_back(crossingOf(panel.series.back(), curve, scree.threshold));
    }
    if (scree.quantity == ScreeQuantity::cumulative) {
        FigureSeries level{"", "threshold", {}, {}, SeriesShape::level, figureMutedInk, medianDashes, 0.5};
        level.y = {100 * scree.threshold};
        panel.series.push_back(std::move(level));
    }
    return withTable(std::move(panel), request);
}

FigureData comparisonPlotData(const Session& session, const FigureRequest& request) {
    const ComparisonPlot plot = comparisonPlot(session, request);
    const ChartStyle style = figureChartStyle(request);
    const std::string measure =
        valueColumn(request, request.compared == GridQuantity::gap ? ChartMatrices::gap : ChartMatrices::ranks);
    FigurePanel panel = panelOf(session, request);
    panel.x = {plot.kind == PlotKind::depth          ? "relative_depth"
               : plot.kind == PlotKind::distribution ? measure
                                                     : "component",
               plot.xTitle, plot.xMinimum, plot.xMaximum};
    panel.y = {plot.kind == PlotKind::depth          ? measure
               : plot.kind == PlotKind::distribution ? "heads_percent"
                                                     : "cumulative_percent",
               plot.yTitle, 0};
    for (const ComparisonCurve& curve : plot.curves) {
        const QPen pen = comparisonPen(plot, curve.ordinal, style);
        FigureSeries series =
            seriesOf(request, plot.quantity, plot.kind == PlotKind::depth ? "median" : "curve", SeriesShape::line);
        series.session = curve.name.toStdString();
        series.label = labelOf(request, curve.name);
        series.colour = pen.color();
        if (pen.style() == Qt::CustomDashLine)
            series.dashes = pen.dashPattern();
        series.width = pen.widthF() / style.lineWidth;
        for (const QPointF& point : curve.points) {
            series.x.push_back(point.x());
            series.y.push_back(point.y());
        }
        if (curve.ordinal < 2) {
            series.lower = curve.lower;
            series.upper = curve.upper;
        }
        panel.series.push_back(std::move(series));
    }
    return withTable(std::move(panel), request);
}

}  // namespace rankscope
