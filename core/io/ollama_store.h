// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where Ollama keeps its models: blobs/sha256-… holds the weights without a name, and
// manifests/REGISTRY/OWNER/NAME/TAG names the blob. Any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace rankscope {

struct OllamaModel {
    std::filesystem::path blob;  // starts with "GGUF"
    std::string name;            // "tiny:1b", "me/own:latest"
};

// Calls `found` for every model of the store at `root`; `visit` for every file or folder that is looked at.
void forEachOllamaModel(const std::filesystem::path& root, const std::function<void()>& visit,
                        const std::function<void(const OllamaModel&)>& found);

// What the manifests call the blob; empty if none does or it is no blob of a store.
std::string ollamaNameOf(const std::filesystem::path& blob);

// The blob of a model's manifest; empty if the file is none.
std::filesystem::path ollamaBlobOf(const std::filesystem::path& manifest);

}  // namespace rankscope
