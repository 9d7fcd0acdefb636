// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paper_length.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace rankscope {

std::optional<double> millimetresOf(std::string_view text) {
    constexpr double least = 10, most = 2000;
    constexpr auto units = std::to_array<std::pair<std::string_view, double>>(
        {{"", 1.0}, {"mm", 1.0}, {"cm", 10.0}, {"in", 25.4}, {"pt", 25.4 / 72.0}});
    double size = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size, std::chars_format::fixed);
    const std::string_view name = text.substr(std::size_t(end - text.data()));
    const auto unit = std::ranges::find(units, name, &std::pair<std::string_view, double>::first);
    if (failure != std::errc() || unit == units.end() || !(size * unit->second >= least && size * unit->second <= most))
        return std::nullopt;
    return size * unit->second;
}

}  // namespace rankscope
