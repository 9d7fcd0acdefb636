// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Null models: the same analysis on windows or weights from which what is to be explained has been taken away. Each is
// determined by the seed alone, on any machine and any number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/io/weight_file.h"
#include "core/spectra/analysis.h"

namespace rankscope {

struct ControlInfo {
    Control control;
    std::string_view id;  // on the command line and in sessions
    std::string_view label;
    std::string_view description;  // one line
};
std::span<const ControlInfo> controlTable();
const ControlInfo& controlInfo(Control control);

// Tokens of each window in random order; a leading BOS stays where it is.
void shuffleTokens(TokenWindows& windows, std::uint64_t seed);

// Every token (but a leading BOS) drawn uniformly from the vocabulary.
void drawUniformTokens(TokenWindows& windows, int vocabularySize, std::uint64_t seed);

// The same checkpoint, every weight matrix replaced by Gaussian noise of that matrix's own standard deviation; vectors
// (norm gains, biases) are kept. Row r of a matrix depends on the seed, its name and r only.
std::unique_ptr<WeightFile> withRandomWeights(std::unique_ptr<WeightFile> file, std::uint64_t seed);

}  // namespace rankscope
