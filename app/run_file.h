// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs analyses into session files, for the commands that do: whether a file that is there is gone on with, kept or
// replaced, how often it is saved on the way, and what is said of it.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <string>

#include "core/analysis/saved_analysis.h"

namespace rankscope {

struct RunFile {
    std::filesystem::path output{};
    double snapshotSeconds = std::chrono::duration<double>(snapshotInterval).count();
    bool quiet = false, json = false, force = false, resume = false;
};

// --output, --resume, --snapshot and --force; --quiet and --json with this help. Returns the first of them.
CLI::Option* addFileOptions(CLI::App& command, RunFile& file);
void addPrintOptions(CLI::App& command, RunFile& file, const std::string& quiet, const std::string& json);

// Runs the analysis into the file, or without a file. A finished session of the same run is kept; where an analysis
// `addsTo` one, it goes on with it and saves. Error for a file that must not be replaced, and as the analysis.
// `stopped` is set where the user interrupted it before its end.
SessionPointer runIntoFile(const AnalysisRequest& request, const RunFile& file, const AnalysisFunction& analysis,
                           bool addsTo, bool& stopped);

}  // namespace rankscope
