// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The layer × head grid as data: what head_grid_painter draws and the grid view, the figures and the tables read.
// Made from a session by a pure function; no widget, no colour.
#pragma once

#include <QString>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/session/session.h"

namespace rankscope {

enum class GridQuantity { field, interaction, gap };

// What the heads of a layer are sorted by, ascending; those without a value come last.
enum class HeadOrder { index, field, interaction, gap };

// What the user chose to look at.
struct GridChoice {
    MeasureChoice measure;
    Variant field = Variant::field;              // one of the field variants
    Variant interaction = Variant::interaction;  // or interactionNormFolded
};

struct GridPanel {
    GridQuantity quantity = GridQuantity::field;
    QString title;                    // rich text: "Ẽ", "W<sub>Q</sub><sup>T</sup>W<sub>K</sub>", "Gap"
    QString plainTitle;               // the same without mark-up, for accessibility and file names
    QString definition;               // tooltip: name, formula, windows
    std::vector<double> values;       // [layers, heads]; NaN where there is none
    double minimum = 0, maximum = 0;  // of the finite values; nice-rounding is the legend's business
    int decimals = 0;                 // for numbers in cells: 0 for counts, 1 for gaps and real-valued ranks
    bool difference = false;          // signed: drawn with the diverging map, zero in the middle, and with signs
    std::vector<HeadState> states{};  // [layers, heads]: of this panel's session; empty: those of the grid
};

// A HeadRef of a grid counts what its columns show: query heads, or KV heads.
struct HeadGrid {
    int layers = 0, heads = 0;
    std::vector<HeadState> states;  // [layers, heads]
    std::vector<QString> reasons;   // [layers, heads]; empty unless failed
    std::vector<GridPanel> panels;  // field, interaction, gap
    HeadOrder order = HeadOrder::index;
    std::vector<int> columns;           // [layers, heads]: the head in each column, where sorted; empty: column = head
    std::vector<std::uint8_t> outside;  // [layers, heads]: 1 where the filter leaves a head out; empty: no filter

    bool contains(HeadRef head) const;
    std::size_t index(HeadRef head) const { return std::size_t(head.layer.value) * heads + head.head.value; }
    HeadRef headAt(int layer, int column) const;  // REQUIRES both to be in the grid
};

HeadGrid makeHeadGrid(const Session& session, const GridChoice& choice);

}  // namespace rankscope
