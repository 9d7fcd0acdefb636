// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// GGUF checkpoints, version 2 and 3, in one file or a split set (NAME-00001-of-00003.gguf); see WeightFile.
#pragma once

#include <filesystem>
#include <memory>

#include "core/io/weight_file.h"

namespace rankscope {

// A regular file that starts with "GGUF", or is called so.
bool recognisesGguf(const std::filesystem::path& path);

// Opens the whole set from any of its parts. A file without tensors, only a vocabulary, is one too.
std::unique_ptr<WeightFile> openGguf(const std::filesystem::path& path);

}  // namespace rankscope
