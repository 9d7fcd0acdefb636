// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A regular file open for reading at checked offsets. It reads with pread and does not map: a mapped file that another
// program cuts short kills the reader. Any thread; reads may overlap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace rankscope {

// Which file this is and when it was written last, in nanoseconds since 1970.
struct FileStamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t modified = 0, changed = 0;  // contents; contents, names or rights
    bool operator==(const FileStamp&) const = default;
};

class FileReader {
public:
    // Error: "file: expected present, found none" (or absenceOf(path)), "file: expected regular file, found directory",
    // or what the system says.
    explicit FileReader(std::filesystem::path path);
    FileReader(FileReader&& other) noexcept;
    FileReader(const FileReader&) = delete;
    FileReader& operator=(const FileReader&) = delete;
    FileReader& operator=(FileReader&&) = delete;
    ~FileReader();

    const std::filesystem::path& path() const { return m_path; }
    std::string name() const { return m_path.string(); }  // for Error
    std::uint64_t size() const { return m_stamp.size; }   // when it was opened
    const FileStamp& stamp() const { return m_stamp; }    // likewise
    FileStamp stampNow() const;                           // of the open file; empty if the system cannot tell
    int descriptor() const { return m_descriptor; }

    // Fills `out` from `offset`. Error "SUBJECT: expected N bytes, found M (file changed)" if the file ends before.
    void read(std::uint64_t offset, std::span<std::byte> out, std::string_view subject) const;

    // Asks the system to fetch these bytes into its cache and returns before they are there, unless its queue is full.
    // A hint: bytes outside the file and file systems that cannot do it make no difference.
    void readAhead(std::uint64_t offset, std::uint64_t bytes) const;

private:
    std::filesystem::path m_path;
    int m_descriptor = -1;
    FileStamp m_stamp;
};

// What is where nothing was found: "none", or the link that leads nowhere and where it should lead: "broken link to
// ../store/ab". For Error.
std::string absenceOf(const std::filesystem::path& path);

// The whole file. Error "file size: expected <= MAXBYTES, found N" before anything is allocated.
std::string readWholeFile(const std::filesystem::path& path, std::uint64_t maxBytes);

}  // namespace rankscope
