// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The layer × head grid as data: what head_grid_painter draws and the grid view, the figures and the tables read.
// Made from a session by a pure function; no widget, no colour.
#pragma once

#include <QString>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/session/head_quantity.h"
#include "ui/text/text.h"
#include "ui/viewmodels/grid_colours.h"
#include "ui/viewmodels/head_values.h"

namespace rankscope {

// Ẽ and W_QᵀW_K: what the chosen measure is taken of.
constexpr bool isRank(GridQuantity quantity) {
    return quantity == GridQuantity::field || quantity == GridQuantity::interaction;
}

// What the heads of a layer are sorted by, ascending; those without a value come last.
enum class HeadOrder { index, field, interaction, gap, positionShare, number };

// What the heads are sorted by. REQUIRES not by index.
constexpr GridQuantity quantityOf(HeadOrder order) {
    return GridQuantity(int(order) - 1);
}

// Heads outside recede; a bound that is not set lets everything pass, a head without a value never does.
struct ValueFilter {
    GridQuantity quantity = GridQuantity::field;
    std::optional<double> minimum, maximum;  // both inclusive

    bool active() const { return minimum || maximum; }
    bool holds(double value) const;
    bool operator==(const ValueFilter&) const = default;
};

// What the user chose to look at.
struct GridChoice {
    MeasureChoice measure;
    Variant field = Variant::field;              // one of the field variants
    Variant interaction = Variant::interaction;  // or interactionNormFolded
    bool positionShare = false;                  // also a panel of position shares, where query heads have them
    std::string_view number{};                   // and of another of numberChoices(), by its id; empty: none

    bool operator==(const GridChoice&) const = default;
};

struct GridPanel {
    GridQuantity quantity = GridQuantity::field;
    QString title;                    // rich text: "Ẽ", "W<sub>Q</sub><sup>T</sup>W<sub>K</sub>", "Gap"
    QString plainTitle;               // the same without mark-up, for accessibility and file names
    QString unit{};                   // of a number of heads: "nats"
    QString definition;               // the tooltip of its title where the view has no other
    std::vector<double> values;       // [layers, heads]; NaN where there is none
    double minimum = 0, maximum = 0;  // of the finite values; nice-rounding is the legend's business
    int decimals = 0;         // for numbers in cells: 0 for counts, 1 for gaps and real-valued ranks, 2 for shares
    bool difference = false;  // signed: drawn with the diverging map, zero in the middle, and with signs
    std::vector<HeadState> states{};  // [layers, heads]: of this panel's session; empty: those of the grid
};

// A HeadRef of a grid, a cell, counts heads of the kind that it shows; the selection counts query heads.
struct HeadGrid {
    int layers = 0, heads = 0;
    MeasureChoice measure;
    HeadKind kind = HeadKind::query;
    int group = 1;                  // query heads per cell
    std::vector<HeadState> states;  // [layers, heads]
    std::vector<QString> reasons;   // [layers, heads] why it has no numbers; empty where it is done
    std::vector<GridPanel> panels;  // field, interaction, gap, and position share where it is asked for
    HeadOrder order = HeadOrder::index;
    std::vector<int> columns;           // [layers, heads]: the head in each column, where sorted; empty: column = head
    std::vector<std::uint8_t> outside;  // [layers, heads]: 1 where the filter leaves a head out; empty: no filter

    bool contains(HeadRef head) const;
    std::size_t index(HeadRef head) const { return std::size_t(head.layer.value) * heads + head.head.value; }
    HeadRef headAt(int layer, int column) const;  // REQUIRES both to be in the grid

    HeadRef cellOf(HeadRef queryHead) const { return {queryHead.layer, HeadIndex(queryHead.head.value / group)}; }
    HeadRef queryHead(HeadRef cell) const { return {cell.layer, HeadIndex(cell.head.value * group)}; }  // its first
    QString name(HeadRef cell) const { return headText(cell, kind); }
};

// The numbers of heads that a panel can show: those of which medians can be taken.
std::vector<const HeadQuantity*> numberChoices();

// Whether a grid of this field can have a panel of position shares, or of the number of that id.
bool hasPositionShare(const Session& session, Variant field);
bool hasNumber(const Session& session, Variant field, std::string_view id);

// "Attention entropy"
QString numberTitle(const HeadQuantity& quantity);

// A grid of KV heads if the field is one of theirs. Computes every value.
HeadGrid makeHeadGrid(const Session& session, const GridChoice& choice);

// Of what is in `known` only: a layer that is missing there has no values yet.
HeadGrid makeHeadGrid(const Session& session, const GridChoice& choice, const HeadValueCache& known);

// Sets the order of the columns and which heads are outside.
void arrange(HeadGrid& grid, HeadOrder order, const ValueFilter& filter);

// How many heads have a value of the quantity, and how many of them the filter holds.
struct FilterCount {
    int inside = 0, all = 0;
};
FilterCount countInside(const HeadGrid& grid, const ValueFilter& filter);

// A cell's number: counts without decimals, but a median between two counts keeps its half; differences with a sign.
QString panelNumber(const GridPanel& panel, double value);

const GridPanel* panelOf(const HeadGrid& grid, GridQuantity quantity);  // null if the grid has none

// The same numbers in words: medians and ranges over the heads of the grid.
Finding findingOf(const HeadGrid& grid);

}  // namespace rankscope
