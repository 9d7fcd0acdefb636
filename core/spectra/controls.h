// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Null models: the same analysis on windows or weights from which what is to be explained has been taken away. Each is
// determined by the seed alone, on any machine and any number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/io/weight_file.h"
#include "core/spectra/analysis.h"

namespace rankscope {

// A checkpoint whose weights are no longer the trained ones, and what a reader of the numbers must know of them.
struct ChangedWeights {
    std::unique_ptr<WeightFile> file;
    std::string note;  // empty: the description of the control says it all
};

// THE TABLE OF CONTROLS.
struct ControlInfo {
    Control control;
    std::string_view id;  // on the command line and in sessions
    std::string_view label;
    std::string_view shortLabel;                                                            // within a line: "shuffled"
    std::string_view description;                                                           // one line
    void (*changeTokens)(TokenWindows& windows, int vocabularySize, std::uint64_t seed);    // null: as they are
    ChangedWeights (*changeWeights)(std::unique_ptr<WeightFile> file, std::uint64_t seed);  // null: as they are
};
std::span<const ControlInfo> controlTable();
const ControlInfo& controlInfo(Control control);
const ControlInfo* findControl(std::string_view id);  // null: none of that name

// Tokens of each window in random order; a leading BOS stays where it is.
void shuffleTokens(TokenWindows& windows, std::uint64_t seed);

// Every token (but a leading BOS) drawn uniformly from the vocabulary.
void drawUniformTokens(TokenWindows& windows, int vocabularySize, std::uint64_t seed);

// The same checkpoint, every weight matrix replaced by Gaussian noise of that matrix's own standard deviation; vectors
// (norm gains, biases) are kept. Row r of a matrix depends on the seed, its name and r only.
std::unique_ptr<WeightFile> withRandomWeights(std::unique_ptr<WeightFile> file, std::uint64_t seed);

// The same checkpoint as before training: every weight matrix Gaussian with the standard deviation that config.json
// names as initializer_range, else `usualInitialDeviation`; biases zero; norm gains are kept.
inline constexpr double usualInitialDeviation = 0.02;
ChangedWeights withInitialWeights(std::unique_ptr<WeightFile> file, std::uint64_t seed);

}  // namespace rankscope
