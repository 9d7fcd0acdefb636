// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files, folders and standard input, as they are read.
//
// FileReader: a regular file open for reading at checked offsets. It reads with pread and does not map: a mapped file
// that another program cuts short kills the reader. Any thread; reads may overlap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"

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

// Of what the path leads to; false where the system cannot say.
bool isPresent(const std::filesystem::path& path);
bool isFolder(const std::filesystem::path& path);
bool isRegularFile(const std::filesystem::path& path);  // reading from another kind, a pipe, could wait

// That holds the file: "." for a bare name.
std::filesystem::path folderOf(const std::filesystem::path& file);

// What is in a folder, by name; empty if it cannot be read. `visit` is called for each, and may throw when it is
// enough.
std::vector<std::filesystem::directory_entry> folderEntries(
    const std::filesystem::path& folder, const std::function<void()>& visit = [] {});

// The same by the time of the last change, the newest first.
std::vector<std::filesystem::path> newestFirst(const std::filesystem::path& folder);

// Standard input in the place of a file: "-" on the command line. Its bytes are kept: whoever reads again gets
// the same.
inline constexpr const char *standardInput = "-", *standardInputName = "standard input";

bool isStandardInput(const std::filesystem::path& path);

// What people call it: the path as text, or "standard input".
std::string inputName(const std::filesystem::path& path);

// The whole file, as readWholeFile; of standard input all bytes up to its end, however long the writer takes: it polls
// the context. Error "standard input: size: expected <= MAXBYTES, found more".
std::string readInput(const std::filesystem::path& path, std::uint64_t maxBytes,
                      const JobContext& context = JobContext());

}  // namespace rankscope
