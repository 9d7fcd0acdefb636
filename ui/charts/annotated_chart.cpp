// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/annotated_chart.h"

#include <QPainter>
#include <utility>

#include "ui/charts/curve_style.h"
#include "ui/text/text.h"

namespace rankscope {

void AnnotatedChart::setMarks(std::vector<MarkedHead> marks) {
    if (marks == m_marks)
        return;
    m_marks = std::move(marks);
    m_placed = false;
    repaint();
}

std::vector<QRectF> AnnotatedChart::labelAreas() {
    place();
    return m_labels.areas();
}

void AnnotatedChart::place() {
    if (std::exchange(m_placed, true))
        return;
    m_places.clear();
    const QRectF visible = plotArea().adjusted(-1, -1, 1, 1);
    for (const MarkedHead& head : m_marks)
        for (const MarkPlace& place : markPlaces(head))
            if (visible.contains(place.at))
                m_places.push_back(place);
    m_labels.begin();
    m_labels.addChartCurves();
    addObstacles(m_labels.placer());
    const double radius = style().lineWidth * 2.5;
    for (const MarkPlace& place : m_places)
        m_labels.placer().addObstacle(QRectF(place.at - QPointF(radius, radius), QSizeF(2 * radius, 2 * radius)));
    // The head that the eye is on first: it has a name, pinned ones their letter.
    for (auto place = m_places.rbegin(); place != m_places.rend(); ++place) {
        const bool front = place->head.current || place->head.hovered;
        const QString text =
            front ? identifiedName(place->head.head, place->head.pin) : headIdentity(place->head.pin).letter;
        m_labels.addToMark(front ? u"<b>%1</b>"_s.arg(text) : text, style().text, place->at);
    }
    placeLabels(m_labels);
}

std::vector<QPointF> AnnotatedChart::verticalAt(double x) const {
    const double at = position({x, 0}).x();
    return {{at, plotArea().top()}, {at, plotArea().bottom()}};
}

void AnnotatedChart::paintVertical(QPainter& painter, double x, const QPen& pen) const {
    const std::vector<QPointF> line = verticalAt(x);
    if (line[0].x() < plotArea().left() - 0.5 || line[0].x() > plotArea().right() + 0.5)
        return;
    painter.setPen(pen);
    painter.drawLine(line[0], line[1]);
}

void AnnotatedChart::paintOver(QPainter& painter) {
    // Only now: one change of data moves positions several times.
    place();
    for (const MarkPlace& place : m_places) {
        const MarkerShape shape = headIdentity(place.head.pin).marker;
        if (place.head.current || place.head.hovered) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(style().text);
            painter.drawPath(markerPath(shape, style().lineWidth * 3).translated(place.at));
        }
        paintMarker(painter, shape, place.at, place.colour, style());
    }
    m_labels.paint(painter);
    PlainChart::paintOver(painter);
}

}  // namespace rankscope
