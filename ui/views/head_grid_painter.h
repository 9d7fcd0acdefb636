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
#include <optional>
#include <vector>

#include "ui/viewmodels/head_grid.h"

namespace rankscope {

struct ColourRange {
    double minimum = 0, maximum = 1;
};

struct HeadGridStyle {
    QFont font;                       // of ticks and cell numbers; titles use it in bold
    double unit = 8;                  // spacing unit in painter units
    double lineWidth = 1;
    QColor text, mutedText, background, hatch;
    bool cellNumbers = true;          // where they fit
    bool titles = true;
    bool legends = true;
    std::vector<std::optional<ColourRange>> ranges;  // per panel; none: from the data, on nice numbers
};

struct HeadMark {
    HeadRef head;
    QColor colour;
    bool cross = false;  // hover: thin lines over the row and column
};

// Where everything lies for a given area: computed once per resize, used for painting and for hit tests.
struct HeadGridLayout {
    std::vector<QRectF> panels;   // cell areas
    std::vector<QRectF> titles, legends;
    QSizeF cell;

    std::optional<HeadRef> headAt(const HeadGrid& grid, QPointF point) const;
    QRectF cellRect(int panel, HeadRef head) const;
};

HeadGridLayout layOutHeadGrid(const HeadGrid& grid, const QRectF& area, const HeadGridStyle& style);
void paintHeadGrid(QPainter& painter, const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style);
void paintHeadMarks(QPainter& painter, const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style,
                    const std::vector<HeadMark>& marks);

}  // namespace rankscope
