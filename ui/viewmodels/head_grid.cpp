// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/head_grid.h"

#include <QCoreApplication>
#include <cmath>
#include <limits>

#include "ui/viewmodels/text.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(HeadGrid)
};

QString windowsSentence(const Session& session, Variant variant) {
    if (!variantInfo(variant).perWindow)
        return Text::tr("From the weights alone.");
    if (session.corpus.windows == 1)
        return Text::tr("One window of %1 tokens.").arg(session.corpus.windowLength);
    return Text::tr("Median over %1 windows of %2 tokens.")
        .arg(session.corpus.windows)
        .arg(session.corpus.windowLength);
}

QString rankDefinition(const Session& session, Variant variant, const MeasureChoice& measure) {
    return QStringLiteral("%1 of %2\n%3\n%4\n%5")
        .arg(toQString(measure.label()), variantName(variant), toQString(measure.formula()), variantTooltip(variant),
             windowsSentence(session, variant));
}

GridPanel emptyPanel(GridQuantity quantity, std::size_t cells) {
    GridPanel panel;
    panel.quantity = quantity;
    panel.values.assign(cells, std::numeric_limits<double>::quiet_NaN());
    return panel;
}

GridPanel rankPanel(const Session& session, GridQuantity quantity, Variant variant, const MeasureChoice& measure) {
    const int heads = session.model.heads;
    GridPanel panel = emptyPanel(quantity, std::size_t(session.model.layers) * heads);
    panel.title = variantHtml(variant);
    panel.plainTitle = variantName(variant);
    panel.definition = rankDefinition(session, variant, measure);
    panel.decimals = decimalsOf(measure);
    for (int layer = 0; layer < session.model.layers; ++layer)
        for (int head = 0; head < heads; ++head)
            if (const auto value = headValue(session, variant, {LayerIndex(layer), HeadIndex(head)}, measure))
                panel.values[std::size_t(layer) * heads + head] = value->median;
    return panel;
}

GridPanel gapPanel(const GridPanel& field, const GridPanel& interaction, const MeasureChoice& measure) {
    GridPanel panel = emptyPanel(GridQuantity::gap, field.values.size());
    panel.title = panel.plainTitle = Text::tr("Gap");
    panel.definition = Text::tr("Spectral gap: %1 of %2 divided by %1 of %3")
                           .arg(toQString(measure.label()), interaction.plainTitle, field.plainTitle);
    panel.decimals = 1;
    for (std::size_t i = 0; i < panel.values.size(); ++i)
        if (field.values[i] > 0)
            panel.values[i] = interaction.values[i] / field.values[i];
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

}  // namespace

bool HeadGrid::contains(HeadRef head) const {
    return head.layer.value >= 0 && head.layer.value < layers && head.head.value >= 0 && head.head.value < heads;
}

HeadRef HeadGrid::headAt(int layer, int column) const {
    const int head = columns.empty() ? column : columns[std::size_t(layer) * heads + column];
    return {LayerIndex(layer), HeadIndex(head)};
}

HeadGrid makeHeadGrid(const Session& session, const GridChoice& choice) {
    HeadGrid grid;
    grid.layers = session.model.layers;
    grid.heads = session.model.heads;
    grid.states.resize(std::size_t(grid.layers) * grid.heads, HeadState::pending);
    grid.reasons.resize(grid.states.size());
    for (int layer = 0; layer < grid.layers; ++layer) {
        for (int head = 0; head < grid.heads; ++head) {
            const HeadRef ref{LayerIndex(layer), HeadIndex(head)};
            grid.states[grid.index(ref)] = session.state(ref);
            if (session.state(ref) == HeadState::failed)
                grid.reasons[grid.index(ref)] = toQString(session.failureReason(ref));
        }
    }
    grid.panels = {rankPanel(session, GridQuantity::field, choice.field, choice.measure),
                   rankPanel(session, GridQuantity::interaction, choice.interaction, choice.measure)};
    grid.panels.push_back(gapPanel(grid.panels[0], grid.panels[1], choice.measure));
    for (GridPanel& panel : grid.panels)
        setRange(panel);
    return grid;
}

}  // namespace rankscope
