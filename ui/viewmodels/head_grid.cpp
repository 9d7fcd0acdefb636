// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/head_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace rankscope {

namespace {

GridPanel emptyPanel(GridQuantity quantity, std::size_t cells) {
    GridPanel panel;
    panel.quantity = quantity;
    panel.values.assign(cells, std::numeric_limits<double>::quiet_NaN());
    return panel;
}

GridPanel rankPanel(const Session& session, GridQuantity quantity, Variant variant, const MeasureChoice& measure,
                    const HeadGrid& grid, const HeadValueCache& known) {
    GridPanel panel = emptyPanel(quantity, grid.states.size());
    panel.title = variantHtml(variant);
    panel.plainTitle = variantName(variant);
    panel.decimals = decimalsOf(measure);
    for (int layer = 0; layer < grid.layers; ++layer)
        if (const auto values = known.find(session, LayerIndex(layer), variant, measure))
            std::copy(values->begin(), values->end(), panel.values.begin() + std::ptrdiff_t(layer) * grid.heads);
    return panel;
}

GridPanel gapPanel(const GridPanel& field, const GridPanel& interaction) {
    GridPanel panel = emptyPanel(GridQuantity::gap, field.values.size());
    panel.title = panel.plainTitle = u"Gap"_s;
    panel.decimals = 1;
    for (std::size_t i = 0; i < panel.values.size(); ++i)
        panel.values[i] = gapOf(interaction.values[i], field.values[i]);
    return panel;
}

GridPanel numberPanel(const Session& session, const HeadGrid& grid, GridQuantity of, const HeadQuantity& quantity) {
    GridPanel panel = emptyPanel(of, grid.states.size());
    panel.title = panel.plainTitle = numberTitle(quantity);
    panel.unit = quantity.unit == "1" ? u"share"_s : toQString(quantity.unit);
    panel.decimals = quantity.decimals;
    panel.difference = quantity.kind == NumberKind::difference;
    for (int layer = 0; layer < grid.layers; ++layer)
        for (int head = 0; head < grid.heads; ++head) {
            const HeadRef ref{LayerIndex(layer), HeadIndex(head)};
            if (const auto number = headNumber(session, quantity, ref))
                panel.values[grid.index(ref)] = number->median;
        }
    return panel;
}

void setRange(GridPanel& panel) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const double value : panel.values) {
        if (!std::isfinite(value))
            continue;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    panel.minimum = low <= high ? low : 0;
    panel.maximum = low <= high ? high : 0;
}

// The one that goes with the field's heads, where the choice has one of the other kind.
Variant interactionOf(const GridChoice& choice) {
    return headKindOf(choice.interaction) == headKindOf(choice.field) ? choice.interaction
                                                                      : interactionFor(choice.field);
}

void readState(HeadGrid& grid, const Session& session, HeadRef cell) {
    const std::size_t index = grid.index(cell);
    grid.states[index] =
        grid.kind == HeadKind::query ? session.state(cell) : kvHeadState(session, cell.layer, cell.head.value);
    if (grid.states[index] == HeadState::failed)
        grid.reasons[index] = failureOf(session, cell, grid.kind);
    else if (grid.states[index] == HeadState::pending)
        grid.reasons[index] = pendingText(session, cell.layer);
}

// Equal values keep the order of their heads.
std::vector<int> sortedColumns(const HeadGrid& grid, const GridPanel& panel) {
    std::vector<int> columns(grid.states.size());
    for (int layer = 0; layer < grid.layers; ++layer) {
        const auto first = columns.begin() + std::ptrdiff_t(layer) * grid.heads;
        std::iota(first, first + grid.heads, 0);
        const double* values = panel.values.data() + std::ptrdiff_t(layer) * grid.heads;
        std::stable_sort(first, first + grid.heads, [values](int a, int b) {
            return std::isfinite(values[a]) && (!std::isfinite(values[b]) || values[a] < values[b]);
        });
    }
    return columns;
}

}  // namespace

bool HeadGrid::contains(HeadRef head) const {
    return head.layer.value >= 0 && head.layer.value < layers && head.head.value >= 0 && head.head.value < heads;
}

HeadRef HeadGrid::headAt(int layer, int column) const {
    const int head = columns.empty() ? column : columns[std::size_t(layer) * heads + column];
    return {LayerIndex(layer), HeadIndex(head)};
}

