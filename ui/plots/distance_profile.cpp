// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/distance_profile.h"

#include <QStringList>
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "core/session/head_quantity.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

QString meanText(double mean) {
    return numberText(mean, std::abs(mean) < 1 ? 3 : 2);
}

QString valueText(const HeadValue& value) {
    const QString median = numberText(value.median, 2);
    return value.windows < 2 ? median
                             : u"%1 (%2–%3 over %4 windows)"_s.arg(median, numberText(value.minimum, 2),
                                                                   numberText(value.maximum, 2), asText(value.windows));
}

// The axes' zeros: on the left keys behind the query, which a causal mask hides.
ChartSeries zeroLine(SeriesShape shape) {
    ChartSeries line;
    line.shape = shape;
    line.stroke.width = 0.5;
    line.stroke.strength = 0.35;
    line.stroke.flat = line.behind = true;
    line.points = {{0, 0}};
    line.height = std::numeric_limits<int>::min();
    return line;
}

}  // namespace

ChartModel distanceChart(const DistanceProfile& data) {
    const auto profile = std::make_shared<const DistanceProfile>(data);
    ChartModel chart;
    double lowest = 0, highest = 0;
    for (const DistanceCurve& curve : profile->curves) {
        ChartSeries& series = chart.series.emplace_back();
        series.matrix = variantInfo(Variant::field).id;
        series.part = "head";
        // As many points as a window has tokens, twice: thin lines.
        series.stroke = headStroke(GridQuantity::field, curve.head.pin, 0.5);
        series.height = -int(&curve - profile->curves.data());  // the first head on top
        for (std::size_t i = 0; i < curve.means.size(); ++i)
            series.points.emplace_back(profile->distanceAt(i), curve.means[i]);
        const auto [low, high] = std::ranges::minmax(curve.means);
        lowest = std::min(lowest, low);
        highest = std::max(highest, high);
        series.inLegend = profile->curves.size() > 1;
        series.name = series.plainName = identifiedName(curve.head.head, curve.head.pin);
        series.text = [profile, &curve](std::size_t i) { return distanceText(profile->distanceAt(i), curve.means[i]); };
        series.heads = {curve.head.head};
        if (series.inLegend)
            chart.labels.push_back({ChartLabel::curve, series.name, series.stroke, series.points, {}, 1});
    }
    chart.series.push_back(zeroLine(SeriesShape::upright));
    chart.series.push_back(zeroLine(SeriesShape::level));
    if (lowest == highest)
        highest = 1;
    if (!profile->curves.empty())
        chart.labels.push_back({ChartLabel::note, u"right of 0: keys before the query"_s});
    const double end = std::max(1, profile->tokens - 1);
    const NiceRange nice = niceRange(headroom * lowest, headroom * highest, 6);
    chart.x = {
        u"distance <i>i</i> − <i>j</i> (tokens)"_s, u"<i>i</i> − <i>j</i>"_s, -end, end, false, 1, {}, "distance"};
    chart.y = {u"mean of Ẽ"_s, {}, nice.minimum, nice.maximum, false, 0, {}, "mean"};
    chart.axesKey = asText(profile->tokens);
    return chart;
}

DistanceProfile makeDistanceProfile(const Session& session, const std::vector<MarkedHead>& heads) {
    DistanceProfile profile{session.corpus.windowLength, {}};
    for (const MarkedHead& head : heads) {
        const std::span<const double> means = headNumbers(session, distanceMeansId, head.head);
        if (means.empty())
            continue;
        const auto share = headNumber(session, headQuantity(positionShareId), head.head);
        profile.curves.push_back({head, {means.begin(), means.end()}, share ? share->median : 0});
    }
    return profile;
}

QString positionShareText(const Session& session, HeadRef head) {
    QStringList parts;
    for (const auto& [id, text] : {std::pair(positionShareId, u"position share %1"_s),
                                   std::pair(positionShareBeforeRotationId, u"before rotation %1"_s),
                                   std::pair(positionShareVisibleKeysId, u"over visible keys %1"_s)})
        if (const auto value = headNumber(session, headQuantity(id), head))
            parts << text.arg(valueText(*value));
    return parts.join(u", "_s);
}

QString distanceText(int distance, double mean) {
    const QString value = u"i − j = %1: %2"_s.arg(numberText(distance, 0), meanText(mean));
    return distance == 0   ? u"%1, the token itself"_s.arg(value)
           : distance == 1 ? u"%1, the previous token"_s.arg(value)
           : distance < 0  ? u"%1, a key behind the query"_s.arg(value)
                           : value;
}

QString peakText(const DistanceCurve& curve) {
    const auto largest =
        std::ranges::max_element(curve.means, {}, [](double mean) { return std::abs(mean); }) - curve.means.begin();
    const auto tokens = std::ptrdiff_t(curve.means.size() + 1) / 2;
    return u"largest at %1"_s.arg(distanceText(int(largest - (tokens - 1)), curve.means[std::size_t(largest)]));
}

QString distanceRows(const DistanceProfile& profile) {
    QStringList names{u"distance"_s};
    for (const DistanceCurve& curve : profile.curves)
        names << toQString(headName(curve.head.head));
    QString text = names.join(u'\t') + u'\n';
    for (std::size_t i = 0; !profile.curves.empty() && i < profile.curves.front().means.size(); ++i) {
        QStringList row{QString::number(profile.distanceAt(i))};
        for (const DistanceCurve& curve : profile.curves)
            row << QString::number(curve.means[i], 'g', 6);
        text += row.join(u'\t') + u'\n';
    }
    return text;
}

}  // namespace rankscope
