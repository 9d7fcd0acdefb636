// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Builds the QChart of a LengthProfile: the median over heads against the window length with quartiles and range, the
// weights as level lines, the Gaussian baseline, and the curves of heads that stand out. GUI thread.
#pragma once

#include <memory>
#include <optional>

#include "ui/charts/chart_style.h"
#include "ui/plots/length_profile.h"

class QChart;
class QPainter;
class QRectF;

namespace rankscope {

std::unique_ptr<QChart> makeLengthChart(const LengthProfile& profile, const ChartStyle& style);

// Replaces the content of a chart made by makeLengthChart.
void updateLengthChart(QChart& chart, const LengthProfile& profile, const ChartStyle& style);

// Whose curve it is, as the read-out counts; nothing for medians.
std::optional<HeadRef> headOfLengthPoint(const QChart& chart, const ChartReading& reading);

// Draws it as vectors into `area` of any painter; needs a QApplication, no display.
void paintContextLength(QPainter& painter, const QRectF& area, const LengthProfile& profile, const ChartStyle& style);

}  // namespace rankscope
