// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Remembers the hashes of tensors from one run to the next, for files that nobody has written since: their path,
// device, inode, size and both times are what they were. Any thread, any number of processes. Never an Error: what
// cannot be read or written is not remembered.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "core/io/content_hash.h"
#include "core/io/file_reader.h"

namespace rankscope {

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

}  // namespace rankscope
