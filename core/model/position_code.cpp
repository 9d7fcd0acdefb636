// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/position_code.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "core/base/number_text.h"
#include "core/model/model_source.h"

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

std::vector<double> alibiSlopes(int heads) {
    const int power = static_cast<int>(std::bit_floor(static_cast<unsigned>(heads)));
    std::vector<double> slopes;
    for (int k = 1; k <= power; ++k)
        slopes.push_back(std::exp2(-8.0 * k / power));
    for (int k = 1; static_cast<int>(slopes.size()) < heads; k += 2)
        slopes.push_back(std::exp2(-8.0 * k / (2 * power)));
    return slopes;
}

double roundedToBfloat16(double value) {
    std::uint32_t bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    bits += 0x7FFFu + ((bits >> 16) & 1u);
    return std::bit_cast<float>(bits & 0xFFFF0000u);
}

std::vector<double> keyBiases(const Hyperparameters& model, int tokens) {
    std::vector<double> biases;
    biases.reserve(model.alibiSlopes.size() * tokens);
    const auto rounded = [&](double value) { return model.alibiBfloat16 ? roundedToBfloat16(value) : value; };
    for (const double slope : model.alibiSlopes)
        for (int position = 0; position < tokens; ++position)
            biases.push_back(model.alibiScale * rounded(rounded(slope) * rounded(position)));
    return biases;
}

namespace {

std::string describeRotation(const Rotation* rotation, int headSize) {
    if (!rotation)
        return "none";
    std::string text = rotation->pairs == RotationPairs::halfSplit ? "RoPE half-split" : "RoPE interleaved";
    if (rotation->size != headSize)
        text += " on " + std::to_string(rotation->size) + " of " + std::to_string(headSize);
    text += ", base " + plainNumber(rotation->base);
    return rotation->scaling == "default" ? text : text + ", " + rotation->scaling + " scaling";
}

}  // namespace

std::string plainNumber(double value) {
    return generalText(value, 12);
}

std::string describePosition(const Hyperparameters& model) {
    if (model.architecture->position == PositionCode::learned)
        return "learned positions";
    if (!model.alibiSlopes.empty())
        return "ALiBi";
    // Each kind of layer with how many there are, in the order in which they first come.
    std::vector<std::pair<std::string, int>> kinds;
    for (const LayerHyperparameters& layer : model.perLayer) {
        const std::string text = describeRotation(layer.rotation.get(), model.headSize);
        const auto same = [&](const auto& kind) { return kind.first == text; };
        if (const auto found = std::ranges::find_if(kinds, same); found != kinds.end())
            ++found->second;
        else
            kinds.emplace_back(text, 1);
    }
    if (kinds.size() == 1)
        return kinds.front().first;
    std::string result;
    for (const auto& [text, layers] : kinds)
        result += (result.empty() ? "" : "; ") + text + " in " + std::to_string(layers) + " layers";
    return result;
}

}  // namespace rankscope
