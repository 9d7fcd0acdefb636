// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sub-commands of the program, one file each, and what the program says about them. Adding one to the parser sets
// its options and the callback that does the work once they are parsed. A callback that returns has succeeded; it
// throws Error for bad input and Cancelled.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace rankscope {

void addAblateCommand(CLI::App& app);
void addAnalyzeCommand(CLI::App& app);
void addInfoCommand(CLI::App& app);
void addTokenizeCommand(CLI::App& app);
void addTableCommand(CLI::App& app);
void addFigureCommand(CLI::App& app);
void addCompareCommand(CLI::App& app);
void addMergeCommand(CLI::App& app);
void addCompletionCommand(CLI::App& app);
void addManualCommand(CLI::App& app);

// Columns that a text takes on a terminal: ours hold no combining or wide characters.
std::size_t widthOf(const std::string& text);

// The text of --help, 80 columns wide where words allow it.
class HelpText : public CLI::FormatterBase {
public:
    std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
};

// THE TABLE OF SHELLS that complete the words of the command line.
struct ShellCompletion {
    std::string_view shell;
    std::string_view file;  // the name under which the shell looks for it
    std::string (*script)(const CLI::App& program);
};
std::span<const ShellCompletion> shellCompletions();

// One line about wrong usage: "rankscope COMMAND: SUBJECT: expected X, found Y", what was meant perhaps, where the help
// is.
std::string usageLine(const CLI::App& program, const CLI::ParseError& error);

// "; put tokenizer.json beside the weights, …" behind the errors that most people meet; else empty.
std::string adviceOn(const Error& error);

}  // namespace rankscope
