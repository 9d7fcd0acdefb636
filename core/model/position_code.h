// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The formulas of position codes: frequencies of rotary ones and the rules that stretch them, biases of ALiBi. Sources:
// Su et al. 2021 (RoPE), Peng et al. 2023 (YaRN), Ding et al. 2024 (LongRoPE), Press et al. 2022 (ALiBi); the rules as
// transformers applies them. Pure functions; any thread.
#pragma once

#include <vector>

namespace rankscope {

// θ_m = base^(−2m / size), m < size / 2.
std::vector<double> plainFrequencies(double base, int size);

// Llama 3: long wavelengths divided by `factor`, short ones kept, a blend between.
struct Llama3Scaling {
    double factor = 1, lowFrequencyFactor = 1, highFrequencyFactor = 4, originalContext = 8192;
};
void applyLlama3Scaling(std::vector<double>& frequencies, const Llama3Scaling& scaling);

// YaRN: frequencies that turn more than `fastTurns` times in the original context are kept, those that turn less than
// `slowTurns` times divided by `factor`, a ramp over the index between.
struct YarnScaling {
    double factor = 1, originalContext = 0, fastTurns = 32, slowTurns = 1;
    bool wholeIndices = true;  // the ramp's ends are rounded outwards
};
void applyYarnScaling(std::vector<double>& frequencies, double base, const YarnScaling& scaling);

// Factor on cosine and sine: 0.1 · weight · ln(factor) + 1, or 1 where nothing is stretched.
double yarnAmplitude(double factor, double weight = 1);

// √(1 + ln(factor) / ln(originalContext)), or 1 where nothing is stretched.
double longropeAmplitude(double factor, double originalContext);

// NTK: the base at which a window of `length` tokens looks as `originalContext` tokens did.
double dynamicBase(double base, int size, double factor, double originalContext, int length);

// ALiBi adds a bias per key position: one slope per head. n a power of two: 2^(−8k/n), k = 1 … n; else those of the
// power below n, then the odd-numbered ones of the power above.
std::vector<double> alibiSlopes(int heads);

// The nearest bfloat16 value, ties to even.
double roundedToBfloat16(double value);

}  // namespace rankscope
