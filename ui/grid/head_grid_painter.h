// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Paints a HeadGrid: panels side by side, cells, ticks, legends with real ticks, marks. Stateless; GUI thread or any
// thread that owns the QPainter's device. The same code draws the window and the figures; lengths come from the style.
#pragma once

#include <QColor>
#include <QFont>
#include <QPainter>
#include <QRectF>
#include <QRegion>
#include <optional>
#include <vector>

#include "ui/viewmodels/grid_colours.h"
#include "ui/viewmodels/head_grid.h"

namespace rankscope {

// What a panel's colours mean.
struct ColourScale {
    ColourRange range;
    ColourMap map = ColourMap::viridis;
};

struct HeadGridStyle {
    QFont font;       // of ticks and cell numbers; titles use it in bold
    double unit = 8;  // spacing unit in painter units
    double lineWidth = 1;
    double devicePixel = 1;  // painter units per pixel: cells snap to whole pixels; 0: vector output, no snapping
    QColor text, mutedText, background;
    QColor hatch;             // lines of the light hatch of pending cells; the other tones follow from it
    bool cellNumbers = true;  // where they fit
    double smallestText = 0;  // of the numbers in cells, in painter units, besides 0.7 of the text
    double tickSpacing = 1;   // of labels along the axes, relative to the usual
    bool titles = true;
    bool colouredTitles = true;  // in the colours of the curves; false: in the text colour
    bool legends = true;
    std::vector<QString> legendTitles;  // rich text, per panel; none: no line below the legend's ticks
    ColourMap rankMap = ColourMap::viridis, gapMap = ColourMap::cividis;  // differences have the diverging one
    bool greyDifferences = false;                                         // or greys: mid grey is zero
    bool sharedRange = true;                                              // by Ẽ and W_QᵀW_K, so that they compare
    std::vector<std::optional<ColourRange>> ranges;  // per panel; none: from the data, on nice numbers
};

struct HeadMark {
    HeadRef head;
    QColor colour;
    bool cross = false;  // hover: thin lines along the row and column, the numbers of both at the axes
    QString letter{};    // at the right edge, so that pins are told apart without their colours
    bool operator==(const HeadMark&) const = default;
};

// Where everything lies for a given area: computed once per resize, used for painting and for hit tests.
struct HeadGridLayout {
    std::vector<QRectF> panels;  // cell areas
    std::vector<QRectF> titles, legends;
    QSizeF cell;
    int heads = 0;
    std::vector<int> columnOf;  // [layers, heads]: the column of each head, where sorted; empty: column = head

    std::optional<HeadRef> headAt(const HeadGrid& grid, QPointF point) const;
    std::optional<int> panelAt(QPointF point) const;  // index into HeadGrid::panels
    QRectF cellRect(int panel, HeadRef head) const;
    int column(HeadRef head) const;
};

HeadGridLayout layOutHeadGrid(const HeadGrid& grid, const QRectF& area, const HeadGridStyle& style);
void paintHeadGrid(QPainter& painter, const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style);
void paintHeadMarks(QPainter& painter, const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style,
                    const std::vector<HeadMark>& marks);

// What a mark covers: all that has to be painted again when it comes or goes.
QRegion markRegion(const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style,
                   const HeadMark& mark);

// The size of all that is not cells: what an area needs besides layers × heads × panels of them.
QSizeF headGridFrame(const HeadGrid& grid, const HeadGridStyle& style);

// What the numbers below each legend are, as rich text: "k₉₀ (components)", "ratio W_QᵀW_K / Ẽ".
std::vector<QString> legendTitlesFor(const HeadGrid& grid, const MeasureChoice& measure);

// Gives the style the maps and ranges that the user has chosen; a difference keeps its own.
void applyColours(HeadGridStyle& style, const HeadGrid& grid, const GridColours& colours);

// The colour scale of every panel: its range is the style's, else nice numbers around the data, shared by Ẽ and W_QᵀW_K
// where the style says so; the gap has its own. A difference is symmetric: zero is the middle of its colours.
std::vector<ColourScale> colourScales(const HeadGrid& grid, const HeadGridStyle& style);

void paintLegend(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                 const HeadGridStyle& style, const ColourScale& scale);

// The colour of a finished cell; nothing for a pending, failed or undefined one.
std::optional<QRgb> cellColour(const HeadGrid& grid, int panel, std::size_t index, const ColourScale& scale);

}  // namespace rankscope
