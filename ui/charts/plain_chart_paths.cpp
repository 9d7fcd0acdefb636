// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of the chart that draws curves and bands as paths, for vector files. Where a part of the axes is shown, they
// end at its edges by their own points: not every kind of file knows clipping.
#include <QAreaSeries>
#include <QLineSeries>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <optional>

#include "ui/charts/plain_chart.h"

namespace rankscope {

namespace {

// What of a segment lies in a rectangle (Liang and Barsky).
std::optional<QLineF> insideOf(const QLineF& segment, const QRectF& area) {
    double from = 0, to = 1;
    const auto cut = [&](double step, double room) {  // along `step`, `room` is left until the edge
        if (step == 0)
            return room >= 0;
        (step < 0 ? from : to) = step < 0 ? std::max(from, room / step) : std::min(to, room / step);
        return from <= to;
    };
    const bool some = cut(-segment.dx(), segment.x1() - area.left()) &&
                      cut(segment.dx(), area.right() - segment.x1()) && cut(-segment.dy(), segment.y1() - area.top()) &&
                      cut(segment.dy(), area.bottom() - segment.y1());
    return some ? std::optional(QLineF(segment.pointAt(from), segment.pointAt(to))) : std::nullopt;
}

// The stretches of a line that lie in a rectangle.
std::vector<QPolygonF> insideOf(const QPolygonF& line, const QRectF& area) {
    std::vector<QPolygonF> stretches;
    for (qsizetype i = 1; i < line.size(); ++i) {
        const auto segment = insideOf(QLineF(line[i - 1], line[i]), area);
        if (!segment)
            continue;
        if (stretches.empty() || stretches.back().last() != segment->p1())
            stretches.push_back(QPolygonF{segment->p1()});
        stretches.back() << segment->p2();
    }
    return stretches;
}

}  // namespace

// In the colour of the curve and thicker: a bar as low as the line is wide still shows.
void PlainChart::paintBars(QPainter& painter) const {
    const Frame map = frame();
    for (const ChartCurve& curve : m_curves) {
        QPen pen(curve.pen.color(), curve.pen.widthF() * 2.5, Qt::SolidLine, Qt::FlatCap);
        const double half = curve.pen.widthF() / 2;
        painter.setPen(pen);
        for (std::size_t i = 0; i < curve.bars.size(); ++i) {
            if (!curve.bars[i])
                continue;
            const double x = scaled(m_x, curve.points[i].x());
            const QPointF low = map.at(x, scaled(m_y, curve.bars[i]->low)) + QPointF(0, half);
            const QPointF high = map.at(x, scaled(m_y, curve.bars[i]->high)) - QPointF(0, half);
            if (const auto inside = insideOf(QLineF(low, high), map.area))
                painter.drawLine(*inside);
        }
    }
}

void PlainChart::paintPaths(QPainter& painter) const {
    const bool whole = m_visible == QRectF(0, 0, 1, 1);
    const QRectF area = frame().area;
    std::size_t band = 0;
    painter.setPen(Qt::NoPen);
    for (const ChartCurve& curve : m_curves) {
        if (curve.lower.empty())
            continue;
        QPolygonF outline = polyline(m_bands[band]->upperSeries()->points());
        const QPolygonF lower = polyline(m_bands[band]->lowerSeries()->points());
        std::copy(lower.rbegin(), lower.rend(), std::back_inserter(outline));
        painter.setBrush(curve.bandColour);
        painter.drawPolygon(whole ? outline : outline.intersected(QPolygonF(area)));
        ++band;
    }
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = 0; i < m_curves.size(); ++i) {
        if (m_curves[i].pen.style() == Qt::NoPen)
            continue;
        painter.setPen(m_curves[i].pen);
        const QPolygonF line = polyline(m_lines[i]->points());
        for (const QPolygonF& stretch : whole ? std::vector{line} : insideOf(line, area))
            painter.drawPolyline(stretch);
    }
}

}  // namespace rankscope
