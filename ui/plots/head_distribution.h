// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the heads of a session are distributed over the values of a measure: as an empirical distribution function and as
// a histogram. Pure functions; any thread.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "ui/plots/depth_profile.h"

namespace rankscope {

// The heads that share one value, or one bin.
struct HeadGroup {
    double value = 0;            // the value; of a bin: its middle
    double upTo = 0;             // share of heads at or below the value, 0 … 1; of a bin: at or below its end
    std::vector<HeadRef> heads;  // cells, by value, then layer and head
};

struct DistributionCurve {
    GridQuantity quantity = GridQuantity::field;
    std::string matrix;  // for tables
    QString title, plainTitle;
    std::vector<HeadGroup> steps;   // ascending, one per distinct value
    std::vector<HeadGroup> bins{};  // the histogram, from the shared first edge; may be empty in between
    Distribution summary{};
    std::optional<double> baseline{};

    // Which step or bin a cell is in; nothing for one without a value.
    std::optional<std::size_t> stepOf(HeadRef cell) const;
    std::optional<std::size_t> binOf(HeadRef cell) const;
};

struct HeadDistribution {
    HeadCells cells{};
    MeasureChoice measure{};
    DistributionForm form = DistributionForm::cumulative;
    QString valuesTitle;  // rich text, of the horizontal axis
    std::string valuesColumn;
    double firstEdge = 0, binWidth = 1;     // of the histogram: bin i is [first + i · width, first + (i + 1) · width)
    std::vector<DistributionCurve> curves;  // none: nothing computed yet
};

HeadDistribution makeHeadDistribution(const HeadGrid& grid, const OverHeadsChoice& choice, DistributionForm form);
// An empirical distribution function or a histogram for each matrix, with medians and the Gaussian baseline.
ChartModel distributionChart(const HeadDistribution& distribution);

// A 1-2-5 width that divides the range of `sorted` into about as many bins as Freedman and Diaconis advise
// (2 · IQR / n^⅓), between 5 and 60; at least 1 where `integral`.
double niceBinWidth(const std::vector<double>& sorted, bool integral);

QString headCountText(int heads, HeadKind kind = HeadKind::query);  // "1 head", "23 heads", "9 KV heads"

// "L00H01, L02H03, … and 19 more": at most `most` names.
QString headNames(const std::vector<HeadRef>& cells, std::size_t most, HeadKind kind = HeadKind::query);

}  // namespace rankscope
