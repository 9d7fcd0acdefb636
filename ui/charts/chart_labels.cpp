// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_labels.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace rankscope {

namespace {

// The point of `area` nearest to `at`.
QPointF nearestPoint(const QRectF& area, QPointF at) {
    return {std::clamp(at.x(), area.left(), area.right()), std::clamp(at.y(), area.top(), area.bottom())};
}

// Rows of places above and below a mark, for where its neighbourhood is crowded.
std::vector<LabelSpot> distantSpots(QPointF at, QSizeF size, double unit) {
    constexpr int rows = 14;
    std::vector<LabelSpot> spots;
    const double line = size.height() + unit / 2;
    for (int row = 1; row <= rows; ++row)
        for (const double shift : {-0.5, -1.4, 0.4, 1.1, -2.2})
            for (const bool above : {false, true}) {
                const double y = above ? at.y() - unit - row * line - size.height() : at.y() + unit + row * line;
                spots.push_back({QRectF(QPointF(at.x() + shift * size.width(), y), size),
                                 6 + 1.2 * row + std::abs(shift + 0.5) + (above ? 0.5 : 0)});
            }
    return spots;
}

}  // namespace

void ChartLabels::begin() {
    m_labels.clear();
    const double line = QFontMetricsF(m_chart.style().font).height();
    m_placer = LabelPlacer(m_chart.plotArea().adjusted(0, -line, m_chart.unit(), 0), line);
}

void ChartLabels::addChartCurves() {
    for (std::size_t c = 0; c < m_chart.curves().size(); ++c) {
        const ChartCurve& curve = m_chart.curves()[c];
        std::vector<QPointF> lower, upper;
        for (std::size_t i = 0; i < curve.lower.size(); ++i) {
            lower.push_back(m_chart.position({curve.points[i].x(), curve.lower[i]}));
            upper.push_back(m_chart.position({curve.points[i].x(), curve.upper[i]}));
        }
        m_placer.addCurve(m_chart.drawnLine(c));
        m_placer.addCurve(lower);
        m_placer.addCurve(upper);
    }
}

bool ChartLabels::add(const QString& text, const QColor& colour, bool bold, const Spots& spots, double limit) {
    return m_chart.style().labels && place(text, colour, bold, spots, limit);
}

bool ChartLabels::place(const QString& text, const QColor& colour, bool bold, const Spots& spots, double limit) {
    QFont font = m_chart.style().font;
    font.setBold(bold);
    RichLabel label(text, font);
    const QSizeF size(label.width() + m_chart.unit() / 4, QFontMetricsF(font).capHeight() + m_chart.unit() / 2);
    const auto area = m_placer.place(spots(size), limit);
    if (area)
        m_labels.push_back({std::move(label), *area, colour, std::nullopt});
    return area.has_value();
}

bool ChartLabels::addToMark(const QString& text, const QColor& colour, QPointF at) {
    const double unit = m_chart.unit();
    const bool placed = add(text, colour, false, [&](QSizeF size) {
        std::vector<LabelSpot> spots = spotsAround(at, size, unit * 0.6);
        for (const LabelSpot& spot : spotsAround(at, size, unit * 1.4))
            spots.push_back({spot.area, spot.cost + 4});
        for (const LabelSpot& spot : distantSpots(at, size, unit))
            spots.push_back(spot);
        return spots;
    });
    if (!placed)
        return false;
    const QPointF end = nearestPoint(m_labels.back().area, at);
    if (std::hypot(end.x() - at.x(), end.y() - at.y()) > 1.8 * unit) {
        m_labels.back().leader = at;
        m_placer.addCurve({at, end});
    }
    return true;
}

bool ChartLabels::addToCurve(const QString& text, const QColor& colour, const std::vector<QPointF>& own,
                             const std::vector<QPointF>& others, double preferredX) {
    return add(text, colour, true,
               [&](QSizeF size) { return spotsAlong(own, others, size, m_chart.unit(), preferredX); });
}

bool ChartLabels::addNote(const QString& text) {
    const double unit = m_chart.unit();
    const QRectF area = m_chart.plotArea().adjusted(unit / 2, unit / 2, -unit / 4, -unit / 2);
    const auto spots = [&](QSizeF size) {
        return spotsAtEdges(area, QSizeF(size.width() + unit, size.height() + unit / 2));
    };
    return m_chart.style().notes && place(text, m_chart.style().mutedText, false, spots, dispensable);
}

bool ChartLabels::addAtLine(const QString& text, const QColor& colour, double x) {
    const QRectF plot = m_chart.plotArea();
    const double unit = m_chart.unit();
    return add(text, colour, false, [&](QSizeF size) {
        constexpr int steps = 16;
        std::vector<LabelSpot> spots;
        for (int step = 0; step <= steps; ++step) {
            const double y = plot.top() + unit / 2 + (plot.height() - size.height() - unit) * step / steps;
            spots.push_back({QRectF(QPointF(x + unit / 2, y), size), 0.5 * step});
            spots.push_back({QRectF(QPointF(x - unit / 2 - size.width(), y), size), 0.5 * step + 0.25});
        }
        return spots;
    });
}

void ChartLabels::paint(QPainter& painter) const {
    for (const Label& label : m_labels) {
        if (label.leader) {
            QColor thin = label.colour;
            thin.setAlphaF(0.5);
            painter.setPen(QPen(thin, m_chart.style().lineWidth / 2));
            painter.drawLine(*label.leader, nearestPoint(label.area, *label.leader));
        }
        painter.setPen(label.colour);
        label.text.draw(painter, label.area, Qt::AlignHCenter);
    }
}

std::vector<QRectF> ChartLabels::areas() const {
    std::vector<QRectF> areas;
    for (const Label& label : m_labels)
        areas.push_back(label.area);
    return areas;
}

}  // namespace rankscope
