// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a ModelChart paints itself below and above the lines and bands of Qt Charts; in vector files these too, as
// paths. Where a part of the axes is shown, they end at its edges by their own points: not every kind of file knows
// clipping.
#include <QAreaSeries>
#include <QLineSeries>
#include <QPainter>
#include <QPixmap>
#include <algorithm>
#include <cmath>

#include "ui/charts/model_chart.h"
#include "ui/drawing/label_placer.h"

namespace rankscope {

namespace {

std::optional<QLineF> insideOf(const QLineF& segment, const QRectF& area) {
    const auto part = partInside(segment, area);
    return part ? std::optional(QLineF(segment.pointAt(part->first), segment.pointAt(part->second))) : std::nullopt;
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

// Runs `paint` where only the plot can be painted on.
template <typename Paint>
void clipped(QPainter& painter, const QRectF& area, Paint paint) {
    painter.save();
    painter.setClipRect(area, Qt::IntersectClip);
    paint();
    painter.restore();
}

}  // namespace

void ModelChart::paintUnder(QPainter& painter) const {
    paintAxes(painter);
    for (const ChartSeries* series : m_curves)
        paintBehind(painter, *series);
    for (const MarkedHead& head : m_marks)
        if (head.current && m_model.countsLayers &&
            inSight({upright(head.head.layer.value)[0].x(), plotArea().top()})) {
            painter.setPen(penOf({.ink = ChartInk::muted, .width = 0.5, .flat = true}, m_style));
            painter.drawLine(upright(head.head.layer.value)[0], upright(head.head.layer.value)[1]);
        }
}

void ModelChart::paintBehind(QPainter& painter, const ChartSeries& series) const {
    const QRectF plot = plotArea();
    const QPen pen = penOf(series.stroke, m_style);
    if (series.shape == SeriesShape::upright) {
        const std::vector<QPointF> line = upright(series.points.front().x());
        if (!inSight(line[0]))
            return;
        painter.setPen(pen);
        painter.drawLine(line[0], line[1]);
    } else if (series.shape == SeriesShape::level && series.behind) {
        const double y = position(series.points.front()).y();
        if (y < plot.top() || y > plot.bottom())
            return;
        painter.setPen(pen);
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
    } else if (series.shape == SeriesShape::columns) {
        QColor fill = pen.color();
        fill.setAlphaF(0.3F);
        const std::vector<QPointF> outline = outlineOf(series);
        clipped(painter, plot, [&] {
            painter.setPen(pen);
            painter.setBrush(fill);
            painter.drawPolygon(outline.data(), int(outline.size()));
        });
    } else if (series.shape == SeriesShape::whiskers) {
        painter.setPen(pen);
        clipped(painter, plot, [&] { paintWhiskers(painter, series); });
    } else if (!series.runs.empty()) {
        clipped(painter, plot, [&] { paintRuns(painter, series); });
    }
}

// Over all columns: neighbours share their edge, so nothing is drawn twice.
std::vector<QPointF> ModelChart::outlineOf(const ChartSeries& columns) const {
    const double half = m_model.columnWidth / 2;
    std::vector<QPointF> outline;
    for (const QPointF& column : columns.points)
        for (const double x : {column.x() - half, column.x() + half})
            outline.push_back(position({x, column.y()}));
    outline.insert(outline.begin(), position({columns.points.front().x() - half, 0}));
    outline.push_back(position({columns.points.back().x() + half, 0}));
    return outline;
}

void ModelChart::paintWhiskers(QPainter& painter, const ChartSeries& series) const {
    const double cap = unit() * 0.5;
    for (std::size_t i = 0; i < series.points.size(); ++i) {
        const QPointF low = position({series.points[i].x(), series.lower[i]});
        const QPointF high = position({series.points[i].x(), series.upper[i]});
        painter.drawLine(low, high);
        for (const QPointF end : {low, high})
            painter.drawLine(end - QPointF(cap, 0), end + QPointF(cap, 0));
    }
}

// A wide, pale underlay: it changes neither the curve nor its dashes.
void ModelChart::paintRuns(QPainter& painter, const ChartSeries& series) const {
    QPen pen = penOf({series.stroke.ink, 3.5, {}, 1, 0.35}, m_style);
    pen.setCapStyle(Qt::FlatCap);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    for (const auto& [first, count] : series.runs) {
        QPolygonF line;
        for (int i = first; i < first + count && std::size_t(i) < series.points.size(); ++i)
            line << position(series.points[std::size_t(i)]);
        painter.drawPolyline(line);
    }
}

// Thicker than the curve, and by half its width longer: an interval of no length still shows.
void ModelChart::paintIntervals(QPainter& painter, const ChartSeries& series) const {
    const QPointF half(0, m_style.lineWidth / 2);
    painter.setPen(penOf(series.stroke, m_style));
    for (std::size_t i = 0; i < series.points.size(); ++i) {
        const QPointF low = position({series.points[i].x(), series.lower[i]}) + half;
        const QPointF high = position({series.points[i].x(), series.upper[i]}) - half;
        if (const auto inside = insideOf(QLineF(low, high), plotArea()))
            painter.drawLine(*inside);
    }
}

// On paper each is an ellipse; on the screen all are copies of one small picture at whole pixels, ten times as fast.
void ModelChart::paintDots(QPainter& painter) const {
    const Frame map = frame();
    const QRectF visible = map.area.adjusted(-unit(), -unit(), unit(), unit());
    const double ratio = painter.device()->devicePixelRatioF();
    for (const ChartSeries* series : m_curves) {
        if (series->radius <= 0)
            continue;
        const double radius = series->radius * m_style.lineWidth;
        const double extent = std::ceil(2 * radius * ratio + 1) / ratio;
        QPixmap dot;
        painter.setPen(Qt::NoPen);
        painter.setBrush(colourOf(series->stroke, m_style));
        if (!m_paths) {
            dot = QPixmap(QSize(1, 1) * int(std::lround(extent * ratio)));
            dot.setDevicePixelRatio(ratio);
            dot.fill(Qt::transparent);
            QPainter dotPainter(&dot);
            dotPainter.setRenderHint(QPainter::Antialiasing);
            dotPainter.setPen(Qt::NoPen);
            dotPainter.setBrush(painter.brush());
            dotPainter.drawEllipse(QPointF(extent, extent) / 2, radius, radius);
        }
        for (const QPointF& point : series->points) {
            const QPointF at = map.at(scaled(point));
            if (!visible.contains(at))
                continue;
            if (m_paths)
                painter.drawEllipse(at, radius, radius);
            else
                painter.drawPixmap(QPointF(std::round((at.x() - extent / 2) * ratio) / ratio,
                                           std::round((at.y() - extent / 2) * ratio) / ratio),
                                   dot);
        }
    }
}

void ModelChart::paintPaths(QPainter& painter) const {
    const bool whole = m_visible == QRectF(0, 0, 1, 1);
    const QRectF area = frame().area;
    painter.setPen(Qt::NoPen);
    for (std::size_t i = 0; i < m_bandCount; ++i) {
        QPolygonF outline = polyline(m_bands[i]->upperSeries()->points());
        const QPolygonF lower = polyline(m_bands[i]->lowerSeries()->points());
        std::copy(lower.rbegin(), lower.rend(), std::back_inserter(outline));
        painter.setBrush(m_bands[i]->brush());
        painter.drawPolygon(whole ? outline : outline.intersected(QPolygonF(area)));
    }
    painter.setBrush(Qt::NoBrush);
    for (std::size_t i = 0; i < m_lineCount; ++i) {
        painter.setPen(m_lines[i]->pen());
        const QPolygonF line = polyline(m_lines[i]->points());
        for (const QPolygonF& stretch : whole ? std::vector{line} : insideOf(line, area))
            painter.drawPolyline(stretch);
    }
}

void ModelChart::paintOver(QPainter& painter) {
    if (m_paths)
        paintPaths(painter);
    for (const ChartSeries* series : m_curves)
        if (series->shape == SeriesShape::intervals)
            paintIntervals(painter, *series);
    place();
    paintMarks(painter);
    m_labels.paint(painter);
    if (m_reading)
        paintReading(painter);
}

void ModelChart::paintMarks(QPainter& painter) const {
    for (const ChartSeries* series : m_curves)
        for (std::size_t i = 0; series->marker && i < series->points.size(); ++i)
            if (inSight(position(series->points[i])))
                paintMarker(painter, *series->marker, position(series->points[i]), colourOf(series->stroke, m_style),
                            m_style);
    for (const MarkPlace& place : m_places) {
        const MarkerShape shape = headIdentity(place.head.pin).marker;
        if (place.head.current || place.head.hovered) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(m_style.text);
            painter.drawPath(markerPath(shape, m_style.lineWidth * 3).translated(place.at));
        }
        paintMarker(painter, shape, place.at, place.colour, m_style);
    }
}

}  // namespace rankscope
