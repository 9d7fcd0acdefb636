// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a chart looks; lengths are in painter units.
#pragma once

#include <QColor>
#include <QFont>
#include <QRectF>
#include <cstddef>

namespace rankscope {

struct ChartStyle {
    QFont font;
    double lineWidth = 2;  // of curves; axes are half as thick
    QColor text, mutedText, background;
    bool gridLines = true;       // across the plot, at the ticks of the vertical axis; without them that axis is a line
    bool labels = true;          // beside curves and marks
    bool keys = true;            // of line patterns and bands
    bool notes = true;           // remarks on what dots, lines and bands are
    bool grey = false;           // Ẽ black and W_QᵀW_K grey instead of their colours
    double tickSpacing = 1;      // of labels along the axes, relative to the usual
    QRectF visible{0, 0, 1, 1};  // on paper: the part of the axes that is shown, as fractions, y upwards
};

// A point that a chart describes: `point` of its curve number `curve`.
struct ChartReading {
    std::size_t curve = 0, point = 0;
    bool operator==(const ChartReading&) const = default;
};

}  // namespace rankscope
