// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_labels.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/charts/model_chart.h"
#include "ui/drawing/colour_map.h"
#include "ui/text/literals.h"

namespace rankscope {

namespace {

constexpr double keyShare = 0.45;  // of the plot's height: what the key may take

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

// Along a vertical line at `x`, from the top downwards.
std::vector<LabelSpot> spotsAtUpright(double x, const QRectF& plot, QSizeF size, double unit) {
    constexpr int steps = 16;
    std::vector<LabelSpot> spots;
    for (int step = 0; step <= steps; ++step) {
        const double y = plot.top() + unit / 2 + (plot.height() - size.height() - unit) * step / steps;
        spots.push_back({QRectF(QPointF(x + unit / 2, y), size), 0.5 * step});
        spots.push_back({QRectF(QPointF(x - unit / 2 - size.width(), y), size), 0.5 * step + 0.25});
    }
    return spots;
}

// Below and above a level line at `y`, from its right end to the left one.
std::vector<LabelSpot> spotsAtLevel(double y, const QRectF& plot, QSizeF size, double unit) {
    constexpr int steps = 12;
    std::vector<LabelSpot> spots;
    for (int step = 0; step < steps; ++step) {
        const double x = plot.right() - size.width() - (plot.width() - size.width()) * step / (steps - 1);
        spots.push_back({QRectF(QPointF(x, y + unit / 4), size), 0.3 * step});
        spots.push_back({QRectF(QPointF(x, y - unit / 4 - size.height()), size), 0.3 * step + 0.5});
    }
    return spots;
}

std::vector<LabelSpot> spotsAtMark(QPointF at, QSizeF size, double unit) {
    std::vector<LabelSpot> spots = spotsAround(at, size, unit * 0.6);
    for (const LabelSpot& spot : spotsAround(at, size, unit * 1.4))
        spots.push_back({spot.area, spot.cost + 4});
    for (const LabelSpot& spot : distantSpots(at, size, unit))
        spots.push_back(spot);
    return spots;
}

}  // namespace

void ChartLabels::begin() {
    m_labels.clear();
    m_keyArea.reset();
    const double line = QFontMetricsF(m_chart.style().font).height();
    m_placer = LabelPlacer(m_chart.plotArea().adjusted(0, -line, m_chart.unit(), 0), line);
    for (const std::vector<QPointF>& curve : m_chart.drawnLines())
        m_placer.addCurve(curve);
}

void ChartLabels::addObstacle(QPointF at, double radius) {
    const double reach = m_chart.style().lineWidth * radius;
    m_placer.addObstacle(QRectF(at - QPointF(reach, reach), QSizeF(2 * reach, 2 * reach)));
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

std::vector<LabelSpot> ChartLabels::spotsFor(const ChartLabel& label, QSizeF size) const {
    const QRectF plot = m_chart.plotArea();
    const double unit = m_chart.unit();
    const auto positions = [this](const std::vector<QPointF>& values) {
        std::vector<QPointF> points;
        for (const QPointF& value : values)
            points.push_back(m_chart.position(value));
        return points;
    };
    switch (label.kind) {
        case ChartLabel::curve:
            return spotsAlong(
                positions(label.own), positions(label.others), size, unit,
                label.value ? m_chart.position({label.across, 0}).x() : plot.left() + label.across * plot.width());
        case ChartLabel::upright:
            return spotsAtUpright(m_chart.position(label.own[0]).x(), plot, size, unit);
        case ChartLabel::level:
            return spotsAtLevel(m_chart.position(label.own[0]).y(), plot, size, unit);
        default:
            return spotsAtEdges(plot.adjusted(unit / 2, unit / 2, -unit / 4, -unit / 2),
                                QSizeF(size.width() + unit, size.height() + unit / 2));
    }
}

void ChartLabels::add(const ChartLabel& label) {
    const ChartStyle& style = m_chart.style();
    if (label.kind == ChartLabel::key)
        return placeKey();
    const bool note = label.kind == ChartLabel::note;
    if (!(note ? style.notes : style.labels))
        return;
    const QColor colour = note ? style.mutedText : colourOf(label.stroke, style);
    if (label.kind == ChartLabel::point) {
        const QPointF at = m_chart.position(label.own[0]);
        if (m_chart.plotArea().adjusted(-1, -1, 1, 1).contains(at))
            addToMark(label.text, colour, at);
        return;
    }
    place(
        label.text, colour, label.kind == ChartLabel::curve, [&](QSizeF size) { return spotsFor(label, size); },
        note || label.kind == ChartLabel::level ? dispensable : always);
}

void ChartLabels::addToMark(const QString& text, const QColor& colour, QPointF at) {
    const double unit = m_chart.unit();
    if (!m_chart.style().labels ||
        !place(text, colour, false, [&](QSizeF size) { return spotsAtMark(at, size, unit); }))
        return;
    const QPointF end = nearestPoint(m_labels.back().area, at);
    if (std::hypot(end.x() - at.x(), end.y() - at.y()) > 1.8 * unit) {
        m_labels.back().leader = at;
        m_placer.addCurve({at, end});
    }
}

double ChartLabels::rowHeight() const {
    return QFontMetricsF(m_chart.style().font).height() * 1.05;
}

double ChartLabels::sampleWidth() const {
    const auto hasSample = [](const ChartKeyRow& row) { return row.stroke || row.marker || row.band || row.run; };
    return std::ranges::any_of(m_chart.model().key, hasSample) ? m_chart.unit() * 5 : 0;
}

std::vector<ChartKeyRow> ChartLabels::shownKey() const {
    std::vector<ChartKeyRow> rows = m_chart.model().key;
    const auto most = std::max(std::size_t(3), std::size_t(keyShare * m_chart.plotArea().height() / rowHeight()));
    if (rows.size() <= most)
        return rows;
    const int left = int(rows.size() - most + 1);
    // Of those that may go, the ones behind the others.
    const auto context = std::ranges::find(rows, false, &ChartKeyRow::optional);
    const auto first = context - std::min<std::ptrdiff_t>(left, context - rows.begin());
    rows.insert(rows.erase(first, context), {u"and %1 more"_s.arg(left)});
    return rows;
}

void ChartLabels::placeKey() {
    const std::vector<ChartKeyRow> rows = shownKey();
    if (rows.empty() || !m_chart.style().keys)
        return;
    const double unit = m_chart.unit();
    double width = 0;
    for (const ChartKeyRow& row : rows)
        width = std::max(width, RichLabel(row.text, m_chart.style().font).width());
    const QSizeF size(width + sampleWidth() + unit, rowHeight() * double(rows.size()));
    const QRectF area = m_chart.plotArea().adjusted(unit, unit / 2, -unit / 2, -unit);
    m_keyArea = m_placer.place(spotsAtEdges(area, size));
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
    if (m_keyArea)
        paintKey(painter);
}

void ChartLabels::paintKey(QPainter& painter) const {
    const ChartStyle& style = m_chart.style();
    QColor veil = style.background;
    veil.setAlphaF(0.75);
    painter.fillRect(*m_keyArea, veil);
    QPointF left(m_keyArea->left(), m_keyArea->top() + rowHeight() / 2);
    for (const ChartKeyRow& row : shownKey()) {
        paintSample(painter, row, left);
        painter.setPen(style.mutedText);
        RichLabel(row.text, style.font)
            .draw(painter, QRectF(left.x() + sampleWidth() + m_chart.unit() * 0.75, left.y(), 0, 0), Qt::AlignLeft);
        left.ry() += rowHeight();
    }
}

void ChartLabels::paintSample(QPainter& painter, const ChartKeyRow& row, QPointF left) const {
    const ChartStyle& style = m_chart.style();
    const QPointF along(sampleWidth(), 0);
    if (row.band) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(blended(style.text, style.background, 0.14));
        painter.drawRect(QRectF(left.x(), left.y() - rowHeight() * 0.3, sampleWidth(), rowHeight() * 0.6));
    }
    if (row.stroke) {
        painter.setPen(penOf(*row.stroke, style));
        painter.drawLine(left, left + along);
    }
    if (row.marker)
        paintMarker(painter, *row.marker, left + along / 2, colourOf(row.stroke.value_or(ChartStroke()), style), style);
    if (row.run) {
        painter.setPen(penOf({ChartInk::text, 3.5, {}, 0.75, 0.35, CurveShade::plain, true}, style));
        painter.drawLine(left + along * 0.25, left + along * 0.75);
    }
}

std::vector<QRectF> ChartLabels::areas() const {
    std::vector<QRectF> areas;
    for (const Label& label : m_labels)
        areas.push_back(label.area);
    return areas;
}

}  // namespace rankscope
