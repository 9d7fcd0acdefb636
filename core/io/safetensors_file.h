// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Safetensors checkpoints with their config.json; see WeightFile.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/io/weight_file.h"

namespace rankscope {

// A regular file called .safetensors.
bool recognisesSafetensors(const std::filesystem::path& path);

// One file, or the shards that an index lists, all of whose tensors are taken, as transformers does. What the index
// says of them and is not so is a warning: a tensor that no shard holds, that another shard holds, or that it does not
// list. Error if two shards hold a tensor and it cannot be told which one is meant.
std::unique_ptr<WeightFile> openSafetensors(const ModelPath& model);

// The tensors of one .safetensors file, in the order of their data, offsets from the start of the file, part 0; see
// safetensors_header.cpp. They fill the data exactly. Keys that the format does not know add a line to `warnings`.
std::vector<TensorInfo> readSafetensorsHeader(const FileReader& file, std::vector<std::string>& warnings);

}  // namespace rankscope
