// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/file_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/base/error.h"

namespace rankscope {

namespace {

std::string systemMessage(int code) {
    return std::generic_category().message(code);
}

std::string_view kindOf(mode_t mode) {
    if (S_ISDIR(mode))
        return "directory";
    if (S_ISFIFO(mode))
        return "pipe";
    if (S_ISSOCK(mode))
        return "socket";
    return "device";
}

FileStamp stampOf(const struct stat& status) {
    const auto nanoseconds = [](const timespec& time) {
        return std::int64_t{time.tv_sec} * 1'000'000'000 + std::int64_t{time.tv_nsec};
    };
    return {.device = status.st_dev,
            .inode = status.st_ino,
            .size = static_cast<std::uint64_t>(status.st_size),
            .modified = nanoseconds(status.st_mtim),
            .changed = nanoseconds(status.st_ctim)};
}

}  // namespace

FileReader::FileReader(std::filesystem::path path) : m_path(std::move(path)) {
    // Without O_NONBLOCK the opening of a pipe waits for its writer.
    m_descriptor = ::open(m_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (m_descriptor < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
        throw Error(ErrorCode::missing, name(), "file", "present", absenceOf(m_path));
    if (m_descriptor < 0)
        throw Error(ErrorCode::unreadable, name(), "file", "readable", systemMessage(errno));
    struct stat status {};
    const bool known = ::fstat(m_descriptor, &status) == 0;
    if (known && S_ISREG(status.st_mode)) {
        m_stamp = stampOf(status);
        return;
    }
    const std::string found = known ? std::string(kindOf(status.st_mode)) : systemMessage(errno);
    ::close(m_descriptor);
    throw Error(ErrorCode::unreadable, name(), "file", "regular file", found);
}

FileReader::FileReader(FileReader&& other) noexcept
    : m_path(std::move(other.m_path)), m_descriptor(std::exchange(other.m_descriptor, -1)), m_stamp(other.m_stamp) {}

FileReader::~FileReader() {
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

FileStamp FileReader::stampNow() const {
    struct stat status {};
    return ::fstat(m_descriptor, &status) == 0 ? stampOf(status) : FileStamp();
}

void FileReader::read(std::uint64_t offset, std::span<std::byte> out, std::string_view subject) const {
    std::size_t done = 0;
    while (done < out.size() && offset <= static_cast<std::uint64_t>(INT64_MAX) - done) {
        const std::size_t chunk = std::min<std::size_t>(out.size() - done, 1u << 30);  // pread's own limit is 2 GiB
        const ssize_t count = ::pread(m_descriptor, out.data() + done, chunk, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            throw Error(ErrorCode::unreadable, name(), subject, std::to_string(out.size()) + " bytes",
                        systemMessage(errno));
        if (count == 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    if (done < out.size())
        throw Error(ErrorCode::malformed, name(), subject, std::to_string(out.size()) + " bytes",
                    std::to_string(done) + " (file changed)");
}

void FileReader::readAhead(std::uint64_t offset, std::uint64_t bytes) const {
    if (offset <= size() && bytes <= size() - offset)
        ::posix_fadvise(m_descriptor, static_cast<off_t>(offset), static_cast<off_t>(bytes), POSIX_FADV_WILLNEED);
}

std::string absenceOf(const std::filesystem::path& path) {
    namespace fs = std::filesystem;
    // The link may be a folder on the way.
    for (fs::path at = path; !at.empty(); at = at.parent_path()) {
        std::error_code error;
        if (!fs::is_symlink(fs::symlink_status(at, error))) {
            if (!at.has_relative_path())
                break;
            continue;
        }
        const std::string which =
            at == path ? "" : "no " + path.filename().string() + ", for " + at.string() + " is a ";
        if (fs::exists(at, error))
            return "none";
        if (error == std::errc::too_many_symbolic_link_levels)
            return which + "link that leads back to itself";
        const std::string target = fs::read_symlink(at, error).string();
        const bool annexed = target.find("annex/objects/") != std::string::npos;
        return which + "broken link to " + target + (annexed ? " (git annex get fetches it)" : "");
    }
    return "none";
}

std::string readWholeFile(const std::filesystem::path& path, std::uint64_t maxBytes) {
    const FileReader file(path);
    if (file.size() > maxBytes)
        throw Error(ErrorCode::malformed, file.name(), "file size", "<= " + std::to_string(maxBytes),
                    std::to_string(file.size()));
    std::string text(file.size(), '\0');
    file.read(0, std::as_writable_bytes(std::span(text)), "file");
    return text;
}

}  // namespace rankscope
