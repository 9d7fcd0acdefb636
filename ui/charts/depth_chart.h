// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Builds the QChart of a DepthProfile: per layer every head as a dot, the median with its quartile band, the Gaussian
// baseline. GUI thread.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "ui/charts/chart_style.h"
#include "ui/plots/depth_profile.h"
#include "ui/viewmodels/selection.h"

class QChart;
class QPainter;
class QRectF;

namespace rankscope {

std::unique_ptr<QChart> makeDepthChart(const DepthProfile& profile, const ChartStyle& style);

// Replaces the content of a chart made by makeDepthChart.
void updateDepthChart(QChart& chart, const DepthProfile& profile, const ChartStyle& style);

// The head of a dot, as the read-out counts; nothing for a median.
std::optional<HeadRef> headOfDepthPoint(const QChart& chart, const ChartReading& reading);

// Draws it as vectors into `area` of any painter; needs a QApplication, no display.
void paintDepth(QPainter& painter, const QRectF& area, const DepthProfile& profile, const ChartStyle& style,
                const std::vector<MarkedHead>& marks = {});

}  // namespace rankscope
