// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors_file.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/io/json_file.h"
#include "core/io/safetensors_header.h"
#include "core/io/tensor_reader.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view wholeName = "model.safetensors";
constexpr std::string_view indexName = "model.safetensors.index.json";
constexpr std::uint64_t maxIndexBytes = 64u << 20;
constexpr std::string_view separators("/\\\0", 3);  // NUL: the system would take it for the end of the name

bool isPresent(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

// Tensor name → file name, as the index has it.
using WeightMap = std::map<std::string, std::string>;

std::string entryName(const std::string& tensor) {
    return "weight_map[\"" + tensor + "\"]";
}

WeightMap readIndex(const fs::path& path) {
    const json index = readJsonFile(path, maxIndexBytes, {.requireObject = true});
    const auto found = index.find("weight_map");
    if (found == index.end() || !found->is_object())
        throw Error(ErrorCode::malformed, path.string(), "weight_map", "object of strings",
                    found == index.end() ? "none" : jsonKind(*found));
    WeightMap map;
    for (const auto& [tensor, value] : found->items()) {
        if (!value.is_string())
            throw Error(ErrorCode::malformed, path.string(), entryName(tensor), "string", jsonKind(value));
        const auto& name = value.get_ref<const std::string&>();
        if (name.empty() || name == "." || name == ".." || name.find_first_of(separators) != std::string::npos)
            throw Error(ErrorCode::malformed, path.string(), entryName(tensor), "file name in model folder",
                        "\"" + name + "\"");
        map[tensor] = name;
    }
    return map;
}

// The folder that a link may not leave: a snapshot of the Hugging Face cache links to blobs of its own entry.
fs::path boundaryOf(const fs::path& folder) {
    std::error_code ignored;
    const fs::path real = fs::canonical(folder, ignored);
    const fs::path entry = real.parent_path().parent_path();
    const bool snapshot =
        real.parent_path().filename() == "snapshots" && entry.filename().string().starts_with("models--");
    return snapshot ? entry : real;
}

bool isInside(const fs::path& path, const fs::path& folder) {
    const auto [rest, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    return rest == folder.end();
}

void checkShard(const fs::path& index, const std::string& tensor, const std::string& name) {
    const fs::path path = index.parent_path() / name;
    std::error_code error;
    const fs::file_status link = fs::symlink_status(path, error);
    if (!fs::exists(link))
        throw Error(ErrorCode::missing, index.string(), "shard " + name, "present", "none");
    const auto fail = [&](std::string_view found) {
        throw Error(ErrorCode::malformed, index.string(), entryName(tensor), "regular file inside folder", found);
    };
    if (fs::is_symlink(link)) {
        const fs::path target = fs::canonical(path, error);
        if (error)
            throw Error(ErrorCode::missing, index.string(), "shard " + name, "present", "broken link");
        if (!isInside(target, boundaryOf(index.parent_path())))
            fail("symlink");
    }
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status))
        fail("directory");
    if (fs::is_fifo(status))
        fail("pipe");
    if (!fs::is_regular_file(status))
        fail("device");
}

class SafetensorsFile final : public WeightFile {
public:
    // `weights` is a .safetensors file or an index.
    SafetensorsFile(fs::path path, fs::path folder, const fs::path& weights)
        : m_path(std::move(path)), m_folder(std::move(folder)) {
        m_metadata = readJsonFile(m_folder / "config.json", maxConfigBytes, {.requireObject = true});
        if (weights.filename() == indexName)
            addShards(weights);
        else
            m_tensors = readSafetensorsHeader(m_parts.emplace_back(weights), m_warnings);
        indexNames();
    }

    NamingScheme naming() const override { return NamingScheme::huggingFace; }
    const fs::path& path() const override { return m_path; }
    const json& metadata() const override { return m_metadata; }
    const std::vector<TensorInfo>& tensors() const override { return m_tensors; }
    fs::path tokenizerPath() const override { return m_folder; }

    void readRows(const TensorInfo& info, std::int64_t firstRow, std::int64_t rowCount,
                  std::span<float> out) const override {
        readTensorRows(partOf(m_parts, info), info, {"dtype", "F16/BF16/F32/F64"}, firstRow, rowCount, out);
    }

