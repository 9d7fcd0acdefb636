// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a Scree becomes the axes and curves of a PlainChart. Pure functions; GUI thread (fonts).
#pragma once

#include "ui/charts/chart_style.h"
#include "ui/charts/plain_chart.h"
#include "ui/plots/scree.h"

namespace rankscope {

ChartAxis horizontalAxis(const Scree& scree);
ChartAxis verticalAxis(const Scree& scree);
ChartCurve chartCurve(const Scree& scree, const ScreeCurve& curve, const ChartStyle& style);

// Shares are drawn in percent.
double axisScale(ScreeQuantity quantity);

Variant roleVariant(const Scree& scree, CurveRole role);
QString roleTitle(const Scree& scree, CurveRole role);  // rich text
QColor roleColour(CurveRole role, const ChartStyle& style);
QColor curveColour(const ScreeCurve& curve, const ChartStyle& style);

// 0 for the head in the foreground, then the other heads, the baseline, the median: what lies deeper is drawn first.
int depthOf(const ScreeCurve& curve);

// y at a component number that may lie between two.
double valueAt(const ScreeCurve& curve, double component);

}  // namespace rankscope
