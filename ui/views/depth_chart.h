// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Effective rank by depth: per layer the median over heads with its quartile band, for Ẽ and W_QᵀW_K.
// The data is made by a pure function (any thread); drawing needs the GUI thread.
#pragma once

#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "ui/viewmodels/head_grid.h"
#include "ui/views/chart_style.h"

class QChart;
class QPainter;
class QRectF;

namespace rankscope {

struct DepthCurve {
    GridQuantity quantity = GridQuantity::field;  // field or interaction
    QString title, plainTitle;                    // of the panel it comes from
    std::vector<int> layers;                      // those that have finished heads
    std::vector<double> median, lower, upper;     // over heads; quartiles
};

struct DepthProfile {
    int layers = 0;
    QString measureTitle;            // rich text, of the vertical axis: "k₉₀ (components)"
    std::vector<DepthCurve> curves;  // none: nothing computed yet
    std::optional<int> selectedLayer;
};

DepthProfile makeDepthProfile(const HeadGrid& grid, const MeasureChoice& measure);

std::unique_ptr<QChart> makeDepthChart(const DepthProfile& profile, const ChartStyle& style);

// Replaces the content of a chart made by makeDepthChart.
void updateDepthChart(QChart& chart, const DepthProfile& profile, const ChartStyle& style);

// Draws it as vectors into `area` of any painter; needs a QApplication, no display.
void paintDepth(QPainter& painter, const QRectF& area, const DepthProfile& profile, const ChartStyle& style);

}  // namespace rankscope