    std::span<const FileReader> parts() const override { return m_parts; }

private:
    // Only the files that the index names are opened, and only the tensors that it names are taken.
    void addShards(const fs::path& index) {
        const WeightMap map = readIndex(index);
        std::map<std::string, std::string> shards;  // file → the first tensor said to be in it
        for (const auto& [tensor, shard] : map)
            shards.try_emplace(shard, tensor);
        std::map<std::string, std::string> places;  // tensor → "A and B", the files that hold it
        for (const auto& [shard, tensor] : shards) {
            checkShard(index, tensor, shard);
            const int part = static_cast<int>(m_parts.size());
            for (TensorInfo& info :
                 readSafetensorsHeader(m_parts.emplace_back(index.parent_path() / shard), m_warnings)) {
                if (!map.contains(info.name))
                    continue;
                std::string& place = places[info.name];
                place += (place.empty() ? "" : " and ") + shard;
                info.part = part;
                m_tensors.push_back(std::move(info));
            }
        }
        for (const auto& [tensor, shard] : map) {
            const std::string& place = places[tensor];
            if (place != shard)
                throw Error(ErrorCode::mismatch, index.string(), tensor, "in shard " + shard + " only",
                            place.empty() ? "none" : "in " + place);
        }
    }

    fs::path m_path, m_folder;
    std::vector<FileReader> m_parts;
    json m_metadata;
    std::vector<TensorInfo> m_tensors;
};

std::unique_ptr<WeightFile> openFolder(const fs::path& path, const fs::path& folder) {
    if (!isPresent(folder / "config.json"))
        throw Error(ErrorCode::missing, folder.string(), "config.json", "present", "none");
    for (const std::string_view name : {wholeName, indexName})
        if (isPresent(folder / name))
            return std::make_unique<SafetensorsFile>(path, folder, folder / name);
    const bool pickled = isPresent(folder / "pytorch_model.bin") || isPresent(folder / "pytorch_model.bin.index.json");
    throw Error(pickled ? ErrorCode::unsupported : ErrorCode::missing, folder.string(), "weights",
                std::string(wholeName) + " or " + std::string(indexName), pickled ? "pytorch_model.bin" : "none");
}

bool isDirectory(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

}  // namespace

bool recognisesSafetensors(const fs::path& path) {
    std::error_code ignored;
    return path.extension() == ".safetensors" && fs::is_regular_file(path, ignored);
}

std::unique_ptr<WeightFile> openSafetensors(const fs::path& path) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    if (!isPresent(folder / "config.json"))
        throw Error(ErrorCode::missing, path.string(), "config.json beside it", "present", "none");
    const fs::path index = folder / indexName;
    const bool isShard = isPresent(index) && std::ranges::any_of(readIndex(index), [&](const auto& entry) {
                             return entry.second == path.filename();
                         });
    return std::make_unique<SafetensorsFile>(path, folder, isShard ? index : path);
}

bool recognisesHubCache(const fs::path& path) {
    return isDirectory(path / "snapshots");
}

std::unique_ptr<WeightFile> openHubCache(const fs::path& path) {
    fs::path newest;
    fs::file_time_type newestTime = fs::file_time_type::min();
    std::error_code error;
    for (fs::directory_iterator it(path / "snapshots", error), end; !error && it != end; it.increment(error)) {
        const fs::file_time_type time = fs::last_write_time(it->path(), error);
        if (!isDirectory(it->path()) ||
            (!newest.empty() && std::pair(time, it->path()) < std::pair(newestTime, newest)))
            continue;
        newest = it->path();
        newestTime = time;
    }
    if (newest.empty())
        throw Error(ErrorCode::missing, path.string(), "snapshots", "at least one", error ? error.message() : "none");
    return openFolder(path, newest);
}

bool recognisesModelFolder(const fs::path& path) {
    return isDirectory(path);
}

std::unique_ptr<WeightFile> openModelFolder(const fs::path& path) {
    return openFolder(path, path);
}

}  // namespace rankscope
