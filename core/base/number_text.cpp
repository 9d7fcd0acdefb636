// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace rankscope {

namespace {

constexpr int mostDecimals = 4;  // of a difference

std::string written(double value, std::chars_format format, int precision) {
    std::array<char, 512> text;  // the largest double has 309 digits before the point
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format, precision);
    return {text.data(), end.ptr};
}

double parsed(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// |value| = 0.DIGITS · 10^exponent, the shortest that reads back. REQUIRES a finite value.
struct Decimal {
    std::string digits;
    int exponent = 0;
};
Decimal decimalOf(double value) {
    std::array<char, 32> text;
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), std::abs(value), std::chars_format::scientific);
    Decimal decimal;
    const std::string all(text.data(), end.ptr);
    const std::size_t mark = all.find('e');
    decimal.digits = all.substr(0, 1) + (mark > 2 ? all.substr(2, mark - 2) : "");
    const char* const sign = all.c_str() + mark + 1;  // "+05": from_chars takes no plus
    std::from_chars(sign + (*sign == '+' ? 1 : 0), all.c_str() + all.size(), decimal.exponent);
    ++decimal.exponent;
    return decimal;
}

// With no more than the first `kept` of its digits, halves away from zero.
double roundedTo(double value, const Decimal& decimal, int kept) {
    if (kept >= static_cast<int>(decimal.digits.size()))
        return value;
    if (kept < 0)
        return 0;
    std::string digits = "0" + decimal.digits.substr(0, static_cast<std::size_t>(kept));
    if (decimal.digits[static_cast<std::size_t>(kept)] >= '5') {
        std::size_t at = digits.size() - 1;
        while (digits[at] == '9')
            digits[at--] = '0';
        ++digits[at];
    }
    // "0" + kept digits: the point lies behind the first of them.
    const double size = parsed(digits.substr(0, 1) + "." + digits.substr(1) + "0e" + std::to_string(decimal.exponent));
    return std::copysign(size, value);
}

bool isWhole(double value) {
    return value == std::floor(value);
}

double withoutSignOfZero(double value) {
    return value == 0 ? 0 : value;
}

}  // namespace

std::string fixedText(double value, int decimals) {
    if (std::isfinite(value)) {
        const Decimal decimal = decimalOf(value);
        value = withoutSignOfZero(roundedTo(value, decimal, decimal.exponent + decimals));
    }
    return written(value, std::chars_format::fixed, decimals);
}

std::string generalText(double value, int digits) {
    if (std::isfinite(value))
        value = withoutSignOfZero(roundedTo(value, decimalOf(value), digits));
    return written(value, std::chars_format::general, digits);
}

std::string rankText(double value) {
    return fixedText(value, isWhole(value) ? 0 : 1);
}

int decimalsOfDifference(double a, double b, int least) {
    if (least == 0 && !(isWhole(a) && isWhole(b)))
        least = 1;
    for (int decimals = least; decimals < mostDecimals; ++decimals) {
        const std::string shown = fixedText(a - b, decimals);
        if (fixedText(parsed(fixedText(a, decimals)) - parsed(fixedText(b, decimals)), decimals) == shown)
            return decimals;
    }
    return mostDecimals;
}

std::string percentText(int part, int all) {
    return fixedText(100.0 * part / all, 0) + " %";
}

std::string counted(long long count, const std::string& one) {
    return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

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
