// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tensor_hashes.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/error.h"
#include "core/io/file_reader.h"
#include "core/io/json_file.h"

namespace rankscope {

namespace {

// Keys that say how the files are cut or how text becomes ids: the tokenizer has a fingerprint of its own.
bool isOfConfiguration(std::string_view key) {
    return !key.starts_with(tokenizerKeys) && !key.starts_with("split.");
}

std::vector<const TensorInfo*> byName(const WeightFile& file) {
    std::vector<const TensorInfo*> tensors;
    for (const TensorInfo& info : file.tensors())
        tensors.push_back(&info);
    std::ranges::sort(tensors, {}, [](const TensorInfo* info) -> const std::string& { return info->name; });
    return tensors;
}

std::string structureOf(const WeightFile& file) {
    ContentHash hash;
    addMetadata(file, isOfConfiguration, hash);
    for (const TensorInfo* info : byName(file)) {
        hash.addField(info->name);
        hash.addField(info->type);
        for (const std::int64_t extent : info->shape)
            hash.addField(std::to_string(extent));
    }
    return hash.fingerprint();
}

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

TensorHashes::TensorHashes(const WeightFile& file, HashMemory memory)
    : m_file(file),
      m_memory(std::move(memory)),
      m_structure(structureOf(file)),
      m_states(file.tensors().size(), State::unknown),
      m_hashes(file.tensors().size()) {
    std::vector<HashMemory::Hashes> remembered;
    for (const FileReader& part : file.parts())
        remembered.push_back(m_memory.recall(part));
    for (std::size_t i = 0; i < m_states.size(); ++i) {
        const TensorInfo& info = file.tensors()[i];
        const HashMemory::Hashes& ofPart = remembered.at(static_cast<std::size_t>(info.part));
        if (const auto found = ofPart.find(info.name); found != ofPart.end()) {
            m_states[i] = State::known;
            m_hashes[i] = found->second;
        }
    }
}

// Whether the caller is the one to hash the tensor. Waits while another is at it, who may yet give up.
bool TensorHashes::claim(std::size_t index, const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, stop, [&] { return m_states[index] != State::begun; });
    if (m_states[index] != State::unknown)
        return false;
    m_states[index] = State::begun;
    return true;
}

void TensorHashes::settle(std::size_t index, const Hash128* hash) {
    {
        const std::lock_guard lock(m_mutex);
        m_states[index] = hash ? State::known : State::unknown;
        if (hash)
            m_hashes[index] = *hash;
        m_isNews = m_isNews || hash;
    }
    m_changed.notify_all();
}

bool TensorHashes::hashOne(std::size_t index, const std::stop_token& stop) {
    const TensorInfo& info = m_file.tensors()[index];
    const FileReader& part = m_file.parts()[static_cast<std::size_t>(info.part)];
    ContentHash hash;
    try {
        hash.addStretch(part, info.offset, info.bytes, info.name, stop);
    } catch (...) {
        settle(index, nullptr);
        throw;
    }
    const Hash128 value = hash.value();
    settle(index, stop.stop_requested() ? nullptr : &value);
    return !stop.stop_requested();
}

void TensorHashes::hash(std::span<const TensorInfo* const> tensors, const std::stop_token& stop) {
    for (const TensorInfo* info : tensors) {
        // By its name: a control's tensors are copies.
        const auto index = static_cast<std::size_t>(m_file.find(info->name) - m_file.tensors().data());
        while (!stop.stop_requested() && claim(index, stop))
            if (hashOne(index, stop))
                break;
    }
}

void TensorHashes::hashAll(const JobContext& context) {
    const std::vector<TensorInfo>& tensors = m_file.tensors();
    parallelFor(static_cast<int>(tensors.size()), context, [&](int i) {
        const TensorInfo* const tensor = &tensors[static_cast<std::size_t>(i)];
        hash({&tensor, 1}, context.stopToken());
    });
    context.throwIfStopped();
    for (const FileReader& part : m_file.parts())
        if (const FileStamp now = part.stampNow();
            now.modified != part.stamp().modified || now.size != part.stamp().size)
            throw Error(ErrorCode::mismatch, part.name(), "file", "as it was when the run began",
                        "written to meanwhile");
    if (!std::exchange(m_isNews, false))
        return;
    std::vector<HashMemory::Hashes> ofParts(m_file.parts().size());
    for (std::size_t i = 0; i < tensors.size(); ++i)
        ofParts[static_cast<std::size_t>(tensors[i].part)].emplace(tensors[i].name, m_hashes[i]);
    for (std::size_t part = 0; part < ofParts.size(); ++part)
        m_memory.remember(m_file.parts()[part], ofParts[part]);
}

std::vector<TensorHashes::Named> TensorHashes::known() const {
    const std::lock_guard lock(m_mutex);
    std::vector<Named> result;
    for (const TensorInfo* info : byName(m_file)) {
        const auto index = static_cast<std::size_t>(info - m_file.tensors().data());
        if (m_states[index] == State::known)
            result.push_back({info->name, m_hashes[index]});
    }
    return result;
}

std::string TensorHashes::fingerprint() const {
    const std::vector<Named> all = known();
    if (all.size() != m_file.tensors().size())
        return {};
    ContentHash hash;
    hash.addField(m_structure);
    for (const Named& tensor : all) {
        hash.addField(tensor.name);
        hash.addField(hexText(tensor.hash));
    }
    return hash.fingerprint();
}

std::string fingerprintOf(const WeightFile& file, const JobContext& context) {
    TensorHashes hashes(file);
    hashes.hashAll(context);
    return hashes.fingerprint();
}

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
    if (m_folder.empty() || !isPresent(entryOf(file)))
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
    const std::vector<fs::path> entries = newestFirst(m_folder);
    std::error_code ignored;
    for (std::size_t i = maxEntries; i < entries.size(); ++i)
        fs::remove(entries[i], ignored);
}

}  // namespace rankscope
