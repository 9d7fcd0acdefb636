// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads the numbers of run options, for the files that fill their table. Pure functions; any thread.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "core/analysis/run_options.h"

namespace rankscope {

// The whole of `text`, without spaces around it.
template <typename Number>
std::optional<Number> parseNumber(std::string_view text) {
    constexpr std::string_view space = " \t\n";
    const std::size_t first = text.find_first_not_of(space);
    text = first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(space) + 1 - first);
    Number number{};
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

template <typename Number>
std::optional<Number> parseWithin(std::string_view text, Number least, Number most) {
    const auto number = parseNumber<Number>(text);
    return number && *number >= least && *number <= most ? number : std::nullopt;
}

// A number that is 0, where that is not among its values, while nothing was said.
template <typename Number>
RunAccess number(Number least, Number most, Number& (*at)(AnalysisRequest&)) {
    return {[=](AnalysisRequest request) { return at(request) < least ? "" : std::to_string(at(request)); },
            [=](AnalysisRequest& request, std::string_view text) {
                const auto value = parseWithin(text, least, most);
                at(request) = value.value_or(at(request));
                return value.has_value();
            }};
}

}  // namespace rankscope
