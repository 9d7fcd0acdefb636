// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rotary position code: reading its settings in every spelling. Sources: Su et al. 2021 (RoPE); the rules as
// transformers and llama.cpp apply them. Pure functions; any thread.
#pragma once

#include "core/model/hyperparameters.h"

namespace rankscope {

class MetadataReader;

// `meta` is config.json: rope_parameters, or rope_theta with rope_scaling; Error if both are there and disagree.
// `layerType`: the entry of rope_parameters for this kind of layer, where it has one per kind.
Rotation readRotation(const MetadataReader& meta, const Architecture& architecture, int headSize,
                      std::string_view layerType = {});

// `meta` carries the family prefix. Reads the divisors in rope_freqs.weight, or in rope_factors_long.weight and
// rope_factors_short.weight, if the file has them.
Rotation readGgufRotation(const WeightFile& file, const MetadataReader& meta, const Architecture& architecture,
                          int headSize);

// All of the head, no scaling.
Rotation plainRotation(const Architecture& architecture, int headSize, double base);

// The frequencies in a window of `length` tokens.
std::vector<double> frequenciesFor(const Rotation& rotation, int length);

}  // namespace rankscope
