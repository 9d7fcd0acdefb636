// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a chart looks: its colours and pens in a window or on paper; lengths are in painter units. GUI thread.
#pragma once

#include <QColor>
#include <QFont>
#include <QPainterPath>
#include <QPen>
#include <QRectF>

#include "ui/plots/chart_model.h"

class QPainter;

namespace rankscope {

struct ChartStyle {
    QFont font;
    double lineWidth = 2;  // of curves; axes are half as thick
    QColor text, mutedText, background;
    bool gridLines = true;       // across the plot, at the ticks of the vertical axis; without them that axis is a line
    bool labels = true;          // beside curves and marks
    bool keys = true;            // of line patterns and bands
    bool notes = true;           // remarks on what dots, lines and bands are
    bool grey = false;           // Ẽ black and W_QᵀW_K grey instead of their colours
    double tickSpacing = 1;      // of labels along the axes, relative to the usual
    QRectF visible{0, 0, 1, 1};  // on paper: the part of the axes that is shown, as fractions, y upwards
};

QColor colourOf(const ChartStroke& stroke, const ChartStyle& style);
QColor bandColour(const ChartSeries& series, const ChartStyle& style);
QPen penOf(const ChartStroke& stroke, const ChartStyle& style);

QPainterPath markerPath(MarkerShape shape, double radius);  // around the origin

// A head's mark in a chart: its marker on a rim of the background.
void paintMarker(QPainter& painter, MarkerShape shape, QPointF at, const QColor& colour, const ChartStyle& style);

}  // namespace rankscope
