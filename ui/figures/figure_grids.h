// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Grids in figures, of one session or of the difference of two; nobody outside ui/figures includes this.
#pragma once

#include <QString>
#include <vector>

#include "ui/figures/figure.h"
#include "ui/grid/head_grid_painter.h"

namespace rankscope {

struct FigureGrid {
    HeadGrid grid;
    std::vector<QString> legendTitles;  // rich text, per panel
};

// The chosen panels in the chosen order of heads.
FigureGrid shownGrid(const Session& session, const FigureRequest& request);

// A, B and A − B. REQUIRES sessions of the same shape.
FigureGrid differenceGrid(const Session& session, const FigureRequest& request);

std::vector<ColourScale> figureScales(const FigureGrid& figure, const FigureRequest& request);  // per panel

double narrowestGrid(const FigureGrid& figure, const FigureRequest& request);  // mm
double gridHeight(const FigureGrid& figure, const FigureRequest& request);     // mm
void paintGrid(QPainter& painter, const QRectF& area, FigureGrid figure, const FigureRequest& request);

}  // namespace rankscope
