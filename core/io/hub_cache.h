// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The cache of the Hugging Face hub: one entry models--ORG--NAME per repository, in it snapshots/REVISION for every
// revision that was fetched, whole or in part, and refs/NAME with the revision that a branch or a tag was last seen at.
// Any thread.
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

}  // namespace rankscope
