// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A profile shows what relative distance alone does in a head: m(δ), the mean of Ẽ over the diagonal i − j = δ, and how
// much of ‖Ẽ‖² it holds. Pure functions; any thread.
#pragma once

#include <QString>
#include <vector>

#include "ui/plots/chart_model.h"
#include "ui/viewmodels/selection.h"

namespace rankscope {

struct DistanceCurve {
    MarkedHead head;
    std::vector<double> means;  // [2T − 1], from δ = −(T − 1)
    double share = 0;           // median over windows
};

struct DistanceProfile {
    int tokens = 0;
    std::vector<DistanceCurve> curves;  // of the heads that have one

    int distanceAt(std::size_t point) const { return int(point) - (tokens - 1); }
};

DistanceProfile makeDistanceProfile(const Session& session, const std::vector<MarkedHead>& heads);
ChartModel distanceChart(const DistanceProfile& profile);

// "position share 0.76 (0.70–0.79 over 4 windows), before rotation 0.02, over visible keys 0.81"; as far as they are
// known.
QString positionShareText(const Session& session, HeadRef head);

// "δ = 1: 3.21, the previous token": what stands at a distance.
QString distanceText(int distance, double mean);

// The distance with the largest |m(δ)|, and of a local head how near it is: "largest at δ = 1". REQUIRES means.
QString peakText(const DistanceCurve& curve);

// A line of names and one for each distance, separated by tabs.
QString distanceRows(const DistanceProfile& profile);

}  // namespace rankscope
