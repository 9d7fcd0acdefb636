// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/rotation_scaling.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rankscope {

std::vector<double> plainFrequencies(double base, int size) {
    std::vector<double> frequencies(size / 2);
    for (int m = 0; m < size / 2; ++m)
        frequencies[m] = std::pow(base, -2.0 * m / size);
    return frequencies;
}

void applyLlama3Scaling(std::vector<double>& frequencies, const Llama3Scaling& scaling) {
    const double longest = scaling.originalContext / scaling.lowFrequencyFactor;
    const double shortest = scaling.originalContext / scaling.highFrequencyFactor;
    for (double& theta : frequencies) {
        const double wavelength = 2 * std::numbers::pi / theta;
        if (wavelength < shortest)
            continue;
        double kept = 0;  // share of the unscaled frequency
        if (wavelength <= longest)
            kept = (scaling.originalContext / wavelength - scaling.lowFrequencyFactor) /
                   (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
        theta = (1 - kept) * theta / scaling.factor + kept * theta;
    }
}

void applyYarnScaling(std::vector<double>& frequencies, double base, const YarnScaling& scaling) {
    const double size = 2.0 * static_cast<double>(frequencies.size());
    const auto indexOfTurns = [&](double turns) {
        return size * std::log(scaling.originalContext / (turns * 2 * std::numbers::pi)) / (2 * std::log(base));
    };
    double first = indexOfTurns(scaling.fastTurns), last = indexOfTurns(scaling.slowTurns);
    if (scaling.wholeIndices) {
        first = std::floor(first);
        last = std::ceil(last);
    }
    first = std::max(first, 0.0);
    last = std::min(last, size - 1);
    if (first == last)
        last += 0.001;
    for (std::size_t m = 0; m < frequencies.size(); ++m) {
        const double stretched = std::clamp((static_cast<double>(m) - first) / (last - first), 0.0, 1.0);
        frequencies[m] *= 1 - stretched + stretched / scaling.factor;
    }
}

double yarnAmplitude(double factor, double weight) {
    return factor <= 1 ? 1.0 : 0.1 * weight * std::log(factor) + 1;
}

double longropeAmplitude(double factor, double originalContext) {
    return factor <= 1 ? 1.0 : std::sqrt(1 + std::log(factor) / std::log(originalContext));
}

double dynamicBase(double base, int size, double factor, double originalContext, int length) {
    const double stretch = factor * std::max<double>(length, originalContext) / originalContext - (factor - 1);
    return base * std::pow(stretch, size / (size - 2.0));
}

}  // namespace rankscope
