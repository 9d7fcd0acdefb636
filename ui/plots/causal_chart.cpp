// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The curves of the causal check as a chart.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/numbers/causal_statement.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/plots/causal_curves.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

using CurvesPointer = std::shared_ptr<const CausalCurves>;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

bool isInNats(CausalValue value) {
    return value == CausalValue::delta || value == CausalValue::divergence;
}

// The directions give the colour, the side of the rotation the line: dashed before it.
ChartStroke strokeOf(const ArmInfo& arm) {
    ChartStroke stroke;
    switch (arm.arm) {
        case Arm::field:
        case Arm::fieldBefore:
        case Arm::fieldOwnWindow:
            stroke.ink = ChartInk::field;
            break;
        case Arm::kvField:
        case Arm::kvFieldBefore:
            stroke.ink = ChartInk::group;
            break;
        case Arm::keyPca:
        case Arm::keyPcaBefore:
            stroke.ink = ChartInk::keys;
            break;
        case Arm::weights:
            stroke.ink = ChartInk::interaction;
            break;
        case Arm::random:
        case Arm::randomBefore:
            stroke.ink = ChartInk::baseline;
            break;
        case Arm::distance:
        case Arm::withoutDistance:
            stroke.ink = ChartInk::muted;
            stroke.width = 0.7;
            stroke.dashes = arm.arm == Arm::distance ? QList<qreal>{8, 2, 1.2, 2} : QList<qreal>{8, 2, 1.2, 2, 1.2, 2};
            break;
    }
    if (arm.beforeRotation)
        stroke.dashes = {5, 2.5};
    if (!arm.isLegal) {
        stroke.dashes = {1.2, 1.8};
        stroke.shade = CurveShade::pale;
    }
    return stroke;
}

QString labelOf(const ArmInfo& arm) {
    return toHtml(toQString(arm.label)) + (arm.isLegal ? QString() : u" (uses later tokens)"_s);
}

QString valueText(double value, CausalValue of) {
    if (!isInNats(of))
        return numberText(value, 3);
    const QString text = numberText(value, std::abs(value) < 0.1 ? 3 : 2);
    return of == CausalValue::delta && value > 0 ? u'+' + text : text;
}

QString intervalText(const std::optional<Interval>& interval, CausalValue of) {
    return interval ? u" (95 % %1 to %2)"_s.arg(valueText(interval->low, of), valueText(interval->high, of))
                    : QString();
}

QString pointText(const CausalCurves& curves, const CausalPoint& point) {
    MeasureChoice measure;
    measure.threshold = point.share > 0 ? point.share : measure.threshold;
    QString text = point.share > 0 ? u"each head at its own %1: mean rank %2 of %3"_s.arg(
                                         toQString(measure.label()), numberText(point.rank, 1), asText(curves.headSize))
                                   : u"rank %1 of %2"_s.arg(asText(point.rank), asText(curves.headSize));
    if (!point.measured)
        return text + u"\nnothing is replaced"_s;
    const CausalNumbers& numbers = point.numbers;
    text += u"\nΔ loss %1 nats%2"_s.arg(valueText(numbers.delta, CausalValue::delta),
                                        intervalText(numbers.interval, CausalValue::delta));
    text += u"\nKL %1 nats, equal likeliest token %2 %"_s.arg(valueText(numbers.divergence, CausalValue::divergence),
                                                              numberText(100 * numbers.sameTop, 1));
    if (curves.value == CausalValue::recovered)
        text += u"\nrecovered %1 %"_s.arg(numberText(100 * point.value, 1));
    return text;
}

ChartSeries seriesOf(const CurvesPointer& curves, const CausalCurve& curve, const std::vector<CausalPoint>& points,
                     const char* part) {
    const ArmInfo& arm = armInfo(curve.arm);
    ChartSeries series{std::string(arm.id), part};
    series.stroke = strokeOf(arm);
    const bool hasBand = std::ranges::any_of(points, [](const auto& point) { return point.interval.has_value(); });
    for (const CausalPoint& point : points) {
        if (curves->logarithmic && point.rank >= curves->headSize)
            continue;  // where nothing is replaced: zero has no place there
        series.points.emplace_back(point.rank, point.value);
        if (!hasBand)
            continue;
        const double edge = point.measured ? nothing : point.value;
        series.lower.push_back(point.interval ? point.interval->low : edge);
        series.upper.push_back(point.interval ? point.interval->high : edge);
    }
    series.name = labelOf(arm);
    series.plainName = toQString(arm.label);
    series.text = [curves, &points](std::size_t i) { return pointText(*curves, points[i]); };
    return series;
}

