// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The identity of an open checkpoint: a hash of every byte of every tensor and of its configuration. Tensors are hashed
// one by one, in any order, so that a run can do it while their bytes are in memory anyway. Any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/io/content_hash.h"
#include "core/io/file_reader.h"
#include "core/io/weight_file.h"

namespace rankscope {

// Remembers the hashes of tensors from one run to the next, for files that nobody has written since: their path,
// device, inode, size and both times are what they were. Any thread, any number of processes. Never an Error: what
// cannot be read or written is not remembered.
class HashMemory {
public:
    using Hashes = std::map<std::string, Hash128>;  // by the name of the tensor

    // Below XDG_CACHE_HOME or ~/.cache; remembers nothing where there is neither.
    static HashMemory ofUser();
    // An empty path: remembers nothing.
    explicit HashMemory(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    // What is known of the file as it was when it was opened.
    Hashes recall(const FileReader& file) const;
    // Remembers nothing of a file that was written in the last seconds: another write could leave the same times.
    void remember(const FileReader& file, const Hashes& hashes) const;

private:
    std::filesystem::path entryOf(const FileReader& file) const;
    void forgetOldest() const;

    std::filesystem::path m_folder;
};

class TensorHashes {
public:
    struct Named {
        std::string name;
        Hash128 hash;
    };

    // Knows at once what is remembered of the files. `file` must outlive this.
    explicit TensorHashes(const WeightFile& file, HashMemory memory = HashMemory::ofUser());

    // Hashes those of the tensors whose hash is not known, and waits for those that another thread is at. Returns when
    // all are known or a stop was requested. REQUIRES that the file has them, by name. Error as FileReader::read.
    void hash(std::span<const TensorInfo* const> tensors, const std::stop_token& stop);
    // All that is left, on context.threads() threads, and remembers it. Error if a file was written since it was
    // opened: nobody could say what was computed with. Cancelled.
    void hashAll(const JobContext& context);

    std::vector<Named> known() const;  // by name

    // Of names, types and shapes of the tensors and of the configuration, but for what is about the tokenizer.
    const std::string& structure() const { return m_structure; }
    // Of that and all tensors: the same for two checkpoints that give the same numbers, wherever they lie and however
    // their tensors are spread over files. Empty until all are known.
    std::string fingerprint() const;

private:
    enum class State : std::uint8_t { unknown, begun, known };
    bool claim(std::size_t index, const std::stop_token& stop);
    void settle(std::size_t index, const Hash128* hash);
    bool hashOne(std::size_t index, const std::stop_token& stop);

    const WeightFile& m_file;
    const HashMemory m_memory;
    std::string m_structure;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::vector<State> m_states;  // by index into tensors()
    std::vector<Hash128> m_hashes;
    bool m_isNews = false;  // something was hashed that was not remembered
};

// TensorHashes::fingerprint() of the whole checkpoint, computed here and now.
std::string fingerprintOf(const WeightFile& file, const JobContext& context = {});

}  // namespace rankscope
