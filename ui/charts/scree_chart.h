// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Builds the QChart of a Scree. GUI thread.
#pragma once

#include <QRectF>
#include <memory>
#include <optional>
#include <vector>

#include "ui/charts/chart_style.h"
#include "ui/plots/scree.h"

class QChart;
class QPainter;

namespace rankscope {

using ScreeStyle = ChartStyle;

// A new chart without title, frame or shadow; nice 1-2-5 ticks, curves, bands, threshold line, crossing marks with
// labels, direct curve labels. The caller owns it (a QChartView takes it).
std::unique_ptr<QChart> makeScreeChart(const Scree& scree, const ScreeStyle& style);

// Replaces the content of a chart made by makeScreeChart, keeping the zoom where the quantity stays the same.
void updateScreeChart(QChart& chart, const Scree& scree, const ScreeStyle& style);

// Whose curve number `curve` of the chart is, as its read-out counts them; nothing for medians and baselines.
std::optional<HeadRef> headOfScreeCurve(const QChart& chart, std::size_t curve);

// Where the labels beside curves and marks stand, in the chart's coordinates.
std::vector<QRectF> screeLabelAreas(QChart& chart);

// Draws it as vectors into `area` of any painter (PDF, SVG, image); needs a QApplication, no display.
void paintScree(QPainter& painter, const QRectF& area, const Scree& scree, const ScreeStyle& style);

}  // namespace rankscope
