// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/scree_annotations.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <set>

#include "ui/views/colour_map.h"
#include "ui/views/nice_ticks.h"
#include "ui/views/scree_curves.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Scree)
};

// The mark of a crossing, another shape for every head.
QPainterPath markShape(int ordinal, double radius) {
    QPainterPath path;
    if (ordinal % 4 == 0)
        path.addEllipse(QPointF(), radius, radius);
    else if (ordinal % 4 == 1)
        path.addRect(-0.85 * radius, -0.85 * radius, 1.7 * radius, 1.7 * radius);
    else if (ordinal % 4 == 2)
        path.addPolygon(QPolygonF(
            {{0, -1.2 * radius}, {1.15 * radius, 0.9 * radius}, {-1.15 * radius, 0.9 * radius}, {0, -1.2 * radius}}));
    else
        path.addPolygon(QPolygonF(
            {{0, -1.3 * radius}, {1.3 * radius, 0}, {0, 1.3 * radius}, {-1.3 * radius, 0}, {0, -1.3 * radius}}));
    return path;
}

}  // namespace

QPointF ScreeAnnotations::positionOf(const ScreeCurve& curve, std::size_t point) const {
    return m_chart.position({curve.x[point], curve.y[point] * axisScale(m_scree.quantity)});
}

double ScreeAnnotations::thresholdPosition() const {
    return m_chart.position({0, m_scree.threshold * axisScale(m_scree.quantity)}).y();
}

void ScreeAnnotations::place() {
    m_labels.clear();
    const double line = QFontMetricsF(style().font).height();
    // Labels may stand in the strip above the plot, too.
    LabelPlacer placer(plot().adjusted(0, -line, 0, 0), line);
    addCurves(placer);
    collectMarks();
    const double radius = style().lineWidth * 2.2;
    for (const Mark& mark : m_marks)
        placer.addObstacle(QRectF(mark.at - QPointF(radius, radius), QSizeF(2 * radius, 2 * radius)));
    placeMarkLabels(placer);
    placeThresholdLabel(placer);
    placeKey(placer);
    placeRoleLabels(placer);
}

void ScreeAnnotations::addCurves(LabelPlacer& placer) const {
    for (const ChartCurve& curve : m_chart.curves()) {
        std::vector<QPointF> points, lower, upper;
        for (std::size_t i = 0; i < curve.points.size(); ++i) {
            const double x = curve.points[i].x();
            points.push_back(m_chart.position(curve.points[i]));
            if (!curve.lower.empty()) {
                lower.push_back(m_chart.position({x, curve.lower[i]}));
                upper.push_back(m_chart.position({x, curve.upper[i]}));
            }
        }
        placer.addCurve(points);
        placer.addCurve(lower);
        placer.addCurve(upper);
    }
    if (m_scree.quantity == ScreeQuantity::cumulative)
        placer.addCurve({{plot().left(), thresholdPosition()}, {plot().right(), thresholdPosition()}});
}

void ScreeAnnotations::collectMarks() {
    m_marks.clear();
    for (const ScreeCurve& curve : m_scree.curves) {
        if (m_scree.quantity != ScreeQuantity::cumulative || !curve.crossing)
            continue;
        // On the curve, or on the line where the median over windows differs from the averaged curve.
        const double y = std::max(m_scree.threshold, valueAt(curve, *curve.crossing));
        const QPointF at = m_chart.position({*curve.crossing, axisScale(m_scree.quantity) * y});
        if (plot().contains(at))
            m_marks.push_back({at, roleColour(curve.role, style().background), curve.ordinal, *curve.crossing});
    }
}

void ScreeAnnotations::addLabel(LabelPlacer& placer, const QString& text, const QColor& colour, bool bold,
                                const Spots& spots, double limit) {
    QFont font = style().font;
    font.setBold(bold);
    RichLabel label(text, font);
    const QSizeF size(label.width() + unit() / 4, QFontMetricsF(font).capHeight() + unit() / 2);
    if (const auto area = placer.place(spots(size), limit))
        m_labels.push_back({std::move(label), *area, colour});
}

void ScreeAnnotations::placeMarkLabels(LabelPlacer& placer) {
    for (auto mark = m_marks.rbegin(); mark != m_marks.rend(); ++mark) {
        const bool whole = mark->component == std::floor(mark->component);
        addLabel(placer, tickText(mark->component, whole ? 0 : 1), mark->colour, true, [&](QSizeF size) {
            std::vector<LabelSpot> spots = spotsAround(mark->at, size, unit() * 0.6);
            for (const LabelSpot& spot : spotsAround(mark->at, size, unit() * 1.4))
                spots.push_back({spot.area, spot.cost + 4});
            return spots;
        });
    }
}

void ScreeAnnotations::placeThresholdLabel(LabelPlacer& placer) {
    if (m_scree.quantity != ScreeQuantity::cumulative)
        return;
    const QString text = Text::tr("τ = %1 %").arg(QString::number(100 * m_scree.threshold, 'g', 6));
    addLabel(
        placer, text, style().mutedText, false,
        [&](QSizeF size) {
            constexpr int steps = 12;  // from the right end to the left one
            const double y = thresholdPosition(), clear = unit() / 4;
            std::vector<LabelSpot> spots;
            for (int step = 0; step < steps; ++step) {
                const double x = plot().right() - size.width() - (plot().width() - size.width()) * step / (steps - 1);
                spots.push_back({QRectF(QPointF(x, y + clear), size), 0.3 * step});
                spots.push_back({QRectF(QPointF(x, y - clear - size.height()), size), 0.3 * step + 0.5});
            }
            return spots;
        },
        dispensable);
}