void addCurve(ChartModel& chart, const CurvesPointer& curves, const CausalCurve& curve, int height) {
    if (!curve.ranks.empty()) {
        ChartSeries& line = chart.series.emplace_back(seriesOf(curves, curve, curve.ranks, "rank"));
        line.height = height;
        line.radius = 1.6;  // a dot where a rank was measured
        line.inLegend = true;
    }
    if (!curve.shares.empty()) {
        ChartSeries& own = chart.series.emplace_back(seriesOf(curves, curve, curve.shares, "own rank"));
        own.shape = SeriesShape::dots;
        own.marker = MarkerShape::diamond;
        own.stroke.dashes.clear();
        own.height = height;
    }
    if (curve.level) {
        ChartSeries level{std::string(armInfo(curve.arm).id), "no rank", {}, SeriesShape::level};
        level.stroke = strokeOf(armInfo(curve.arm));
        level.points = {{nothing, curve.level->value}};
        if (curve.level->interval) {
            level.lower = {curve.level->interval->low};
            level.upper = {curve.level->interval->high};
        }
        chart.series.push_back(std::move(level));
    }
}

// Lines across and upwards that the curves are read by.
void addMarks(ChartModel& chart, const CausalCurves& curves) {
    for (const CausalMark& mark : curves.marks) {
        if (!mark.reached)
            continue;
        ChartSeries series{std::string(armInfo(*curves.leading).id), mark.part};
        series.shape = SeriesShape::upright;
        series.stroke = {mark.ofSpectrum ? ChartInk::baseline : ChartInk::text, 0.6,
                         mark.ofSpectrum ? QList<qreal>{3, 2} : QList<qreal>()};
        series.points = {{mark.rank, nothing}};
        chart.series.push_back(std::move(series));
    }
    if (curves.value != CausalValue::delta)
        return;
    for (const double epsilon : causalEpsilons) {
        if (!curves.logarithmic && epsilon != causalEpsilons[0])
            continue;  // both would lie on the axis
        ChartSeries series{"epsilon", QString::number(epsilon).toStdString() + " nats"};
        series.shape = SeriesShape::level;
        series.behind = true;
        series.stroke = {ChartInk::muted, 0.6, {6, 3}};
        series.points = {{nothing, epsilon}};
        chart.series.push_back(std::move(series));
    }
}

void addLabels(ChartModel& chart, const CausalCurves& curves) {
    for (const ChartSeries& series : chart.series) {
        if (series.part != "rank" || !armInfo(*armFromId(series.matrix)).isLegal)  // which the key names
            continue;
        ChartLabel label{ChartLabel::curve, series.name, series.stroke, series.points};
        for (const ChartSeries& other : chart.series)
            if (&other != &series && other.part == "rank")
                label.others.insert(label.others.end(), other.points.begin(), other.points.end());
        label.across = 0.3;
        chart.labels.push_back(std::move(label));
    }
    chart.labels.push_back({ChartLabel::key});
    for (const CausalMark& mark : curves.marks)
        chart.labels.push_back({ChartLabel::upright,
                                mark.text,
                                {mark.ofSpectrum ? ChartInk::muted : ChartInk::text},
                                {{mark.rank, curves.value == CausalValue::delta ? 0.0 : 1.0}}});
    for (const CausalCurve& curve : curves.curves)
        if (curve.level)
            chart.labels.push_back(
                {ChartLabel::level,
                 u"%1 %2"_s.arg(labelOf(armInfo(curve.arm)), valueText(curve.level->value, curves.value)),
                 {ChartInk::muted},
                 {{0, curve.level->value}}});
    for (const ChartSeries& series : chart.series)
        if (series.matrix == "epsilon")
            chart.labels.push_back({ChartLabel::level, toQString(series.part), {ChartInk::muted}, series.points});
    for (const CausalCurve& curve : curves.curves)
        for (const CausalPoint& point : curve.shares) {
            if (curve.arm != curves.leading)
                continue;
            MeasureChoice measure;
            measure.threshold = point.share;
            chart.labels.push_back({ChartLabel::point,
                                    toQString(measure.label()),
                                    strokeOf(armInfo(curve.arm)),
                                    {{point.rank, point.value}}});
        }
}

