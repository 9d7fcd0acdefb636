// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/model_stores.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/io/file_reader.h"
#include "core/io/gguf_file.h"
#include "core/io/json_file.h"
#include "core/io/shard_index.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view entryPrefix = "models--";

// The first line of a small file, without white space; empty if there is none.
std::string firstWord(const fs::path& path) {
    std::string word;
    if (isRegularFile(path))
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

std::vector<fs::path> snapshotsOf(const fs::path& entry) {
    std::vector<fs::path> snapshots = newestFirst(entry / "snapshots");
    std::erase_if(snapshots, [](const fs::path& path) { return !isFolder(path); });
    return snapshots;
}

HubSnapshot snapshotAt(const fs::path& folder, std::string note = {}) {
    return {folder, folder.filename().string(), std::move(note)};
}

using Visit = std::function<void()>;

constexpr std::uint64_t maxManifestBytes = 1u << 20;
constexpr int maxDepth = 8;  // folders below manifests: four, and some to spare

// The blob that a manifest names as the model; empty if there is none.
fs::path modelBlob(const fs::path& manifest, const fs::path& blobs) {
    try {
        const nlohmann::json content = readJsonFile(manifest, maxManifestBytes, {.requireObject = true});
        for (const auto& layer : content.value("layers", nlohmann::json::array())) {
            if (layer.value("mediaType", "") != "application/vnd.ollama.image.model")
                continue;
            std::string name = layer.value("digest", "");  // "sha256:0123…", and so are the files of old versions
            if (!name.starts_with("sha256:") || name.find_first_of("/\\") != std::string::npos)
                continue;
            if (startsWithGguf(blobs / name))
                return blobs / name;
            name[name.find(':')] = '-';
            if (startsWithGguf(blobs / name))
                return blobs / name;
        }
    } catch (const std::exception&) {  // not a manifest
    }
    return {};
}

// manifests/REGISTRY/library/NAME/TAG, or …/OWNER/NAME/TAG
std::string nameOfManifest(const fs::path& manifest) {
    const fs::path model = manifest.parent_path();
    const std::string name = model.filename().string() + ":" + manifest.filename().string();
    const std::string owner = model.parent_path().filename().string();
    return owner == "library" ? name : owner + "/" + name;
}

void lookIn(const fs::path& folder, const fs::path& root, int depth, const Visit& visit,
            const std::function<void(const OllamaModel&)>& found) {
    for (const fs::directory_entry& entry : folderEntries(folder, visit)) {
        std::error_code ignored;
        if (entry.is_directory(ignored)) {
            if (depth > 0 && !entry.is_symlink(ignored))
                lookIn(entry.path(), root, depth - 1, visit, found);
        } else if (const fs::path blob = modelBlob(entry.path(), root / "blobs"); !blob.empty()) {
            found({blob, nameOfManifest(entry.path())});
        }
    }
}

// As the shell shows it, through links, where it says so and it is true.
fs::path currentFolder() {
    std::error_code error;
    const char* shown = std::getenv("PWD");
    if (shown && fs::path(shown).is_absolute() && fs::equivalent(shown, ".", error))
        return shown;
    return fs::current_path(error);
}

// Everything up to the last ".." as the system resolves it.
fs::path withoutParents(const fs::path& path) {
    fs::path head, tail;
    for (const fs::path& part : path) {
        tail /= part;
        if (part == "..") {
            head /= tail;
            tail.clear();
        }
    }
    std::error_code error;
    const fs::path resolved = head.empty() ? fs::path() : fs::canonical(head, error);
    return error ? path : resolved / tail;
}

// Says what kind of file it is, not which: the folder says that.
bool isCalledLikeAny(const std::string& stem) {
    constexpr std::array stems{"model", "ggml-model", "pytorch_model", "consolidated"};
    for (const std::string_view name : stems)
        if (stem == name ||
            (stem.starts_with(name) && std::string_view(".-_").find(stem[name.size()]) != std::string_view::npos))
            return true;
    return false;
}

std::string stemOf(const fs::path& file) {
    if (const auto split = ggufSplitName(file))
        return split->base;
    const fs::path extension = file.extension();
    return (extension == ".gguf" || extension == ".safetensors" ? file.stem() : file.filename()).string();
}

// The name of the folder, or "/" for the root.
std::string folderName(const fs::path& folder) {
    const std::string name = folder.filename().string();
    return name.empty() ? folder.string() : name;
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

void forEachOllamaModel(const fs::path& root, const Visit& visit,
                        const std::function<void(const OllamaModel&)>& found) {
    lookIn(root / "manifests", root, maxDepth, visit, found);
}

fs::path ollamaBlobOf(const fs::path& manifest) {
    for (fs::path at = manifest.parent_path(); at.has_filename(); at = at.parent_path())
        if (at.filename() == "manifests")
            return modelBlob(manifest, at.parent_path() / "blobs");
    return {};
}

std::string ollamaNameOf(const fs::path& blob) {
    if (!blob.filename().string().starts_with("sha256") || blob.parent_path().filename() != "blobs")
        return {};
    std::string name;
    forEachOllamaModel(
        blob.parent_path().parent_path(), [] {},
        [&](const OllamaModel& model) {
            if (name.empty() && model.blob.filename() == blob.filename())
                name = model.name;
        });
    return name;
}

fs::path locationOf(const fs::path& given) {
    const fs::path absolute = given.is_absolute() ? given : currentFolder() / given;
    fs::path location = withoutParents(absolute).lexically_normal();
    if (!location.has_filename() && location.has_relative_path())
        location = location.parent_path();
    return location;
}

std::string modelName(const fs::path& location, bool isFile) {
    if (isFile)
        if (std::string name = ollamaNameOf(location); !name.empty())
            return name;
    std::string stem = isFile ? stemOf(location) : std::string();
    const std::optional<HubPlace> place = hubPlaceOf(location);
    const bool named = isFile && !isCalledLikeAny(stem) && (!place || !place->rest.empty());
    if (named)
        return stem;
    if (!place)
        return folderName(isFile ? location.parent_path() : location);
    const fs::path below = isFile ? place->rest.parent_path() : place->rest;
    return below.empty() ? place->repository : place->repository + "/" + below.generic_string();
}

}  // namespace rankscope
