// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF RUN OPTIONS: each setting of a run besides its model, text and file, once for all who ask for it: the
// options of `analyze` with their help and checks, the fields of the run dialog, the settings that it remembers, Copy
// Command. A new one is a row here and a member of AnalysisRequest. Immutable after the first call; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/analysis/analysis.h"

namespace rankscope {

// A value as the command line takes it.
struct RunAccess {
    // Empty where it is what a run does by itself and has no name of its own.
    std::function<std::string(const AnalysisRequest&)> get{};
    // False where the text is no such value: the request is left as it was then.
    std::function<bool(AnalysisRequest&, std::string_view text)> set{};
    std::string_view expected{};  // in errors, instead of what the help says
};

// How the run dialog asks for it.
struct RunField {
    std::string key{};         // of the field and of what is remembered; empty: the dialog does not ask
    std::string_view label{};  // beside the field
    std::string_view tip{}, spoken{};
    std::string unset{};         // what a field shows where nothing is chosen
    int least = 0, most = 0;     // of a number that is typed with arrows; `most` 0: a line of text
    std::string_view problem{};  // one line about a text that is no such value
};

struct RunOption {
    std::string name{};   // on the command line: "--length"
    std::string value{};  // as the help writes what stands behind it: "N >= 1"; empty: nothing, or one of `choices`
    std::string help{};
    std::vector<std::string> choices{};
    std::string word{};  // this value in the list behind the name, where further rows are further values
    RunAccess access{};
    RunField field{};

    bool isFlag() const { return value.empty() && choices.empty(); }
};

// In the order of the help.
const std::vector<RunOption>& runOptions();
const std::vector<RunOption>& causalOptions();  // of a causal check, beside those of the analysis it goes with

// Both, one behind the other.
std::vector<const RunOption*> allRunOptions();
const RunOption& runOption(std::string_view name);        // the first of that name. REQUIRES one
const RunOption* runOptionOfField(std::string_view key);  // null: none

// "4-7", or "4" for one layer: first and last; nothing if it is neither.
std::optional<std::pair<int, int>> parseRange(std::string_view text);

// Says what is wrong with a text that the option refuses: "expected N >= 1, found 0".
std::string refusalOf(const RunOption& option, const std::string& text);

}  // namespace rankscope
