// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drawing/nice_ticks.h"

#include <algorithm>
#include <cmath>

#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr double tolerance = 1e-9;  // of a step: what rounding does to a multiple

double nextNiceStep(double step) {
    const double power = std::pow(10.0, std::floor(std::log10(step) + tolerance));
    const double mantissa = step / power;
    return power * (mantissa < 1.5 ? 2 : mantissa < 3.5 ? 5 : 10);
}

double firstMultiple(double minimum, double step) {
    return std::ceil(minimum / step - tolerance);
}

double lastMultiple(double maximum, double step) {
    return std::floor(maximum / step + tolerance);
}

double niceStep(double minimum, double maximum, int most, double smallestStep) {
    double step = std::pow(10.0, std::floor(std::log10((maximum - minimum) / most)));
    while (lastMultiple(maximum, step) - firstMultiple(minimum, step) + 1 > most || step < smallestStep)
        step = nextNiceStep(step);
    return step;
}

int decimalsOfStep(double step) {
    return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - tolerance)), 0, 12);
}

}  // namespace

Ticks niceTicks(double minimum, double maximum, int most, double smallestStep) {
    Ticks ticks;
    if (!std::isfinite(minimum) || !std::isfinite(maximum) || minimum > maximum)
        return ticks;
    if (minimum == maximum) {
        ticks.values = {minimum};
        return ticks;
    }
    ticks.step = niceStep(minimum, maximum, most, smallestStep);
    ticks.decimals = decimalsOfStep(ticks.step);
    const double last = lastMultiple(maximum, ticks.step);
    for (double multiple = firstMultiple(minimum, ticks.step); multiple <= last; ++multiple)
        ticks.values.push_back(multiple * ticks.step);
    return ticks;
}

NiceRange niceRange(double minimum, double maximum, int most) {
    if (!std::isfinite(minimum) || !std::isfinite(maximum))
        return {};
    if (minimum == maximum)
        maximum = minimum + std::max(1.0, std::abs(minimum) * 0.1);
    NiceRange range;
    // Growing the range can add a tick too many, so the step may have to grow once more.
    for (double step = niceStep(minimum, maximum, most, 0);; step = nextNiceStep(step)) {
        const double first = std::floor(minimum / step + tolerance), last = std::ceil(maximum / step - tolerance);
        range = {first * step, last * step};
        if (last - first + 1 <= std::max(most, 2))
            return range;
    }
}

double niceAtLeast(double value) {
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double mantissa : {1.0, 2.0, 5.0})
        if (mantissa * power >= value * (1 - tolerance))
            return mantissa * power;
    return 10 * power;
}

Ticks decadeTicks(double minimum, double maximum, int most) {
    Ticks ticks;
    if (!(minimum > 0 && minimum < maximum))
        return ticks;
    const int first = static_cast<int>(std::ceil(std::log10(minimum) - tolerance));
    const int last = static_cast<int>(std::floor(std::log10(maximum) + tolerance));
    const bool between = (last - first + 2) * 3 <= most;
    const int step = labelStep(1, double(last - first + 1) / std::max(1, most));
    for (int exponent = between ? first - 1 : first; exponent <= last; ++exponent) {
        if (!between && exponent % step != 0)
            continue;
        for (const int mantissa : {1, 2, 5}) {
            const double value = mantissa * std::pow(10.0, exponent);
            if ((mantissa == 1 || between) && value >= minimum * (1 - tolerance) && value <= maximum * (1 + tolerance))
                ticks.values.push_back(value);
        }
    }
    return ticks;
}

int labelStep(double spacing, double labelExtent) {
    double step = 1;
    while (spacing > 0 && step * spacing < labelExtent)
        step = nextNiceStep(step);
    return static_cast<int>(std::lround(step));
}

QString tickText(double value, int decimals) {
    return numberText(value, decimals);
}

QString decadeText(double value, bool scientific) {
    const int exponent = static_cast<int>(std::floor(std::log10(value) + tolerance));
    if (!scientific)
        return tickText(value, std::max(0, -exponent));
    const int mantissa = static_cast<int>(std::lround(value / std::pow(10.0, exponent)));
    const QString power = u"10<sup>%1</sup>"_s.arg(tickText(exponent, 0));
    return mantissa == 1 ? power : u"%1·%2"_s.arg(asText(mantissa), power);
}

}  // namespace rankscope
