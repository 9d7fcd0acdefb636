// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The colour maps a grid can be drawn in and the range they span. The colours themselves are in ui/views/colour_map.
#pragma once

namespace rankscope {

enum class ColourMap { viridis, cividis, grey, diverging };

struct ColourRange {
    double minimum = 0, maximum = 1;
    bool operator==(const ColourRange&) const = default;
};

}  // namespace rankscope
