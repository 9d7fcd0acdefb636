// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/model_name.h"

#include <array>
#include <cstdlib>
#include <optional>

#include "core/io/gguf_file.h"
#include "core/io/hub_cache.h"
#include "core/io/ollama_store.h"
#include "core/io/shard_index.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;

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
