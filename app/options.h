// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Checks of option values that several sub-commands share, and the way results reach standard output.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/analysis/run_options.h"
#include "core/session/session.h"

namespace rankscope {

// Refuses what parseMeasure refuses, but for `also`, a word for several.
CLI::Validator isMeasure(const std::string& also = {});
// The name of a file to write: not "-", and where `extension` is not empty one that ends in it.
CLI::Validator isOutputFile(std::string extension = {});

// The measures of --measure, each once. Error as from parseMeasure.
std::vector<MeasureChoice> measuresOf(const std::vector<std::string>& ids);

// The variant of that id; Error, which names those that are there, if the session does not hold it.
Variant storedVariant(const Session& session, const std::filesystem::path& file, std::string_view id);

// --length of the commands that read sessions, and the session at that length; as it is where `length` is 0.
void addLengthOption(CLI::App& command, int& length);
SessionPointer openAtLength(const std::filesystem::path& file, int length);

// A length on paper, for CLI::Option::check.
CLI::Validator isPaperLength();

// MODEL, and --corpus (which is returned) or --tokens with their help.
CLI::Option* addInput(CLI::App& command, AnalysisRequest& request, const std::string& corpus,
                      const std::string& tokens);

// An option of the table, with its own help or another. Both must outlive the command.
void addRunOption(CLI::App& command, const RunOption& row, AnalysisRequest& request, const std::string& help = {});

// Writes to standard output; Error (writeFailed) if it does not take all of it.
void print(std::string_view text);

// `text` to the file, or to standard output where `output` is empty. Error if `output` is the file `input` itself.
void deliver(std::string_view text, const std::filesystem::path& output, const std::filesystem::path& input);

// Error if the two names lead to the same file.
void requireOther(const std::filesystem::path& output, const std::filesystem::path& input);

// Error if a session cannot or should not be written to `output`: it is one of the inputs, or there is another file. A
// file that is not a session may be anything: it is not lost to a mistyped name, unless `force`.
void requireReplaceable(const std::filesystem::path& output, std::initializer_list<std::filesystem::path> inputs,
                        bool force);

// "csv" for "heads.CSV"; empty where there is none.
std::string extensionOf(const std::filesystem::path& path);

}  // namespace rankscope
