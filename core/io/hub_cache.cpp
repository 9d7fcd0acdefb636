// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hub_cache.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>

namespace rankscope {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view entryPrefix = "models--";

bool isFolder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

// The first line of a small file, without white space; empty if there is none.
std::string firstWord(const fs::path& path) {
    std::error_code ignored;
    std::string word;
    if (fs::is_regular_file(path, ignored))  // reading from a pipe would wait
        std::ifstream(path) >> word;
    constexpr std::size_t longest = 256;  // than any name of a folder
    return word.size() <= longest ? word : std::string();
}

// Its name as it was given, or that of the folder it is a link to.
bool isCalledEntry(const fs::path& folder) {
    if (folder.filename().string().starts_with(entryPrefix))
        return true;
    std::error_code ignored;
    return fs::canonical(folder, ignored).filename().string().starts_with(entryPrefix);
}

// The snapshot called so; empty if `revision` is no name or the snapshot is not there.
fs::path snapshotCalled(const fs::path& entry, const std::string& revision) {
    const bool isName =
        !revision.empty() && revision.find_first_of("/\\") == std::string::npos && revision != "." && revision != "..";
    const fs::path folder = entry / "snapshots" / revision;
    return isName && isFolder(folder) ? folder : fs::path();
}

// Newest first.
std::vector<fs::path> snapshotsOf(const fs::path& entry) {
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    std::error_code error;
    for (fs::directory_iterator it(entry / "snapshots", error), end; !error && it != end; it.increment(error))
        if (isFolder(it->path())) {
            std::error_code ignored;
            found.emplace_back(fs::last_write_time(it->path(), ignored), it->path());
        }
    std::ranges::sort(found, std::greater<>());
    std::vector<fs::path> snapshots;
    snapshots.reserve(found.size());
    for (auto& [time, path] : found)
        snapshots.push_back(std::move(path));
    return snapshots;
}

HubSnapshot snapshotAt(const fs::path& folder, std::string note = {}) {
    return {folder, folder.filename().string(), std::move(note)};
}

}  // namespace

bool isHubEntry(const fs::path& folder) {
    return isFolder(folder / "snapshots") &&
           (isCalledEntry(folder) || (isFolder(folder / "refs") && isFolder(folder / "blobs")));
}

std::string repositoryName(std::string_view folderName) {
    if (!folderName.starts_with(entryPrefix))
        return {};
    std::string name(folderName.substr(entryPrefix.size()));
    if (const std::size_t at = name.find("--"); at != std::string::npos)
        name.replace(at, 2, "/");
    return name;
}

std::optional<HubSnapshot> chooseSnapshot(const fs::path& entry, const Lack& missing) {
    const std::vector<fs::path> snapshots = snapshotsOf(entry);
    if (snapshots.empty())
        return std::nullopt;
    const std::string named = firstWord(entry / "refs" / "main");
    const fs::path main = snapshotCalled(entry, named);
    std::string why = "refs/main is not there";
    if (!main.empty()) {
        const std::optional<std::string> lack = missing(main);
        if (!lack || lack->empty())
            return snapshotAt(main);
        why = "refs/main, " + named + ", is not complete (" + *lack + ")";
    } else if (!named.empty()) {
        why = "refs/main, " + named + ", was not downloaded";
    }
    for (const fs::path& snapshot : snapshots) {
        const std::optional<std::string> lack = missing(snapshot);
        if (!lack || !lack->empty())
            continue;
        const bool only = snapshots.size() == 1 && named.empty();  // nothing to choose from
        return snapshotAt(snapshot, only ? "" : why + ": revision " + snapshot.filename().string() + " was read");
    }
    return snapshotAt(main.empty() ? snapshots.front() : main);
}

std::optional<fs::path> snapshotOfRef(const fs::path& file) {
    // Names of branches may have slashes in them: refs/pr/1.
    for (fs::path at = file.parent_path(); at.has_relative_path(); at = at.parent_path()) {
        if (at.filename() != "refs" || !isHubEntry(at.parent_path()))
            continue;
        if (const fs::path snapshot = snapshotCalled(at.parent_path(), firstWord(file)); !snapshot.empty())
            return snapshot;
        return std::nullopt;
    }
    return std::nullopt;
}

std::optional<HubPlace> hubPlaceOf(const fs::path& path) {
    std::optional<HubPlace> place;
    for (auto part = path.begin(); part != path.end(); ++part) {
        const std::string repository = repositoryName(part->string());
        if (repository.empty())
            continue;
        place = HubPlace{repository, {}, {}};
        auto below = std::next(part);
        if (below == path.end() || *below != "snapshots" || ++below == path.end())
            continue;
        place->revision = below->string();
        while (++below != path.end())
            place->rest /= *below;
    }
    return place;
}

std::string downloadedRevision(const fs::path& folder) {
    constexpr std::array names{"config.json.metadata", "model.safetensors.metadata",
                               "model.safetensors.index.json.metadata"};
    constexpr std::size_t hashLength = 40;
    const auto isHex = [](unsigned char c) { return std::isxdigit(c) != 0; };
    for (const char* name : names) {
        std::string word = firstWord(folder / ".cache" / "huggingface" / "download" / name);
        if (word.size() == hashLength && std::ranges::all_of(word, isHex))
            return word;
    }
    return {};
}

}  // namespace rankscope
