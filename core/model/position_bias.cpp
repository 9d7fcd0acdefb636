// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/position_bias.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "core/model/hyperparameters.h"

namespace rankscope {

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

}  // namespace rankscope
