// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/scree_annotations.h"

#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <set>

#include "ui/charts/curve_style.h"
#include "ui/charts/scree_curves.h"
#include "ui/drawing/colour_map.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/text/literals.h"

namespace rankscope {

namespace {

constexpr double keyShare = 0.45;  // of the plot's height: what the key may take

}  // namespace

QPointF ScreeAnnotations::positionOf(const ScreeCurve& curve, std::size_t point) const {
    return m_chart.position({curve.x[point], curve.y[point] * axisScale(m_scree.quantity)});
}

double ScreeAnnotations::thresholdPosition() const {
    return m_chart.position({1, m_scree.threshold * axisScale(m_scree.quantity)}).y();
}

void ScreeAnnotations::place() {
    m_labels.begin();
    m_labels.addChartCurves();
    if (m_scree.quantity == ScreeQuantity::cumulative)
        m_labels.placer().addCurve({{plot().left(), thresholdPosition()}, {plot().right(), thresholdPosition()}});
    collectMarks();
    const double radius = style().lineWidth * 2.2;
    for (const Mark& mark : m_marks)
        m_labels.placer().addObstacle(QRectF(mark.at - QPointF(radius, radius), QSizeF(2 * radius, 2 * radius)));
    placeMarkLabels();
    placeThresholdLabel();
    placeKey();
    placeRoleLabels();
}

void ScreeAnnotations::collectMarks() {
    m_marks.clear();
    for (const ScreeCurve& curve : m_scree.curves) {
        if (m_scree.quantity != ScreeQuantity::cumulative || !curve.crossing)
            continue;
        // On the curve, or on the line where the median over windows differs from the averaged curve.
        const double y = std::max(m_scree.threshold, valueAt(curve, *curve.crossing));
        const QPointF at = m_chart.position({*curve.crossing, axisScale(m_scree.quantity) * y});
        if (plot().adjusted(-1, -1, 1, 1).contains(at))
            m_marks.push_back({at, curveColour(curve, style()), curve.role, curve.ordinal, *curve.crossing});
    }
}

// "15" of a head without a pin, "A 7" with one; heads that cross at the same component share a label: "A B 7".
void ScreeAnnotations::placeMarkLabels() {
    std::set<std::pair<CurveRole, double>> seen;
    for (auto mark = m_marks.rbegin(); mark != m_marks.rend(); ++mark) {
        if (!seen.emplace(mark->role, mark->component).second)
            continue;
        QStringList letters;
        for (const Mark& other : m_marks)
            if (other.role == mark->role && other.component == mark->component && other.ordinal > 0)
                letters << headIdentity(other.ordinal).letter;
        letters.sort();
        const bool whole = mark->component == std::floor(mark->component);
        const QString number = u"<b>%1</b>"_s.arg(tickText(mark->component, whole ? 0 : 1));
        m_labels.addToMark((letters << number).join(u' '), roleColour(mark->role, style()), mark->at);
    }
}

void ScreeAnnotations::placeThresholdLabel() {
    if (m_scree.quantity != ScreeQuantity::cumulative)
        return;
    const QString text = u"τ = %1 %"_s.arg(QString::number(100 * m_scree.threshold, 'g', 6));
    m_labels.add(
        text, style().mutedText, false,
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

// What the eye follows of a role: the head in the foreground, else another one, else the median.
const ScreeCurve* ScreeAnnotations::leadingCurve(CurveRole role) const {
    const ScreeCurve* best = nullptr;
    for (const ScreeCurve& curve : m_scree.curves)
        if (curve.role == role && curve.scope != CurveScope::baseline && (!best || depthOf(curve) < depthOf(*best)))
            best = &curve;
    return best;
}

std::vector<QPointF> ScreeAnnotations::pointsOfOther(CurveRole role) const {
    std::vector<QPointF> points;
    for (const ScreeCurve& curve : m_scree.curves) {
        const std::size_t step = std::max<std::size_t>(1, curve.x.size() / 24);
        const bool other = curve.role != role && curve.scope != CurveScope::baseline;
        for (std::size_t i = 0; other && i < curve.x.size(); i += step)
            points.push_back(positionOf(curve, i));
    }
    return points;
}

void ScreeAnnotations::placeRoleLabels() {
    for (const CurveRole role : {CurveRole::interaction, CurveRole::field}) {
        const ScreeCurve* curve = leadingCurve(role);
        if (!curve)
            continue;
        std::vector<QPointF> own;
        for (std::size_t i = 0; i < curve->x.size(); ++i)
            own.push_back(positionOf(*curve, i));
        m_labels.addToCurve(roleTitle(m_scree, role), roleColour(role, style()), own, pointsOfOther(role),
                            plot().left() + 0.55 * plot().width());
    }
}

// Whether the head has one, in one of its two matrices.
bool ScreeAnnotations::hasWindowRange(const ScreeCurve& curve) const {
    return curve.scope == CurveScope::head &&
           std::any_of(m_scree.curves.begin(), m_scree.curves.end(),
                       [&](const auto& c) { return depthOf(c) == depthOf(curve) && !c.lower.empty(); });
}

// Which line is which: needed once there is more than one head, or a band, or a baseline.
std::vector<ScreeAnnotations::KeyRow> ScreeAnnotations::keyRows() const {
    std::vector<KeyRow> rows;
    std::set<int> seen;
    bool bands = false, runs = false;
    for (auto curve = m_scree.curves.rbegin(); curve != m_scree.curves.rend(); ++curve) {
        const bool baseline = curve->scope == CurveScope::baseline;
        bands = bands || !curve->lower.empty();
        runs = runs || (curve->scope == CurveScope::head && curve->order == 0 && !curve->runs.empty());
        if (!baseline && !seen.insert(depthOf(*curve)).second)
            continue;
        QString text = curve->label.toHtmlEscaped();
        if (curve->scope == CurveScope::head && curve->ordinal > 0)
            text = u"<b>%1</b>  %2"_s.arg(headIdentity(curve->ordinal).letter, text);
        if (hasWindowRange(*curve))
            text += u", range over windows"_s;
        if (curve->scope == CurveScope::median)
            text += u", quartiles"_s;
        if (baseline)
            text += u", "_s + roleTitle(m_scree, curve->role);
        rows.push_back({&*curve, text, false});
    }
    if (rows.size() < 2 && !bands && !runs)
        return {};
    if (runs)
        rows.push_back({nullptr, u"run of σ within 1 %"_s, true});
    const auto most = std::max(std::size_t(3), std::size_t(keyShare * plot().height() / rowHeight()));
    if (rows.size() > most) {
        const int left = int(rows.size() - most + 1);
        // The heads behind the others go first, the context stays.
        const auto context = std::find_if(rows.begin(), rows.end(), [](const KeyRow& row) {
            return !row.curve || row.curve->scope != CurveScope::head;
        });
        const auto first = context - std::min<std::ptrdiff_t>(left, context - rows.begin());
        rows.erase(first, context);
        rows.insert(first, {nullptr, u"and %1 more"_s.arg(left), false});
    }
    return rows;
}

double ScreeAnnotations::rowHeight() const {
    return QFontMetricsF(style().font).height() * 1.05;
}

void ScreeAnnotations::placeKey() {
    const std::vector<KeyRow> rows = keyRows();
    m_keyArea.reset();
    if (rows.empty() || !style().keys)
        return;
    double width = 0;
    for (const KeyRow& row : rows)
        width = std::max(width, RichLabel(row.text, style().font).width());
    const QSizeF size(width + sampleWidth() + unit(), rowHeight() * double(rows.size()));
    const QRectF area = plot().adjusted(unit(), unit() / 2, -unit() / 2, -unit());
    m_keyArea = m_labels.placer().place(spotsAtEdges(area, size));
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

// A wide, pale underlay: it changes neither the curve nor its dashes.
void ScreeAnnotations::paintRuns(QPainter& painter, const ScreeCurve& curve) const {
    QColor colour = roleColour(curve.role, style());
    colour.setAlphaF(0.35);
    painter.setPen(QPen(colour, 3.5 * style().lineWidth, Qt::SolidLine, Qt::FlatCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    for (const DegenerateRun& run : curve.runs) {
        QPolygonF line;
        for (int i = run.first; i < run.first + run.count && std::size_t(i) < curve.x.size(); ++i)
            line << positionOf(curve, std::size_t(i));
        painter.drawPolyline(line);
    }
}

void ScreeAnnotations::paintUnder(QPainter& painter) const {
    paintThreshold(painter);
    painter.save();
    painter.setClipRect(plot(), Qt::IntersectClip);
    for (const ScreeCurve& curve : m_scree.curves)
        if (curve.scope == CurveScope::head && curve.order == 0)
            paintRuns(painter, curve);
    painter.restore();
}

void ScreeAnnotations::paint(QPainter& painter) const {
    for (const Mark& mark : m_marks)
        paintMarker(painter, headIdentity(mark.ordinal).marker, mark.at, mark.colour, style());
    m_labels.paint(painter);
    if (m_keyArea)
        paintKey(painter);
}

void ScreeAnnotations::paintKey(QPainter& painter) const {
    QColor veil = style().background;
    veil.setAlphaF(0.75);
    painter.fillRect(*m_keyArea, veil);
    QPointF left(m_keyArea->left(), m_keyArea->top() + rowHeight() / 2);
    for (const KeyRow& row : keyRows()) {
        if (row.curve)
            paintSample(painter, *row.curve, left);
        if (row.run) {
            QColor ink = blended(style().text, style().background, 0.75);
            ink.setAlphaF(0.35);
            painter.setPen(QPen(ink, 3.5 * style().lineWidth, Qt::SolidLine, Qt::FlatCap));
            painter.drawLine(left + QPointF(sampleWidth() * 0.25, 0), left + QPointF(sampleWidth() * 0.75, 0));
        }
        painter.setPen(style().mutedText);
        RichLabel(row.text, style().font)
            .draw(painter, QRectF(left.x() + sampleWidth() + unit() * 0.75, left.y(), 0, 0), Qt::AlignLeft);
        left.ry() += rowHeight();
    }
}

// In grey: colours belong to the two matrices, patterns and marks to heads.
void ScreeAnnotations::paintSample(QPainter& painter, const ScreeCurve& curve, QPointF left) const {
    const QColor ink = blended(style().text, style().background, 0.75);
    if (!curve.lower.empty() || hasWindowRange(curve)) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(blended(style().text, style().background, 0.14));
        painter.drawRect(QRectF(left.x(), left.y() - rowHeight() * 0.3, sampleWidth(), rowHeight() * 0.6));
    }
    QPen pen = chartCurve(m_scree, curve, style()).pen;
    pen.setColor(curve.scope == CurveScope::head       ? ink
                 : curve.scope == CurveScope::baseline ? baselineColour(style())
                                                       : blended(ink, style().background, 0.7));
    painter.setPen(pen);
    painter.drawLine(left, left + QPointF(sampleWidth(), 0));
    if (curve.scope == CurveScope::head)
        paintMarker(painter, headIdentity(curve.ordinal).marker, left + QPointF(sampleWidth() / 2, 0), ink, style());
}

}  // namespace rankscope
