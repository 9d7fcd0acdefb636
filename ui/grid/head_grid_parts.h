// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Parts of the head grid's painter that its files share; nobody else includes this.
#pragma once

#include <optional>

#include "ui/grid/head_grid_painter.h"

namespace rankscope {

enum class CellKind { value, undefined, pending, failed };

CellKind cellKind(const HeadGrid& grid, int panel, std::size_t index);

// The colour as it is seen: cells that the filter leaves out recede into the background.
std::optional<QRgb> shownColour(const HeadGrid& grid, int panel, std::size_t index, const ColourScale& scale,
                                const HeadGridStyle& style);

void paintCells(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                const HeadGridStyle& style, const ColourScale& scale);

void paintLegend(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                 const HeadGridStyle& style, const ColourScale& scale);

}  // namespace rankscope
