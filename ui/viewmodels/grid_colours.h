// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The colour maps a grid can be drawn in and the range they span. The colours themselves are in
// ui/drawing/colour_map.h.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace rankscope {

// What a panel of a grid shows; the last: GridChoice::number.
enum class GridQuantity { field, interaction, gap, positionShare, number };
inline constexpr std::size_t gridQuantities = std::size_t(GridQuantity::number) + 1;

enum class ColourMap { viridis, cividis, grey, diverging };

struct ColourMapInfo {
    ColourMap map;
    std::string_view id;  // in the settings
    const char* name;     // for menus
    bool diverging;       // for differences only
};

// In the order of the enumeration.
inline constexpr std::array colourMapTable{
    ColourMapInfo{ColourMap::viridis, "viridis", "Viridis", false},
    ColourMapInfo{ColourMap::cividis, "cividis", "Cividis", false},
    ColourMapInfo{ColourMap::grey, "grey", "Grey", false},
    ColourMapInfo{ColourMap::diverging, "diverging", "Blue–white–vermilion", true},
};
constexpr std::span<const ColourMapInfo> colourMaps() {
    return colourMapTable;
}
constexpr const ColourMapInfo& colourMapInfo(ColourMap map) {
    return colourMapTable[static_cast<std::size_t>(map)];
}

struct ColourRange {
    double minimum = 0, maximum = 1;
    bool operator==(const ColourRange&) const = default;
};

struct GridColours {
    ColourMap ranks = ColourMap::viridis, gaps = ColourMap::cividis;
    bool shared = true;  // one range for Ẽ and W_QᵀW_K
    // By GridQuantity; a locked range stays whatever session or measure is shown.
    std::array<std::optional<ColourRange>, gridQuantities> locked{};

    bool isLocked() const { return locked[0].has_value(); }
    bool operator==(const GridColours&) const = default;
};

}  // namespace rankscope
