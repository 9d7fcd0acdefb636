// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a chart looks; lengths are in painter units.
#pragma once

#include <QColor>
#include <QFont>

namespace rankscope {

struct ChartStyle {
    QFont font;
    double lineWidth = 2;  // of curves; axes are half as thick
    QColor text, mutedText, background;
};

}  // namespace rankscope