HeadGrid makeHeadGrid(const Session& session, const GridChoice& choice) {
    HeadValueCache all;
    for (int layer = 0; layer < session.model.layers; ++layer)
        for (const Variant variant : {choice.field, interactionOf(choice)})
            all.get(session, LayerIndex(layer), variant, choice.measure);
    return makeHeadGrid(session, choice, all);
}

HeadGrid makeHeadGrid(const Session& session, const GridChoice& choice, const HeadValueCache& known) {
    HeadGrid grid;
    grid.measure = choice.measure;
    grid.kind = headKindOf(choice.field);
    grid.layers = session.model.layers;
    grid.heads = grid.kind == HeadKind::query ? session.model.heads : session.model.kvHeads;
    grid.group = session.model.heads / std::max(1, grid.heads);
    grid.states.resize(std::size_t(grid.layers) * grid.heads, HeadState::pending);
    grid.reasons.resize(grid.states.size());
    for (int layer = 0; layer < grid.layers; ++layer)
        for (int head = 0; head < grid.heads; ++head)
            readState(grid, session, {LayerIndex(layer), HeadIndex(head)});
    grid.panels = {rankPanel(session, GridQuantity::field, choice.field, choice.measure, grid, known),
                   rankPanel(session, GridQuantity::interaction, interactionOf(choice), choice.measure, grid, known)};
    grid.panels.push_back(gapPanel(grid.panels[0], grid.panels[1]));
    if (choice.positionShare && hasPositionShare(session, choice.field))
        grid.panels.push_back(numberPanel(session, grid, GridQuantity::positionShare, headQuantity(positionShareId)));
    if (hasNumber(session, choice.field, choice.number))
        grid.panels.push_back(numberPanel(session, grid, GridQuantity::number, headQuantity(choice.number)));
    for (GridPanel& panel : grid.panels)
        setRange(panel);
    return grid;
}

bool hasPositionShare(const Session& session, Variant field) {
    return hasNumber(session, field, positionShareId);
}

bool hasNumber(const Session& session, Variant field, std::string_view id) {
    return !id.empty() && headKindOf(field) == HeadKind::query && holds(session, headQuantity(id));
}

std::vector<const HeadQuantity*> numberChoices() {
    std::vector<const HeadQuantity*> choices;
    for (const HeadQuantity& quantity : headQuantities())
        if (quantity.kind != NumberKind::keyPosition)
            choices.push_back(&quantity);
    return choices;
}

QString numberTitle(const HeadQuantity& quantity) {
    QString title = toQString(quantity.label);
    title[0] = title[0].toUpper();
    return title;
}

bool ValueFilter::holds(double value) const {
    return std::isfinite(value) && (!minimum || value >= *minimum) && (!maximum || value <= *maximum);
}

QString panelNumber(const GridPanel& panel, double value) {
    const bool between = panel.decimals == 0 && value != std::floor(value);
    const QString text = numberText(value, between ? 1 : panel.decimals);
    return panel.difference && value > 0 ? u'+' + text : text;
}

const GridPanel* panelOf(const HeadGrid& grid, GridQuantity quantity) {
    const auto found = std::ranges::find(grid.panels, quantity, &GridPanel::quantity);
    return found == grid.panels.end() ? nullptr : &*found;
}

void arrange(HeadGrid& grid, HeadOrder order, const ValueFilter& filter) {
    grid.order = order;
    grid.columns.clear();
    grid.outside.clear();
    if (order != HeadOrder::index)
        if (const GridPanel* panel = panelOf(grid, quantityOf(order)))
            grid.columns = sortedColumns(grid, *panel);
    if (const GridPanel* panel = filter.active() ? panelOf(grid, filter.quantity) : nullptr)
        for (const double value : panel->values)
            grid.outside.push_back(!filter.holds(value));
}

FilterCount countInside(const HeadGrid& grid, const ValueFilter& filter) {
    FilterCount count;
    if (const GridPanel* panel = panelOf(grid, filter.quantity))
        for (const double value : panel->values) {
            count.all += std::isfinite(value);
            count.inside += filter.holds(value);
        }
    return count;
}

Finding findingOf(const HeadGrid& grid) {
    Finding finding;
    finding.heads = int(std::ranges::count(grid.states, HeadState::done));
    finding.failedHeads = int(std::ranges::count(grid.states, HeadState::failed));
    if (grid.panels.size() >= 3) {
        finding.field = distributionOf(grid.panels[0].values);
        finding.interaction = distributionOf(grid.panels[1].values);
        finding.gap = distributionOf(grid.panels[2].values);
    }
    return finding;
}

}  // namespace rankscope
