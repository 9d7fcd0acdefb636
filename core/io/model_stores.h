// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Finds models where other programs keep them, and calls one as a person would from where it lies. Any thread.
//
// The cache of the Hugging Face hub: one entry models--ORG--NAME per repository, in it snapshots/REVISION for every
// revision that was fetched, whole or in part, and refs/NAME with the revision that a branch or a tag was last seen at.
// Ollama: blobs/sha256-… holds the weights without a name, and manifests/REGISTRY/OWNER/NAME/TAG names the blob.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rankscope {

// Called models--… and with snapshots in it, or laid out as an entry under another name. A folder that merely has a
// child of that name is none.
bool isHubEntry(const std::filesystem::path& folder);

// "models--ORG--NAME" → "ORG/NAME"; empty for another name.
std::string repositoryName(std::string_view folderName);

struct HubSnapshot {
    std::filesystem::path folder;
    std::string revision;
    std::string note;  // why it is not the one of refs/main; empty if it is
};

// The snapshot that refs/main names if it is complete, else the newest complete one; if there is none, the one that
// would have been read. Nothing if the entry has no snapshots. `missing` says what a snapshot lacks to be complete:
// empty, nothing; nullopt, it holds what cannot be read at all, and nothing should take its place.
using Lack = std::function<std::optional<std::string>(const std::filesystem::path& snapshot)>;
std::optional<HubSnapshot> chooseSnapshot(const std::filesystem::path& entry, const Lack& missing);

// Of ENTRY/refs/NAME, a file: the snapshot that it names. Nothing for another path.
std::optional<std::filesystem::path> snapshotOfRef(const std::filesystem::path& file);

// Where a folder or file lies in a cache.
struct HubPlace {
    std::string repository;      // "ORG/NAME"
    std::string revision;        // empty: not in a snapshot
    std::filesystem::path rest;  // below the snapshot
};
std::optional<HubPlace> hubPlaceOf(const std::filesystem::path& path);

// The revision that a folder was downloaded at, as the hub's own client notes it there; empty if it does not say.
std::string downloadedRevision(const std::filesystem::path& folder);

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

// Absolute, without ".", ".." and a slash at the end, links as they were named: only a ".." behind a link follows it,
// as the system does.
std::filesystem::path locationOf(const std::filesystem::path& given);

// The repository of a hub's cache ("org/name", and below it a sub-folder), what Ollama's manifests call a blob, the
// stem of a file without the number of its part, the folder of a file that is called like any other
// ("model.safetensors", "ggml-model-q4_0.gguf"), or the folder itself. Never empty.
std::string modelName(const std::filesystem::path& location, bool isFile);

}  // namespace rankscope
