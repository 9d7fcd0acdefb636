// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/chart_model.h"

#include <cmath>
#include <iterator>
#include <limits>

#include "ui/drawing/nice_ticks.h"

namespace rankscope {

namespace {

QList<qreal> dashPattern(int dash) {
    static const QList<qreal> patterns[] = {{5, 2.5}, {1.2, 1.8}, {8, 2, 1.2, 2}, {3, 1.5}, {8, 2, 1.2, 2, 1.2, 2}};
    static_assert(std::size(patterns) == dashPatterns);
    return dash <= 0 ? QList<qreal>() : patterns[std::size_t(dash - 1) % std::size(patterns)];
}

}  // namespace

double ChartAxis::atFraction(double fraction) const {
    return logarithmic ? minimum * std::pow(maximum / minimum, fraction) : minimum + fraction * (maximum - minimum);
}

ChartInk inkOf(GridQuantity quantity) {
    return quantity == GridQuantity::field         ? ChartInk::field
           : quantity == GridQuantity::interaction ? ChartInk::interaction
                                                   : ChartInk::gap;
}

ChartStroke baselineStroke(GridQuantity quantity) {
    return {ChartInk::baseline, 0.6, quantity == GridQuantity::interaction ? QList<qreal>{6, 3} : QList<qreal>()};
}

ChartStroke headStroke(GridQuantity quantity, int pin, double width) {
    const HeadIdentity identity = headIdentity(pin);
    ChartStroke stroke{inkOf(quantity), width, dashPattern(identity.dash)};
    stroke.shade = identity.shade;
    return stroke;
}

std::vector<HeadRef> ChartSeries::headsAt(std::size_t point) const {
    if (point < crowds.size())
        return crowds[point];
    if (heads.size() == 1)
        return heads;
    return point < heads.size() ? std::vector{heads[point]} : std::vector<HeadRef>();
}

ChartAxis axisUpTo(double highest, int mostTicks, const QString& title, const std::string& column) {
    ChartAxis axis{title, title.section(u' ', 0, 0), 0, niceRange(0, headroom * highest, mostTicks).maximum};
    axis.column = column;
    return axis;
}

ChartSeries intervalSeries(const ChartSeries& of, const std::vector<std::optional<Interval>>& intervals) {
    ChartSeries series{of.matrix, "interval"};
    series.shape = SeriesShape::intervals;
    series.stroke = {of.stroke.ink, 2.5};
    series.stroke.flat = true;
    for (std::size_t i = 0; i < intervals.size(); ++i) {
        if (!intervals[i])
            continue;
        series.points.emplace_back(of.points[i].x(), std::numeric_limits<double>::quiet_NaN());
        series.lower.push_back(intervals[i]->low);
        series.upper.push_back(intervals[i]->high);
    }
    return series;
}

}  // namespace rankscope
