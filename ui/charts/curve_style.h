// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How matrices and heads look in charts: the colour of a matrix, and the dash, shade and marker of a head's identity.
// GUI thread.
#pragma once

#include <QColor>
#include <QList>
#include <QPainterPath>
#include <QPen>

#include "ui/charts/chart_style.h"
#include "ui/viewmodels/head_grid.h"
#include "ui/viewmodels/head_identity.h"

class QPainter;

namespace rankscope {

QPainterPath markerPath(MarkerShape shape, double radius);  // around the origin

// A head's mark in a chart: its marker on a rim of the background.
void paintMarker(QPainter& painter, MarkerShape shape, QPointF at, const QColor& colour, const ChartStyle& style);

QColor shaded(const QColor& colour, CurveShade shade, const ChartStyle& style);
QList<qreal> dashPattern(int dash);  // in units of the pen's width; empty: solid

// The pen of a head's curve in the colour of its matrix; `width` in units of the style's.
QPen headPen(const QColor& colour, const HeadIdentity& identity, const ChartStyle& style, double width = 1);

QPen contextPen(const QColor& colour, const ChartStyle& style, double width, QList<qreal> dashes = {});

// Ẽ blue, W_QᵀW_K vermilion, the gap in the ink of the text.
QColor quantityColour(GridQuantity quantity, const ChartStyle& style);
QColor baselineColour(const ChartStyle& style);
QColor bandColour(const QColor& colour);

}  // namespace rankscope
