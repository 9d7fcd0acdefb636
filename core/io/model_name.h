// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a person would call a model, from where it lies. Any thread.
#pragma once

#include <filesystem>
#include <string>

namespace rankscope {

// Absolute, without ".", ".." and a slash at the end, links as they were named: only a ".." behind a link follows it,
// as the system does.
std::filesystem::path locationOf(const std::filesystem::path& given);

// The repository of a hub's cache ("org/name", and below it a sub-folder), what Ollama's manifests call a blob, the
// stem of a file without the number of its part, the folder of a file that is called like any other
// ("model.safetensors", "ggml-model-q4_0.gguf"), or the folder itself. Never empty.
std::string modelName(const std::filesystem::path& location, bool isFile);

}  // namespace rankscope
