// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Safetensors checkpoints with their config.json, in the three ways they are kept; see WeightFile.
#pragma once

#include <filesystem>
#include <memory>

#include "core/io/weight_file.h"

namespace rankscope {

// A .safetensors file with config.json beside it. One that the index beside it lists stands for its whole set.
bool recognisesSafetensors(const std::filesystem::path& path);
std::unique_ptr<WeightFile> openSafetensors(const std::filesystem::path& path);

// models--ORG--NAME of the Hugging Face cache: its newest snapshot.
bool recognisesHubCache(const std::filesystem::path& path);
std::unique_ptr<WeightFile> openHubCache(const std::filesystem::path& path);

// A folder with config.json and model.safetensors, or the shards that model.safetensors.index.json lists.
bool recognisesModelFolder(const std::filesystem::path& path);
std::unique_ptr<WeightFile> openModelFolder(const std::filesystem::path& path);

}  // namespace rankscope
