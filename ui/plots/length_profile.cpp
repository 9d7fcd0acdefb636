// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/length_profile.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/reports/session_table.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/text/text.h"
#include "ui/viewmodels/uncertainty_text.h"

namespace rankscope {

namespace {

using ProfilePointer = std::shared_ptr<const LengthProfile>;

QString tokensText(double length) {
    return u"%1 tokens"_s.arg(tickText(length, 0));
}

QString pointText(const LengthProfile& profile, const LengthCurve& curve, std::size_t i) {
    const LengthPoint& point = curve.points[i];
    const auto text = [&](double value) { return rankText(value, profile.measure); };
    QString lines = u"%1: median %2, quartiles %3–%4\nrange %5–%6 over %7 heads"_s.arg(
        tokensText(point.windowLength), text(point.values.median), text(point.values.lowerQuartile),
        text(point.values.upperQuartile), text(point.values.minimum), text(point.values.maximum),
        QString::number(point.values.count));
    if (std::isfinite(point.baseline))
        lines += u"\nGaussian baseline %1"_s.arg(text(point.baseline));
    if (i < curve.intervals.size() && curve.intervals[i])
        lines += u'\n' + intervalText(text(curve.intervals[i]->low), text(curve.intervals[i]->high));
    return lines;
}

// The medians over heads, the range of the field, intervals, the baseline.
void addCurve(ChartModel& chart, const ProfilePointer& profile, const LengthCurve& curve) {
    const bool field = curve.quantity == GridQuantity::field;
    ChartSeries median{curve.matrix, "median"}, range{curve.matrix, "range"}, baseline{curve.matrix, "baseline"};
    bool hasBaseline = false;
    for (const LengthPoint& point : curve.points) {
        median.points.emplace_back(point.windowLength, point.values.median);
        median.lower.push_back(point.values.lowerQuartile);
        median.upper.push_back(point.values.upperQuartile);
        range.points.emplace_back(point.windowLength, std::nan(""));
        range.lower.push_back(point.values.minimum);
        range.upper.push_back(point.values.maximum);
        baseline.points.emplace_back(point.windowLength, point.baseline);
        hasBaseline = hasBaseline || std::isfinite(point.baseline);
    }
    median.stroke.ink = range.stroke.ink = inkOf(curve.quantity);
    median.height = field ? 2 : 1;  // Ẽ on top
    median.inLegend = true;
    median.name = curve.title;
    median.plainName = curve.plainTitle;
    median.text = [profile, &curve](std::size_t i) { return pointText(*profile, curve, i); };
    ChartSeries intervals = intervalSeries(median, curve.intervals);
    chart.series.push_back(std::move(median));
    range.shape = SeriesShape::whiskers;
    range.stroke.width = 0.5;
    range.stroke.opacity = 0.55;
    range.stroke.flat = true;
    if (field)
        chart.series.push_back(std::move(range));
    if (!intervals.points.empty())
        chart.series.push_back(std::move(intervals));
    baseline.stroke = baselineStroke(curve.quantity);
    if (hasBaseline)
        chart.series.push_back(std::move(baseline));
}

ChartSeries seriesOf(const ProfilePointer& profile, const LengthHeadCurve& curve) {
    ChartSeries series{curve.matrix, "head"};
    series.stroke = headStroke(GridQuantity::field, curve.head.pin, 0.75);
    series.height = 3;
    for (std::size_t i = 0; i < curve.lengths.size(); ++i)
        series.points.emplace_back(curve.lengths[i], curve.values[i]);
    series.marker = headIdentity(curve.head.pin).marker;
    series.inLegend = true;
    series.name = series.plainName = identifiedName(curve.head.head, curve.head.pin);
    series.text = [profile, &curve](std::size_t i) {
        return u"%1: %2"_s.arg(tokensText(curve.lengths[i]), rankText(curve.values[i], profile->measure));
    };
    series.heads = {curve.head.head};
    return series;
}

void addLabels(ChartModel& chart, const LengthProfile& profile) {
    for (const LengthCurve& curve : profile.curves) {
        ChartLabel label{ChartLabel::curve, curve.title, {inkOf(curve.quantity)}};
        for (const LengthCurve& other : profile.curves)
            for (const LengthPoint& point : other.points)
                (&other == &curve ? label.own : label.others).emplace_back(point.windowLength, point.values.median);
        label.across = 1;
        chart.labels.push_back(std::move(label));
    }
    for (const LengthHeadCurve& curve : profile.heads) {
        const QString letter = headIdentity(curve.head.pin).letter;
        const bool named = curve.head.current || curve.head.hovered || letter.isEmpty();
        chart.labels.push_back({ChartLabel::point,
                                named ? identifiedName(curve.head.head, curve.head.pin) : letter,
                                headStroke(GridQuantity::field, curve.head.pin, 1),
                                {{curve.lengths.back(), curve.values.back()}}});
    }
    for (const LengthCurve& curve : profile.curves) {
        ChartLabel label{ChartLabel::curve, u"Gaussian %1"_s.arg(curve.title), {ChartInk::baseline}};
        for (const LengthPoint& point : curve.points)
            if (std::isfinite(point.baseline))
                label.own.emplace_back(point.windowLength, point.baseline);
        label.across = 0.2;
        if (!label.own.empty())
            chart.labels.push_back(std::move(label));
    }
    if (!profile.curves.empty())
        chart.labels.push_back(
            {ChartLabel::note, u"line and band: median and quartiles over heads · whiskers: range"_s +
                                   (hasBars(profile.curves) ? u' ' + barsNote() : QString())});
}

// A little air beside the first and the last length.
ChartAxis lengthAxis(const std::vector<int>& lengths) {
    ChartAxis axis{u"window length (tokens)"_s, {}, 1, 2, true};
    axis.column = "window_length";
    if (lengths.empty())
        return axis;
    axis.minimum = lengths.front() / 1.15;
    axis.maximum = lengths.back() * 1.15;
    axis.ticks.assign(lengths.begin(), lengths.end());
    return axis;
}

QString summaryOf(const LengthProfile& profile) {
    QStringList parts;
    for (const LengthCurve& curve : profile.curves) {
        const LengthPoint &first = curve.points.front(), &last = curve.points.back();
        parts << u"%1: median %2 at %3 tokens, %4 at %5 tokens"_s.arg(
            curve.plainTitle, rankText(first.values.median, profile.measure), QString::number(first.windowLength),
            rankText(last.values.median, profile.measure), QString::number(last.windowLength));
    }
    return profile.swept() ? parts.join(u"; "_s) : QString();
}

}  // namespace

ChartModel lengthChart(const LengthProfile& data) {
    const auto profile = std::make_shared<const LengthProfile>(data);
    ChartModel chart;
    double highest = 1;
    for (const LengthCurve& curve : profile->curves) {
        addCurve(chart, profile, curve);
        for (const LengthPoint& point : curve.points)
            for (const double value : {point.values.upperQuartile, point.baseline,
                                       curve.quantity == GridQuantity::field ? point.values.maximum : 0.0})
                if (std::isfinite(value))
                    highest = std::max(highest, value);
    }
    for (const LengthHeadCurve& curve : profile->heads)
        chart.series.push_back(seriesOf(profile, curve));
    chart.x = lengthAxis(profile->lengths);
    chart.y = axisUpTo(highest, 8, profile->valuesTitle, columnName(profile->measure));
    QStringList lengths;
    for (const int length : profile->lengths)
        lengths << asText(length);
    chart.axesKey = u"%1 %2"_s.arg(profile->valuesTitle, lengths.join(u' '));
    chart.summary = summaryOf(*profile);
    addLabels(chart, *profile);
    return chart;
}

LengthProfile makeLengthProfile(const Session& session, const GridChoice& choice, const ChartOptions& options,
                                const std::vector<std::optional<Interval>>& intervals) {
    LengthProfile profile;
    profile.measure = choice.measure;
    profile.valuesTitle = measureHtml(choice.measure);
    for (const Session* at : sessionsByLength(session))
        profile.lengths.push_back(at->corpus.windowLength);
    for (const auto& [quantity, variant] :
         {std::pair(GridQuantity::field, choice.field), std::pair(GridQuantity::interaction, choice.interaction)}) {
        LengthCurve curve{quantity, std::string(variantInfo(variant).id), variantHtml(variant), variantName(variant),
                          lengthProfile(session, variant, choice.measure)};
        if (quantity == GridQuantity::field && !intervals.empty())
            for (const LengthPoint& point : curve.points)
                curve.intervals.push_back(intervals[std::size_t(std::ranges::find(profile.lengths, point.windowLength) -
                                                                profile.lengths.begin())]);
        if (!options.baseline)
            for (LengthPoint& point : curve.points)
                point.baseline = std::numeric_limits<double>::quiet_NaN();
        if (!curve.points.empty())
            profile.curves.push_back(std::move(curve));
    }
    return profile;
}

std::vector<LengthHeadCurve> lengthHeadCurves(const Session& session, const GridChoice& choice,
                                              const std::vector<MarkedHead>& heads) {
    std::vector<LengthHeadCurve> curves;
    for (const MarkedHead& head : heads) {
        LengthHeadCurve curve{std::string(variantInfo(choice.field).id), head, {}, {}};
        for (const Session* at : sessionsByLength(session)) {
            if (const auto value = headValue(*at, choice.field, head.head, choice.measure)) {
                curve.lengths.push_back(at->corpus.windowLength);
                curve.values.push_back(value->median);
            }
        }
        if (!curve.values.empty())
            curves.push_back(std::move(curve));
    }
    return curves;
}

}  // namespace rankscope
