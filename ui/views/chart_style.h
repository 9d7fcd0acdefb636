// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a chart looks; lengths are in painter units.
#pragma once

#include <QColor>
#include <QFont>
#include <cstddef>

namespace rankscope {

struct ChartStyle {
    QFont font;
    double lineWidth = 2;  // of curves; axes are half as thick
    QColor text, mutedText, background;
};

// A point that a chart describes: `point` of its curve number `curve`.
struct ChartReading {
    std::size_t curve = 0, point = 0;
    bool operator==(const ChartReading&) const = default;
};

}  // namespace rankscope
