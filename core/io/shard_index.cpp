// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/shard_index.h"

#include "core/base/error.h"
#include "core/io/json_file.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t maxIndexBytes = 64u << 20;

// A backslash would separate folders elsewhere, and the system would take NUL for the end of the name.
bool staysInside(const std::string& name) {
    constexpr std::string_view forbidden("\\\0", 2);
    const fs::path path = fs::path(name).lexically_normal();
    return !name.empty() && name.find_first_of(forbidden) == std::string::npos && path.is_relative() &&
           path.has_filename() && path != "." && *path.begin() != "..";
}

}  // namespace

std::set<std::string> ShardIndex::shards() const {
    std::set<std::string> names;
    for (const auto& [tensor, shard] : shardOf)
        names.insert(shard);
    return names;
}

std::string weightMapEntry(const std::string& tensor) {
    return "weight_map[\"" + tensor + "\"]";
}

ShardIndex readShardIndex(const fs::path& path) {
    const nlohmann::json index = readJsonFile(path, maxIndexBytes, {.requireObject = true});
    const auto found = index.find("weight_map");
    if (found == index.end() || !found->is_object())
        throw Error(ErrorCode::malformed, path.string(), "weight_map", "object of strings",
                    found == index.end() ? "none" : jsonKind(*found));
    ShardIndex result{path, {}};
    for (const auto& [tensor, value] : found->items()) {
        if (!value.is_string())
            throw Error(ErrorCode::malformed, path.string(), weightMapEntry(tensor), "string", jsonKind(value));
        const auto& name = value.get_ref<const std::string&>();
        if (!staysInside(name))
            throw Error(ErrorCode::malformed, path.string(), weightMapEntry(tensor), "file name in model folder",
                        "\"" + name + "\"");
        result.shardOf[tensor] = fs::path(name).lexically_normal().string();
    }
    return result;
}

std::optional<PartName> partNameOf(const fs::path& path) {
    constexpr std::string_view pattern = "-00000-of-00000";
    PartName part{path.stem().string(), path.extension().string()};
    if (part.base.size() < pattern.size())
        return std::nullopt;
    const std::string tail = part.base.substr(part.base.size() - pattern.size());
    for (std::size_t i = 0; i < pattern.size(); ++i)
        if (pattern[i] == '0' ? tail[i] < '0' || tail[i] > '9' : tail[i] != pattern[i])
            return std::nullopt;
    part.base.resize(part.base.size() - pattern.size());
    part.number = std::stoi(tail.substr(1));
    part.count = std::stoi(tail.substr(10));
    return part;
}

bool isShardName(const fs::path& path) {
    const auto part = partNameOf(path);
    return part && part->count != 1;
}

}  // namespace rankscope
