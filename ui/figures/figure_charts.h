// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the charts in figures show, as data; nobody outside ui/figures includes this.
#pragma once

#include <vector>

#include "ui/figures/figure.h"
#include "ui/plots/depth_profile.h"
#include "ui/plots/distance_profile.h"
#include "ui/plots/head_distribution.h"
#include "ui/plots/length_profile.h"

namespace rankscope {

// The selected heads as marks: the first in the foreground, the others with their pins' letters.
std::vector<MarkedHead> markedHeads(const FigureRequest& request);

FigureRequest gapRequest(FigureRequest request);  // the same of the gap

DepthProfile depthOf(const Session& session, const FigureRequest& request);
HeadDistribution distributionOf(const Session& session, const FigureRequest& request);
LengthProfile lengthsOf(const Session& session, const FigureRequest& request);
DistanceProfile distancesOf(const Session& session, const FigureRequest& request);

ComparisonPlot comparisonPlot(const Session& session, const FigureRequest& request);

double narrowestChart(const Session& session, const FigureRequest& request);  // mm
double chartHeight(const Session& session, const FigureRequest& request);     // mm

}  // namespace rankscope
