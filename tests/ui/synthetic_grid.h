// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A finished grid of any size in which neighbouring cells differ, so that a cell drawn or hit in the wrong place shows.
#pragma once

#include "ui/viewmodels/head_grid.h"

using namespace Qt::StringLiterals;

namespace rankscope {

inline HeadGrid syntheticGrid(int layers, int heads) {
    HeadGrid grid;
    grid.layers = layers;
    grid.heads = heads;
    grid.states.assign(std::size_t(layers) * std::size_t(heads), HeadState::done);
    grid.reasons.resize(grid.states.size());
    for (const GridQuantity quantity : {GridQuantity::field, GridQuantity::interaction, GridQuantity::gap}) {
        GridPanel panel;
        panel.quantity = quantity;
        panel.title = u"W<sub>Q</sub><sup>T</sup>W<sub>K</sub>"_s;
        for (std::size_t i = 0; i < grid.states.size(); ++i)
            panel.values.push_back(double((i * 37 + std::size_t(quantity) * 11) % 101));
        grid.panels.push_back(panel);
    }
    return grid;
}

}  // namespace rankscope
