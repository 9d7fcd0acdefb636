// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hash_memory.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "core/io/json_file.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t maxEntryBytes = 64u << 20;
constexpr std::size_t maxEntries = 500;  // files remembered; a few KB each

std::string absoluteName(const FileReader& file) {
    std::error_code ignored;
    return fs::absolute(file.path(), ignored).lexically_normal().string();
}

// All that says that a file is as it was.
json identityOf(const FileReader& file) {
    const FileStamp& stamp = file.stamp();
    ContentHash path;  // its bytes need not be UTF-8
    path.addField(absoluteName(file));
    return {{"version", 1},       {"path", hexText(path.value())}, {"device", stamp.device},     {"inode", stamp.inode},
            {"size", stamp.size}, {"modified_ns", stamp.modified}, {"changed_ns", stamp.changed}};
}

bool isSettled(const FileStamp& stamp) {
    constexpr std::chrono::nanoseconds settled = std::chrono::seconds(3);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const std::chrono::nanoseconds written(std::max(stamp.modified, stamp.changed));
    return written + settled < std::chrono::duration_cast<std::chrono::nanoseconds>(now);
}

}  // namespace

HashMemory HashMemory::ofUser() {
    const char* cache = std::getenv("XDG_CACHE_HOME");  // NOLINT(concurrency-mt-unsafe): nobody sets variables
    if (cache != nullptr && *cache == '/')
        return HashMemory(fs::path(cache) / "rankscope" / "hashes");
    const char* home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe)
    return HashMemory(home != nullptr && *home == '/' ? fs::path(home) / ".cache" / "rankscope" / "hashes"
                                                      : fs::path());
}

fs::path HashMemory::entryOf(const FileReader& file) const {
    ContentHash name;
    name.addField(absoluteName(file));
    return m_folder / (hexText(name.value()) + ".json");
}

HashMemory::Hashes HashMemory::recall(const FileReader& file) const {
    Hashes hashes;
    std::error_code ignored;
    if (m_folder.empty() || !fs::exists(entryOf(file), ignored))
        return hashes;
    try {
        const json entry = readJsonFile(entryOf(file), maxEntryBytes, {.requireObject = true});
        if (entry.value("file", json()) != identityOf(file))
            return hashes;
        for (const auto& [name, hex] : entry.at("tensors").items())
            if (const auto hash = hashOfHex(hex.get<std::string>()))
                hashes.emplace(name, *hash);
    } catch (const std::exception&) {  // damaged: as if it were not there
        return {};
    }
    return hashes;
}

void HashMemory::remember(const FileReader& file, const Hashes& hashes) const {
    if (m_folder.empty() || !isSettled(file.stamp()) || file.stampNow() != file.stamp())
        return;
    std::error_code failure;
    fs::create_directories(m_folder, failure);
    json tensors = json::object();
    for (const auto& [name, hash] : hashes)
        tensors[name] = hexText(hash);
    const fs::path entry = entryOf(file);
    const fs::path part = entry.string() + "." + std::to_string(::getpid());
    {
        std::ofstream out(part, std::ios::binary);
        out << json{{"file", identityOf(file)}, {"tensors", std::move(tensors)}}.dump(-1, ' ', false,
                                                                                      json::error_handler_t::replace);
        if (!out.flush())
            failure = std::make_error_code(std::errc::io_error);
    }
    if (!failure)
        fs::rename(part, entry, failure);
    if (failure)
        fs::remove(part, failure);
    forgetOldest();
}

void HashMemory::forgetOldest() const {
    std::vector<std::pair<fs::file_time_type, fs::path>> entries;
    std::error_code error;
    for (fs::directory_iterator it(m_folder, error), end; !error && it != end; it.increment(error))
        entries.emplace_back(it->last_write_time(error), it->path());
    if (entries.size() <= maxEntries)
        return;
    std::ranges::sort(entries);
    entries.resize(entries.size() - maxEntries);
    for (const auto& [time, path] : entries)
        fs::remove(path, error);
}

}  // namespace rankscope
