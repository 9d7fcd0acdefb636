// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The text of a grid's cell: in full when the pointer rests on it, in one line to a screen reader, as a row to other
// programs. Pure. A cell counts heads of the kind that the choice's field is of.
#pragma once

#include "ui/viewmodels/head_grid.h"

namespace rankscope {

// Rich text: the head, the number with its range over windows and its Gaussian baseline, and what exactly it is.
QString cellText(const Session& session, const GridChoice& choice, HeadRef cell, GridQuantity quantity);

// Rich text: what the numbers of a panel are, for its title and legend.
QString panelText(const Session& session, const GridChoice& choice, GridQuantity quantity);

// "L05H07, Ẽ k90 12, W_QᵀW_K k90 37, Gap 3.1"; why there is no number where there is none.
QString cellSummary(const HeadGrid& grid, HeadRef cell);

// A line of column names and one of values for each cell, separated by tabs.
QString cellRows(const HeadGrid& grid, const std::vector<HeadRef>& cells);

}  // namespace rankscope