// What the eye follows of a role: the selected head, else the first pinned one, else the median.
const ScreeCurve* ScreeAnnotations::leadingCurve(CurveRole role) const {
    const ScreeCurve* best = nullptr;
    for (const ScreeCurve& curve : m_scree.curves)
        if (curve.role == role && (!best || depthOf(curve) < depthOf(*best)))
            best = &curve;
    return best;
}

std::vector<QPointF> ScreeAnnotations::pointsOfOther(CurveRole role) const {
    std::vector<QPointF> points;
    for (const ScreeCurve& curve : m_scree.curves) {
        const std::size_t step = std::max<std::size_t>(1, curve.x.size() / 64);
        for (std::size_t i = 0; curve.role != role && i < curve.x.size(); i += step)
            points.push_back(positionOf(curve, i));
    }
    return points;
}

void ScreeAnnotations::placeRoleLabels(LabelPlacer& placer) {
    for (const CurveRole role : {CurveRole::interaction, CurveRole::field}) {
        const ScreeCurve* curve = leadingCurve(role);
        if (!curve)
            continue;
        const std::vector<QPointF> others = pointsOfOther(role);
        addLabel(placer, roleTitle(role), roleColour(role, style().background), true, [&](QSizeF size) {
            std::vector<QPointF> own;
            for (std::size_t i = 0; i < curve->x.size(); ++i)
                own.push_back(positionOf(*curve, i));
            return spotsAlong(own, others, size, unit(), plot().left() + 0.55 * plot().width());
        });
    }
}

// Which line is which: needed once there is more than one head, or a band.
std::vector<ScreeAnnotations::KeyRow> ScreeAnnotations::keyRows() const {
    std::vector<KeyRow> rows;
    std::set<int> seen;
    for (auto curve = m_scree.curves.rbegin(); curve != m_scree.curves.rend(); ++curve)
        if (seen.insert(depthOf(*curve)).second)
            rows.push_back({&*curve, curve->scope == CurveScope::median ? Text::tr("all heads: median, quartiles")
                                                                        : curve->label.toHtmlEscaped()});
    const bool needed = rows.size() > 1 || (rows.size() == 1 && !rows.front().curve->lower.empty());
    return needed ? rows : std::vector<KeyRow>();
}

double ScreeAnnotations::rowHeight() const {
    return QFontMetricsF(style().font).height() * 1.05;
}

void ScreeAnnotations::placeKey(LabelPlacer& placer) {
    const std::vector<KeyRow> rows = keyRows();
    m_keyArea.reset();
    if (rows.empty())
        return;
    double width = 0;
    for (const KeyRow& row : rows)
        width = std::max(width, RichLabel(row.text, style().font).width());
    const QSizeF size(width + sampleWidth() + unit(), rowHeight() * double(rows.size()));
    const QRectF area = plot().adjusted(unit(), unit() / 2, -unit() / 2, -unit());
    m_keyArea = placer.place(spotsAtEdges(area, size));
}

void ScreeAnnotations::paintThreshold(QPainter& painter) const {
    const double y = thresholdPosition();
    if (m_scree.quantity != ScreeQuantity::cumulative || y < plot().top() || y > plot().bottom())
        return;
    QPen pen(style().mutedText, style().lineWidth / 2, Qt::CustomDashLine, Qt::FlatCap);
    pen.setDashPattern({4, 3});
    painter.setPen(pen);
    painter.drawLine(QPointF(plot().left(), y), QPointF(plot().right(), y));
}

void ScreeAnnotations::paint(QPainter& painter) const {
    for (const Mark& mark : m_marks) {
        painter.setPen(QPen(style().background, style().lineWidth / 2));
        painter.setBrush(mark.colour);
        painter.drawPath(markShape(mark.ordinal, style().lineWidth * 1.9).translated(mark.at));
    }
    for (const Label& label : m_labels) {
        painter.setPen(label.colour);
        label.text.draw(painter, label.area, Qt::AlignHCenter);
    }
    if (m_keyArea)
        paintKey(painter);
}

void ScreeAnnotations::paintKey(QPainter& painter) const {
    QColor veil = style().background;
    veil.setAlphaF(0.75);
    painter.fillRect(*m_keyArea, veil);
    QPointF left(m_keyArea->left(), m_keyArea->top() + rowHeight() / 2);
    for (const KeyRow& row : keyRows()) {
        paintSample(painter, *row.curve, left);
        painter.setPen(style().mutedText);
        RichLabel(row.text, style().font)
            .draw(painter, QRectF(left.x() + sampleWidth() + unit() * 0.75, left.y(), 0, 0), Qt::AlignLeft);
        left.ry() += rowHeight();
    }
}

// In grey: colours belong to the two matrices, patterns and marks to heads.
void ScreeAnnotations::paintSample(QPainter& painter, const ScreeCurve& curve, QPointF left) const {
    const QColor ink = blended(style().text, style().background, 0.75);
    if (!curve.lower.empty()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(blended(style().text, style().background, 0.14));
        painter.drawRect(QRectF(left.x(), left.y() - rowHeight() * 0.3, sampleWidth(), rowHeight() * 0.6));
    }
    QPen pen = chartCurve(m_scree, curve, style()).pen;
    pen.setColor(curve.scope == CurveScope::median ? blended(ink, style().background, 0.7) : ink);
    painter.setPen(pen);
    painter.drawLine(left, left + QPointF(sampleWidth(), 0));
    if (!curve.crossing)
        return;
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawPath(
        markShape(curve.ordinal, style().lineWidth * 1.7).translated(left + QPointF(sampleWidth() / 2, 0)));
}

}  // namespace rankscope