void addKey(ChartModel& chart, const CausalCurves& curves) {
    const auto any = [&](auto is) { return std::ranges::any_of(curves.curves, is); };
    if (any([](const CausalCurve& curve) { return !curve.shares.empty(); }))
        chart.key.push_back({u"each head at its own rank"_s, {}, MarkerShape::diamond});
    for (const CausalCurve& curve : curves.curves)
        if (const ArmInfo& arm = armInfo(curve.arm); !arm.isLegal)
            chart.key.push_back({labelOf(arm), strokeOf(arm)});
    if (any([](const CausalCurve& curve) { return armInfo(curve.arm).beforeRotation; }))
        chart.key.push_back({u"before rotation"_s, ChartStroke{ChartInk::text, 1, {5, 2.5}}});
    if (std::ranges::any_of(chart.series, [](const auto& series) { return !series.lower.empty(); }))
        chart.key.push_back({u"95 % interval over windows"_s, {}, {}, true});
}

ChartAxis rankAxis(int headSize) {
    constexpr int parts = 8;
    ChartAxis axis{u"rank <i>r</i> of %1"_s.arg(headSize), {}, 0, double(headSize)};
    axis.column = "rank";
    axis.smallestStep = 1;
    if (headSize % parts == 0)  // so that both ends have a label
        for (int part = 0; part <= parts; ++part)
            axis.ticks.push_back(double(headSize / parts * part));
    return axis;
}

ChartAxis valueAxis(const ChartModel& chart, const CausalCurves& curves) {
    double lowest = 0, highest = 0, smallest = causalEpsilons[1];
    for (const ChartSeries& series : chart.series) {
        const auto heed = [&](double value) {
            if (!std::isfinite(value))
                return;
            lowest = std::min(lowest, value);
            highest = std::max(highest, value);
            if (value > 0)
                smallest = std::min(smallest, value);
        };
        for (const QPointF& point : series.points)
            heed(point.y());
        for (const double upper : series.upper)
            heed(upper);
    }
    constexpr double floor = 1e-3;  // of a logarithmic axis: less is nothing
    ChartAxis axis = isInNats(curves.value) ? axisUpTo(std::max(highest, 0.01), 8, {}, {})
                                            : ChartAxis{{}, {}, 0, std::max(1.0, highest) * headroom};
    axis.title = causalValueName(curves.value) + (isInNats(curves.value) ? u" (nats)"_s : QString());
    axis.shortTitle =
        curves.value == CausalValue::sameTop ? u"equal likeliest tokens"_s : causalValueName(curves.value);
    axis.column = curves.value == CausalValue::delta        ? "delta"
                  : curves.value == CausalValue::divergence ? "kl"
                  : curves.value == CausalValue::recovered  ? "recovered"
                                                            : "top1";
    axis.minimum = headroom * lowest;
    axis.logarithmic = curves.logarithmic;
    if (axis.logarithmic) {
        axis.minimum = std::max(floor, std::pow(10, std::floor(std::log10(smallest))));
        axis.maximum = std::max(10 * axis.minimum, 1.3 * highest);
    }
    return axis;
}

QString summaryOf(const CausalCurves& curves) {
    QStringList parts;
    for (const CausalCurve& curve : curves.curves) {
        const QString name = toQString(armInfo(curve.arm).label);
        const auto text = [&](const CausalPoint& point) { return valueText(point.value, curves.value); };
        if (curve.level)
            parts << u"%1: %2"_s.arg(name, text(*curve.level));
        else if (!curve.ranks.empty())
            parts << u"%1: %2 at rank %3, %4 at rank %5"_s.arg(
                name, text(curve.ranks.front()), asText(curve.ranks.front().rank), text(curve.ranks.back()),
                asText(curve.ranks.back().rank));
    }
    return parts.isEmpty() ? QString()
                           : u"%1, %2. %3"_s.arg(causalValueName(curves.value), curves.changed, parts.join(u"; "_s));
}

}  // namespace

ChartModel causalChart(const CausalCurves& data) {
    ChartModel chart;
    if (data.curves.empty())
        return chart;
    const auto curves = std::make_shared<const CausalCurves>(data);
    int height = int(curves->curves.size());  // the first arm on top
    for (const CausalCurve& curve : curves->curves)
        addCurve(chart, curves, curve, height--);
    addMarks(chart, *curves);
    chart.x = rankAxis(curves->headSize);
    chart.y = valueAxis(chart, *curves);
    chart.axesKey = u"%1 %2 %3 %4"_s.arg(asText(int(curves->value)), asText(int(curves->logarithmic)),
                                         asText(curves->headSize), curves->changed);
    chart.seriesColumn = "arm";
    chart.summary = summaryOf(*curves);
    addKey(chart, *curves);
    addLabels(chart, *curves);
    return chart;
}

}  // namespace rankscope
