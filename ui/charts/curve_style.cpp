// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/curve_style.h"

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

QColor shaded(const QColor& colour, CurveShade shade, const ChartStyle& style) {
    switch (shade) {
        case CurveShade::deep:
            return blended(style.text, colour, 0.4);
        case CurveShade::pale:
            return blended(style.background, colour, 0.25);
        case CurveShade::plain:
            break;
    }
    return colour;
}

QList<qreal> dashPattern(int dash) {
    static const QList<qreal> patterns[] = {{5, 2.5}, {1.2, 1.8}, {8, 2, 1.2, 2}, {3, 1.5}, {8, 2, 1.2, 2, 1.2, 2}};
    static_assert(std::size(patterns) == dashPatterns);
    return dash <= 0 ? QList<qreal>() : patterns[std::size_t(dash - 1) % std::size(patterns)];
}

QPen headPen(const QColor& colour, const HeadIdentity& identity, const ChartStyle& style, double width) {
    return contextPen(shaded(colour, identity.shade, style), style, width, dashPattern(identity.dash));
}

QPen contextPen(const QColor& colour, const ChartStyle& style, double width, QList<qreal> dashes) {
    // Qt Charts draws solid curves as single segments: round ends close the joints.
    QPen pen(colour, style.lineWidth * width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    if (!dashes.isEmpty()) {
        pen.setDashPattern(dashes);
        pen.setCapStyle(Qt::FlatCap);
    }
    return pen;
}

QColor quantityColour(GridQuantity quantity, const ChartStyle& style) {
    switch (quantity) {
        case GridQuantity::field:
            return style.grey ? style.text : fieldColour(style.background);
        case GridQuantity::interaction:
            return style.grey ? blended(style.text, style.background, 0.5) : interactionColour(style.background);
        case GridQuantity::gap:
        case GridQuantity::positionShare:
        case GridQuantity::number:
            break;
    }
    return blended(style.text, style.background, 0.8);
}

QColor baselineColour(const ChartStyle& style) {
    return blended(style.text, style.background, 0.45);
}

QColor bandColour(const QColor& colour) {
    QColor band = colour;
    band.setAlphaF(0.16);
    return band;
}

}  // namespace rankscope
