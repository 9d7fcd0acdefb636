// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The heads of a session by depth: per layer every head, the median and the quartiles. Pure functions; any thread.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "ui/plots/chart_model.h"
#include "ui/plots/chart_options.h"

namespace rankscope {

// What charts over all heads show.
struct OverHeadsChoice {
    MeasureChoice measure{};
    ChartMatrices matrices = ChartMatrices::ranks;
    std::optional<double> fieldBaseline{}, interactionBaseline{};        // the measure of Gaussian factors
    std::vector<std::optional<Interval>> fieldIntervals{};               // of each layer's median, over windows
    Variant field = Variant::field, interaction = Variant::interaction;  // for the tables of charts
};

// As chosen in the window: baselines only where the session has them and they are switched on.
// `layers`: layerIntervals() of the field, empty where they are not known.
OverHeadsChoice overHeadsChoice(const Session& session, const GridChoice& grid, const ChartOptions& options,
                                std::vector<std::optional<Interval>> layers = {});

// Those of the grid's panels that are shown, and what the baseline of one is.
std::vector<const GridPanel*> shownPanels(const HeadGrid& grid, ChartMatrices matrices);
std::optional<double> baselineFor(GridQuantity quantity, const OverHeadsChoice& choice);

// What the values are, as rich text for an axis: "k₉₀ (components)", "ratio W_QᵀW_K / Ẽ".
QString valuesTitle(const HeadGrid& grid, const OverHeadsChoice& choice);

// What tables call the values, and a matrix: "k90", "gap_k90"; "field_before_rotation", "gap".
std::string valuesColumn(const MeasureChoice& measure, ChartMatrices matrices);
std::string matrixId(GridQuantity quantity, Variant field, Variant interaction);

// A number of a panel: a rank, or a gap with its "×".
QString valueText(GridQuantity quantity, double value, const MeasureChoice& measure);

struct DepthDot {
    HeadRef head;  // a cell
    double value = 0;
    double offset = 0;  // sideways from the layer, in layers, so that equal values lie side by side
};

struct DepthCurve {
    GridQuantity quantity = GridQuantity::field;
    std::string matrix;                        // for tables
    QString title, plainTitle;                 // of the panel it comes from
    std::vector<int> layers;                   // those that have finished heads
    std::vector<double> median, lower, upper;  // over heads; quartiles
    std::vector<DepthDot> dots;                // by layer and head
    std::optional<double> baseline;
    std::vector<std::optional<Interval>> intervals;  // of the medians; empty: not known
};

struct DepthProfile {
    int layers = 0;
    HeadCells cells{};
    MeasureChoice measure{};
    QString valuesTitle;  // rich text, of the vertical axis
    std::string valuesColumn;
    std::vector<DepthCurve> curves;  // none: nothing computed yet
};

DepthProfile makeDepthProfile(const HeadGrid& grid, const OverHeadsChoice& choice);
ChartModel depthChart(const DepthProfile& profile);

// Where dots of these values lie sideways: those that fall into the same bin of height `bin` lie side by side around 0,
// `step` apart or closer, so that none is further off than `reach`. In the order of `values`; the same every time.
std::vector<double> swarmOffsets(const std::vector<double>& values, double bin, double step, double reach);

}  // namespace rankscope
