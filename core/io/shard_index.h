// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// model.safetensors.index.json: which shards a checkpoint has, and which tensor is said to be in which. Any thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace rankscope {

inline constexpr std::string_view wholeFileName = "model.safetensors";
inline constexpr std::string_view shardIndexName = "model.safetensors.index.json";

struct ShardIndex {
    std::filesystem::path path;
    std::map<std::string, std::string> shardOf;  // tensor → shard, a name below the index's folder

    // In the order of their names, which is the one in which transformers reads them.
    std::set<std::string> shards() const;
};

// Error also where a name leads out of the folder, by itself: links are followed, wherever they lead.
ShardIndex readShardIndex(const std::filesystem::path& path);

// "weight_map["w"]", for errors.
std::string weightMapEntry(const std::string& tensor);

// "model-00002-of-00003.safetensors": number 2 of count 3, whatever the numbers.
struct PartName {
    std::string base, extension;  // "model", ".safetensors"
    int number = 1, count = 1;
};
std::optional<PartName> partNameOf(const std::filesystem::path& path);

// One of several by its name.
bool isShardName(const std::filesystem::path& path);

}  // namespace rankscope
