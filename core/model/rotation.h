// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rotary position code: reading its settings in every spelling, and the frequencies of each scaling rule.
// Sources: Su et al. 2021 (RoPE); the rules as transformers and llama.cpp apply them. Pure functions; any thread.
#pragma once

#include "core/model/hyperparameters.h"

namespace rankscope {

class MetadataReader;

// `meta` is config.json: rope_parameters, or rope_theta with rope_scaling; Error if both are there and disagree.
Rotation readRotation(const MetadataReader& meta, const Architecture& architecture, int headSize);

// `meta` carries the family prefix. Reads the divisors in rope_freqs.weight if the file has them.
Rotation readGgufRotation(const WeightFile& file, const MetadataReader& meta, const Architecture& architecture,
                          int headSize);

// θ_m = base^(−2m / size), m < size / 2.
std::vector<double> plainFrequencies(double base, int size);

// Llama 3: long wavelengths divided by `factor`, short ones kept, a blend between.
struct Llama3Scaling {
    double factor = 1, lowFrequencyFactor = 1, highFrequencyFactor = 4, originalContext = 8192;
};
void applyLlama3Scaling(std::vector<double>& frequencies, const Llama3Scaling& scaling);

}  // namespace rankscope
