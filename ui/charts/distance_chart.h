// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Builds the QChart of a DistanceProfile: the mean of Ẽ against relative distance, one curve for each head. GUI thread.
#pragma once

#include <memory>

#include "ui/charts/chart_style.h"
#include "ui/charts/plain_chart.h"
#include "ui/plots/distance_profile.h"

class QPainter;
class QRectF;

namespace rankscope {

// Of curves, relative to the usual: they have as many points as a window has tokens, twice.
constexpr double distanceCurveWidth = 0.5;

std::unique_ptr<PlainChart> makeDistanceChart(const DistanceProfile& profile, const ChartStyle& style);

// Replaces the content of a chart made by makeDistanceChart.
void updateDistanceChart(PlainChart& chart, const DistanceProfile& profile, const ChartStyle& style);

// The axes that it has, for whoever draws the same again.
ChartAxis distanceAxis(const DistanceProfile& profile);
ChartAxis distanceValueAxis(const DistanceProfile& profile);

// Draws it as vectors into `area` of any painter; needs a QApplication, no display.
void paintDistances(QPainter& painter, const QRectF& area, const DistanceProfile& profile, const ChartStyle& style);

}  // namespace rankscope
