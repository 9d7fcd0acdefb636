// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Builds the QChart of a HeadDistribution: an empirical distribution function or a histogram for each matrix, with
// medians, the Gaussian baseline and marks on heads that stand out. GUI thread.
#pragma once

#include <memory>
#include <vector>

#include "ui/charts/chart_style.h"
#include "ui/plots/head_distribution.h"
#include "ui/viewmodels/selection.h"

class QChart;
class QPainter;
class QRectF;

namespace rankscope {

std::unique_ptr<QChart> makeDistributionChart(const HeadDistribution& distribution, const ChartStyle& style);

// Replaces the content of a chart made by makeDistributionChart.
void updateDistributionChart(QChart& chart, const HeadDistribution& distribution, const ChartStyle& style);

// The heads at a point, as the read-out counts: those of one value or one bin; of a KV head, the first that reads it.
std::vector<HeadRef> headsOfDistributionPoint(const QChart& chart, const ChartReading& reading);

// Draws it as vectors into `area` of any painter; needs a QApplication, no display.
void paintDistribution(QPainter& painter, const QRectF& area, const HeadDistribution& distribution,
                       const ChartStyle& style, const std::vector<MarkedHead>& marks = {});

}  // namespace rankscope
