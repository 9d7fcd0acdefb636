// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_style.h"

#include <QPainter>
#include <QPolygonF>

#include "ui/drawing/colour_map.h"

namespace rankscope {

namespace {

QPolygonF polygonOf(MarkerShape shape) {
    switch (shape) {
        case MarkerShape::square:
            return QPolygonF({{-0.85, -0.85}, {0.85, -0.85}, {0.85, 0.85}, {-0.85, 0.85}});
        case MarkerShape::triangle:
            return QPolygonF({{0, -1.2}, {1.15, 0.9}, {-1.15, 0.9}});
        case MarkerShape::wedge:
            return QPolygonF({{0, 1.2}, {1.15, -0.9}, {-1.15, -0.9}});
        case MarkerShape::diamond:
            return QPolygonF({{0, -1.3}, {1.3, 0}, {0, 1.3}, {-1.3, 0}});
        case MarkerShape::cross: {
            constexpr double a = 0.4, b = 1.2;
            return QPolygonF({{-a, -b},
                              {a, -b},
                              {a, -a},
                              {b, -a},
                              {b, a},
                              {a, a},
                              {a, b},
                              {-a, b},
                              {-a, a},
                              {-b, a},
                              {-b, -a},
                              {-a, -a}});
        }
        case MarkerShape::circle:
            break;
    }
    return {};
}

QColor inkColour(ChartInk ink, const ChartStyle& style) {
    switch (ink) {
        case ChartInk::field:
            return style.grey ? style.text : fieldColour(style.background);
        case ChartInk::interaction:
            return style.grey ? blended(style.text, style.background, 0.5) : interactionColour(style.background);
        case ChartInk::interactionAlone:
            return style.grey ? style.text : interactionColour(style.background);
        case ChartInk::gap:
            return blended(style.text, style.background, 0.8);
        case ChartInk::keys:
            return style.grey ? blended(style.text, style.background, 0.75) : keysColour(style.background);
        case ChartInk::group:
            return style.grey ? blended(style.text, style.background, 0.6) : groupColour(style.background);
        case ChartInk::muted:
            return style.mutedText;
        case ChartInk::baseline:
            return blended(style.text, style.background, 0.45);
        case ChartInk::text:
            break;
    }
    return style.text;
}

}  // namespace

QPainterPath markerPath(MarkerShape shape, double radius) {
    QPainterPath path;
    if (shape == MarkerShape::circle) {
        path.addEllipse(QPointF(), radius, radius);
        return path;
    }
    path.addPolygon(QTransform::fromScale(radius, radius).map(polygonOf(shape)));
    path.closeSubpath();
    return path;
}

void paintMarker(QPainter& painter, MarkerShape shape, QPointF at, const QColor& colour, const ChartStyle& style) {
    painter.setPen(QPen(style.background, style.lineWidth / 2));
    painter.setBrush(colour);
    painter.drawPath(markerPath(shape, style.lineWidth * 1.9).translated(at));
}

QColor colourOf(const ChartStroke& stroke, const ChartStyle& style) {
    QColor colour = inkColour(stroke.ink, style);
    if (stroke.shade == CurveShade::deep)
        colour = blended(style.text, colour, 0.4);
    else if (stroke.shade == CurveShade::pale)
        colour = blended(style.background, colour, 0.25);
    if (stroke.strength < 1)
        colour = blended(colour, style.background, stroke.strength);
    if (stroke.opacity < 1)
        colour.setAlphaF(float(stroke.opacity));
    return colour;
}

QColor bandColour(const ChartSeries& series, const ChartStyle& style) {
    QColor colour = inkColour(series.stroke.ink, style);
    colour.setAlphaF(float(series.bandOpacity));
    return colour;
}

QPen penOf(const ChartStroke& stroke, const ChartStyle& style) {
    // Qt Charts draws solid curves as single segments: round ends close the joints.
    QPen pen(colourOf(stroke, style), style.lineWidth * stroke.width, Qt::SolidLine,
             stroke.flat ? Qt::FlatCap : Qt::RoundCap, stroke.flat ? Qt::BevelJoin : Qt::RoundJoin);
    if (!stroke.dashes.isEmpty()) {
        pen.setDashPattern(stroke.dashes);
        pen.setCapStyle(Qt::FlatCap);
    }
    return pen;
}

}  // namespace rankscope
