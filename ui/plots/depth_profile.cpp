// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/depth_profile.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr double rowsOfDots = 60;  // that a chart's height is taken to have room for

// The dots of a layer, left of it for Ẽ, right of it for W_QᵀW_K, around it where there is one curve only.
struct Slot {
    double centre = 0, reach = 0.4;
};

Slot slotOf(GridQuantity quantity) {
    switch (quantity) {
        case GridQuantity::field:
            return {-0.22, 0.18};
        case GridQuantity::interaction:
            return {0.22, 0.18};
        case GridQuantity::gap:
        case GridQuantity::positionShare:
        case GridQuantity::number:
            break;
    }
    return {};
}

void addLayer(DepthCurve& curve, const HeadGrid& grid, const GridPanel& panel, int layer, double bin) {
    std::vector<double> values;
    const std::size_t first = curve.dots.size();
    for (int head = 0; head < grid.heads; ++head) {
        const HeadRef ref{LayerIndex(layer), HeadIndex(head)};
        if (const double value = panel.values[grid.index(ref)]; std::isfinite(value)) {
            values.push_back(value);
            curve.dots.push_back({ref, value, 0});
        }
    }
    if (values.empty())
        return;
    const Slot slot = slotOf(panel.quantity);
    const std::vector<double> offsets = swarmOffsets(values, bin, slot.reach / 3, slot.reach);
    for (std::size_t i = 0; i < offsets.size(); ++i)
        curve.dots[first + i].offset = slot.centre + offsets[i];
    const Distribution distribution = distributionOf(std::move(values));
    curve.layers.push_back(layer);
    curve.median.push_back(distribution.median);
    curve.lower.push_back(distribution.lowerQuartile);
    curve.upper.push_back(distribution.upperQuartile);
}

}  // namespace

OverHeadsChoice overHeadsChoice(const Session& session, const GridChoice& grid, const ChartOptions& options,
                                std::vector<std::optional<Interval>> layers) {
    OverHeadsChoice choice{grid.measure, options.matrices};
    if (options.baseline) {
        choice.fieldBaseline = baselineValue(session, grid.field, grid.measure);
        choice.interactionBaseline = baselineValue(session, grid.interaction, grid.measure);
    }
    if (options.matrices == ChartMatrices::ranks)
        choice.fieldIntervals = std::move(layers);
    return choice;
}

std::vector<const GridPanel*> shownPanels(const HeadGrid& grid, ChartMatrices matrices) {
    std::vector<const GridPanel*> panels;
    for (const GridPanel& panel : grid.panels)
        if (matrices == ChartMatrices::gap ? panel.quantity == GridQuantity::gap : isRank(panel.quantity))
            panels.push_back(&panel);
    return panels;
}

std::optional<double> baselineFor(GridQuantity quantity, const OverHeadsChoice& choice) {
    if (quantity == GridQuantity::field)
        return choice.fieldBaseline;
    if (quantity == GridQuantity::interaction)
        return choice.interactionBaseline;
    if (!choice.fieldBaseline || !choice.interactionBaseline || *choice.fieldBaseline <= 0)
        return std::nullopt;
    return *choice.interactionBaseline / *choice.fieldBaseline;
}

QString valuesTitle(const HeadGrid& grid, const OverHeadsChoice& choice) {
    if (choice.matrices == ChartMatrices::ranks)
        return measureHtml(choice.measure);
    QString field, interaction;
    for (const GridPanel& panel : grid.panels) {
        if (panel.quantity == GridQuantity::field)
            field = panel.title;
        else if (panel.quantity == GridQuantity::interaction)
            interaction = panel.title;
    }
    return gapHtml(interaction, field);
}

QString valueText(GridQuantity quantity, double value, const MeasureChoice& measure) {
    return quantity == GridQuantity::gap ? gapText(value) : rankText(value, measure);
}

DepthProfile makeDepthProfile(const HeadGrid& grid, const OverHeadsChoice& choice) {
    DepthProfile profile;
    profile.layers = grid.layers;
    profile.cells = {grid.kind, grid.group};
    profile.measure = choice.measure;
    profile.valuesTitle = valuesTitle(grid, choice);
    double highest = 0;
    for (const GridPanel* panel : shownPanels(grid, choice.matrices))
        highest = std::max(highest, panel->maximum);
    for (const GridPanel* panel : shownPanels(grid, choice.matrices)) {
        DepthCurve curve;
        curve.quantity = panel->quantity;
        curve.title = panel->title;
        curve.plainTitle = panel->plainTitle;
        curve.baseline = baselineFor(panel->quantity, choice);
        for (int layer = 0; layer < grid.layers; ++layer)
            addLayer(curve, grid, *panel, layer, highest / rowsOfDots);
        if (curve.quantity == GridQuantity::field && !choice.fieldIntervals.empty())
            for (const int layer : curve.layers)
                curve.intervals.push_back(choice.fieldIntervals[std::size_t(layer)]);
        if (!curve.layers.empty())
            profile.curves.push_back(std::move(curve));
    }
    return profile;
}

std::vector<double> swarmOffsets(const std::vector<double>& values, double bin, double step, double reach) {
    std::map<long long, std::vector<std::size_t>> bins;
    for (std::size_t i = 0; i < values.size(); ++i)
        bins[bin > 0 ? std::llround(values[i] / bin) : 0].push_back(i);
    std::vector<double> offsets(values.size());
    for (const auto& [row, members] : bins) {
        const double half = double(members.size() - 1) / 2;
        const double apart = half > 0 ? std::min(step, reach / half) : 0;
        for (std::size_t k = 0; k < members.size(); ++k)
            offsets[members[k]] = (double(k) - half) * apart;
    }
    return offsets;
}

}  // namespace rankscope
