// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A request says what a figure shows and how it looks on paper: all that the export dialog and `rankscope figure` ask
// for. Plain data.
#pragma once

#include <QRectF>
#include <optional>
#include <vector>

#include "ui/plots/chart_options.h"
#include "ui/plots/comparison.h"
#include "ui/plots/field_map.h"
#include "ui/plots/scree.h"
#include "ui/viewmodels/grid_colours.h"
#include "ui/viewmodels/head_grid.h"

namespace rankscope {

enum class FigureKind {
    grid,
    scree,
    depth,
    distribution,
    gap,
    length,
    field,
    distance,
    comparison,
    sheet,
    causal,
    causalRank
};

enum class PanelLetters { none, parentheses, bold };  // "", "(a)", a bold "a"
enum class TickDensity { few, usual, many };

// The looks of a figure: what the style of a journal is about.
struct FigureLook {
    bool title = false;      // model and text, above all
    bool gridLines = false;  // across charts, at the ticks of the vertical axis
    bool labels = true;      // names of panels, curves and marks
    bool legend = true;      // colour bars, keys of line patterns
    bool numbers = true;     // in the cells of grids, where they fit
    TickDensity ticks = TickDensity::usual;
    PanelLetters letters = PanelLetters::none;
    int firstLetter = 0;        // 0: a; of a sheet's first panel, or of the figure itself
    bool greyscale = false;     // greys only: maps in even steps of lightness, matrices as black and grey
    bool outlinedText = false;  // SVG: letters as paths, the same everywhere but no longer text

    bool operator==(const FigureLook&) const = default;
};

// What a heat map of the field shows; the head is the first of the selected ones.
struct FieldChoice {
    FieldPart part = FieldPart::kept;
    int rank = 0;                       // r of `part`; 0: all stored components
    int firstToken = 0, lastToken = 0;  // lastToken 0: the whole window; queries and keys alike
    bool outlineVisibleKeys = false;    // the keys j ≤ i that a query sees
    bool strongestCell = false;         // where a pixel holds several: not their mean
    bool wholeRange = false;            // of colours; else 0.5 % of the cells may lie beyond its ends

    bool operator==(const FieldChoice&) const = default;
};

// What is drawn of a comparison of sessions.
enum class ComparisonContent { difference, depth, distribution, spectrum };

struct FigureRequest {
    FigureKind kind = FigureKind::grid;

    double widthMm = 183, heightMm = 0;  // 0: what the content needs
    double fontPt = 7;                   // 5 to 10
    int dpi = 300;                       // raster formats only
    FigureLook look;
    GridColours colours;  // of grids

    GridChoice grid;  // measure and matrices; of all kinds but scree curves
    std::vector<GridQuantity> panels{GridQuantity::field, GridQuantity::interaction, GridQuantity::gap};
    HeadOrder order = HeadOrder::index;  // of the heads of a layer in grids
    ValueFilter filter;                  // heads outside recede in grids
    ScreeChoice scree;                   // its heads are the selected heads of every kind that shows heads
    ChartOptions charts;                 // of depth, distribution, gap and length: baseline, matrices, form
    QRectF visible{0, 0, 1, 1};          // the part of a chart's axes that is shown, as fractions; y upwards
    FieldChoice field;
    std::vector<Arm> arms{};  // of the causal check; empty: all

    ComparisonContent comparison = ComparisonContent::difference;
    GridQuantity compared = GridQuantity::field;
    Sessions others;  // that the session is compared with: B first

    // Of a sheet: its figures in reading order. Each takes its place's width; size, font, look, colours and `others`
    // are the sheet's.
    std::vector<FigureRequest> parts;
    int sheetColumns = 2;
    int span = 1;  // of a part: how many of the sheet's columns it takes

    const std::vector<HeadRef>& heads() const { return scree.heads; }
};

}  // namespace rankscope
