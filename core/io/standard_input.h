// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Standard input in the place of a file: "-" on the command line. Its bytes are kept: whoever reads again gets
// the same. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/base/job.h"

namespace rankscope {

inline constexpr const char *standardInput = "-", *standardInputName = "standard input";

bool isStandardInput(const std::filesystem::path& path);

// What people call it: the path as text, or "standard input".
std::string inputName(const std::filesystem::path& path);

// The whole file, as readWholeFile; of standard input all bytes up to its end, however long the writer takes: it polls
// the context. Error "standard input: size: expected <= MAXBYTES, found more".
std::string readInput(const std::filesystem::path& path, std::uint64_t maxBytes,
                      const JobContext& context = JobContext());

}  // namespace rankscope
