// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// GGUF checkpoints, version 2 and 3, in one file or a split set (NAME-00001-of-00003.gguf); see WeightFile.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/io/shard_index.h"
#include "core/io/weight_file.h"

namespace rankscope {

// A regular file that starts with "GGUF", or is called so.
bool recognisesGguf(const std::filesystem::path& path);
bool startsWithGguf(const std::filesystem::path& path);

// Opens the whole set from any of its parts. A file without tensors, only a vocabulary, is one too; one with the parts
// of a model that no language model can do with alone (an adapter, a projector) is an Error that names it.
std::unique_ptr<WeightFile> openGguf(const ModelPath& model);

// The name of one part of a set; nothing for another file.
std::optional<PartName> ggufSplitName(const std::filesystem::path& path);

// Of the set that `path` is a part of.
std::filesystem::path ggufPartPath(const std::filesystem::path& path, const PartName& split, int number);

// What a .gguf file is that is no language model: "a LoRA adapter: …"; empty for a model and for a file that cannot be
// read.
std::string otherGgufKind(const std::filesystem::path& path);

}  // namespace rankscope
