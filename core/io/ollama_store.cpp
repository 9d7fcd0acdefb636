// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/ollama_store.h"

#include <nlohmann/json.hpp>

#include "core/io/folder_entries.h"
#include "core/io/gguf_file.h"
#include "core/io/json_file.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;
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

}  // namespace

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

}  // namespace rankscope
