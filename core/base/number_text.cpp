// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/number_text.h"

#include <array>
#include <charconv>

namespace rankscope {
namespace {

std::string written(double value, std::chars_format format, int precision) {
    std::array<char, 512> text;  // the largest double has 309 digits before the point
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format, precision);
    return {text.data(), end.ptr};
}

}  // namespace

std::string fixedText(double value, int decimals) {
    return written(value, std::chars_format::fixed, decimals);
}

std::string generalText(double value, int digits) {
    return written(value, std::chars_format::general, digits);
}

}  // namespace rankscope
