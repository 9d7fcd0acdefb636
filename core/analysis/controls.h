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

#include "core/analysis/analysis.h"
#include "core/io/weight_file.h"
#include "core/model/hyperparameters.h"

namespace rankscope {

// A checkpoint whose weights are no longer the trained ones.
struct ChangedWeights {
    std::unique_ptr<WeightFile> file;
    double initialDeviation = 0;    // of weights as before training; 0: another control
    bool deviationAssumed = false;  // neither the choice nor the model states it
};

// THE TABLE OF CONTROLS.
struct ControlInfo {
    Control control;
    std::string_view id;  // on the command line and in sessions
    std::string_view label;
    std::string_view shortLabel;   // within a line: "shuffled"
    std::string_view description;  // one line
    // Null: as they are.
    void (*changeTokens)(TokenWindows& windows, int vocabularySize, std::uint64_t seed);
    ChangedWeights (*changeWeights)(std::unique_ptr<WeightFile> file, const Hyperparameters& model,
                                    const WeightChoice& choice, std::uint64_t seed);
};
std::span<const ControlInfo> controlTable();
const ControlInfo& controlInfo(Control control);
const ControlInfo* findControl(std::string_view id);  // null: none of that name

// The control of a session in a few words, with all that tells it from another of the same id: "random weights",
// "initial matrices, trained gains", "weights as before training, standard deviation 0.02 (assumed)".
std::string controlLabel(const CorpusFacts& corpus);

// "gains,biases": as a session and the command line spell what is kept.
std::string keptText(const WeightChoice& choice);
WeightChoice choiceOf(const CorpusFacts& corpus);

}  // namespace rankscope
