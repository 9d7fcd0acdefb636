// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drawing/label_placer.h"

#include <algorithm>
#include <cmath>

namespace rankscope {

namespace {

double lengthInside(const QLineF& line, const QRectF& area) {
    const auto part = partInside(line, area);
    return part ? (part->second - part->first) * line.length() : 0;
}

// 0 … 1: whether a label in `area` could be taken for something at one of `points`.
double closeness(const QRectF& area, const std::vector<QPointF>& points, double reach) {
    double nearest = reach * reach;
    for (const QPointF& at : points) {
        const double dx = std::max({area.left() - at.x(), 0.0, at.x() - area.right()});
        const double dy = std::max({area.top() - at.y(), 0.0, at.y() - area.bottom()});
        nearest = std::min(nearest, dx * dx + dy * dy);
    }
    return 1 - std::sqrt(nearest) / reach;
}

}  // namespace

// Liang and Barsky's clipping.
std::optional<std::pair<double, double>> partInside(const QLineF& line, const QRectF& area) {
    double enter = 0, leave = 1;
    const auto clip = [&](double direction, double distance) {  // along `direction`, `distance` is left until the edge
        if (direction == 0)
            return distance >= 0;
        const double at = distance / direction;
        (direction < 0 ? enter : leave) = direction < 0 ? std::max(enter, at) : std::min(leave, at);
        return enter <= leave;
    };
    const bool inside = clip(-line.dx(), line.x1() - area.left()) && clip(line.dx(), area.right() - line.x1()) &&
                        clip(-line.dy(), line.y1() - area.top()) && clip(line.dy(), area.bottom() - line.y1());
    return inside ? std::optional(std::pair(enter, leave)) : std::nullopt;
}

void LabelPlacer::addCurve(const std::vector<QPointF>& points) {
    for (std::size_t i = 1; i < points.size(); ++i) {
        const QPointF &a = points[i - 1], &b = points[i];
        const Segment segment{
            {a, b}, std::min(a.x(), b.x()), std::max(a.x(), b.x()), std::min(a.y(), b.y()), std::max(a.y(), b.y())};
        // What lies outside cannot be covered by a label.
        if (segment.right >= m_bounds.left() && segment.left <= m_bounds.right() && segment.bottom >= m_bounds.top() &&
            segment.top <= m_bounds.bottom())
            m_segments.push_back(segment);
    }
}

double LabelPlacer::covered(const QRectF& area) const {
    double length = 0;
    const double left = area.left(), right = area.right(), top = area.top(), bottom = area.bottom();
    for (const Segment& segment : m_segments)
        if (segment.right >= left && segment.left <= right && segment.bottom >= top && segment.top <= bottom)
            length += lengthInside(segment.line, area);
    return length;
}

std::optional<QRectF> LabelPlacer::place(std::vector<LabelSpot> spots, double limit) {
    std::sort(spots.begin(), spots.end(), [](const auto& a, const auto& b) { return a.cost < b.cost; });
    const LabelSpot* best = nullptr;
    double lowest = limit;
    for (const LabelSpot& spot : spots) {
        if (spot.cost >= lowest)
            break;
        if (!m_bounds.contains(spot.area) ||
            std::any_of(m_taken.begin(), m_taken.end(), [&](const QRectF& r) { return r.intersects(spot.area); }))
            continue;
        const double cost = spot.cost + 10 * covered(spot.area) / m_lineHeight;
        if (cost < lowest) {
            lowest = cost;
            best = &spot;
        }
    }
    if (!best)
        return std::nullopt;
    const double clear = m_lineHeight / 5;
    m_taken.push_back(best->area.adjusted(-clear, -clear, clear, clear));
    return best->area;
}

std::vector<LabelSpot> spotsAround(QPointF point, QSizeF size, double distance) {
    const double w = size.width(), h = size.height(), d = distance, x = point.x(), y = point.y();
    const QPointF corners[] = {{x + d, y + d / 2},       {x - w - d, y - h - d / 2},  {x + d, y - h - d / 2},
                               {x - w - d, y + d / 2},   {x + 1.5 * d, y - h / 2},    {x - w - 1.5 * d, y - h / 2},
                               {x - w / 2, y + 1.5 * d}, {x - w / 2, y - h - 1.5 * d}};
    std::vector<LabelSpot> spots;
    for (const QPointF& corner : corners)
        spots.push_back({QRectF(corner, size), 0.15 * double(spots.size())});
    return spots;
}

std::vector<LabelSpot> spotsAlong(const std::vector<QPointF>& own, const std::vector<QPointF>& others, QSizeF size,
                                  double unit, double preferredX) {
    std::vector<LabelSpot> spots;
    if (own.empty())
        return spots;
    const double extent = std::max(1.0, own.back().x() - own.front().x());
    const std::size_t step = std::max<std::size_t>(1, own.size() / 32);
    for (std::size_t i = 0; i < own.size(); i += step)
        for (const LabelSpot& spot : spotsAround(own[i], size, 0.7 * unit))
            spots.push_back({spot.area, spot.cost + 3 * std::abs(own[i].x() - preferredX) / extent +
                                            6 * closeness(spot.area, others, 5 * unit)});
    return spots;
}

std::vector<LabelSpot> spotsAtEdges(const QRectF& area, QSizeF size) {
    constexpr int steps = 8;
    std::vector<LabelSpot> spots;
    for (int step = 0; step <= steps; ++step) {
        const double y = area.bottom() - size.height() - (area.height() - size.height()) * step / steps;
        spots.push_back({QRectF(QPointF(area.right() - size.width(), y), size), 0.4 * step});
        spots.push_back({QRectF(QPointF(area.left(), y), size), 0.4 * step + 0.3});
    }
    return spots;
}

}  // namespace rankscope
