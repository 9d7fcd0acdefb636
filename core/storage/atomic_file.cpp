// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/storage/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/base/error.h"
#include "core/base/number_text.h"

namespace rankscope {
namespace {

namespace fs = std::filesystem;

fs::path folderOf(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// A file that has no name until it is complete, so that a process that is killed leaves nothing behind; where the file
// system has no such files, one with a name of its own. Removed unless it was renamed.
class TemporaryFile {
public:
    explicit TemporaryFile(const fs::path& target) {
        // Two threads of one process may save to one path. The name does not grow with the target's: that may be as
        // long as a name can be.
        static std::atomic<unsigned> serial{0};
        char name[64];
        std::snprintf(name, sizeof name, ".rankscope-%d-%u.tmp", static_cast<int>(::getpid()), serial++);
        m_path = target.parent_path() / name;
        m_descriptor = ::open(folderOf(target).c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
        if (m_descriptor >= 0 && ::access(descriptorPath().c_str(), F_OK) != 0) {  // no way to name it later
            ::close(m_descriptor);
            m_descriptor = -1;
        }
        m_named = m_descriptor < 0;
        if (m_named)
            m_descriptor = ::open(m_path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        if (m_descriptor < 0)
            return;
        ::close(m_descriptor);
        if (m_named && !m_renamed)
            ::unlink(m_path.c_str());
    }

    int descriptor() const { return m_descriptor; }
    bool write(std::span<const std::byte> bytes, const JobContext& context) const {
        constexpr std::size_t step = 16 << 20;  // waited for, so that a stop request need not wait for all of them
        do {
            context.throwIfStopped();
            const std::size_t now = std::min(step, bytes.size());
            if (!writeAll(bytes.first(now)) || ::fsync(m_descriptor) != 0)
                return false;
            bytes = bytes.subspan(now);
        } while (!bytes.empty());
        return true;
    }
    bool renameTo(const fs::path& target) {
        if (!m_named)
            m_named = ::linkat(AT_FDCWD, descriptorPath().c_str(), AT_FDCWD, m_path.c_str(), AT_SYMLINK_FOLLOW) == 0;
        m_renamed = m_named && ::rename(m_path.c_str(), target.c_str()) == 0;
        return m_renamed;
    }

private:
    bool writeAll(std::span<const std::byte> bytes) const {
        while (!bytes.empty()) {
            const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR)
                continue;
            if (written <= 0)
                return false;
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
        return true;
    }

    std::string descriptorPath() const { return "/proc/self/fd/" + std::to_string(m_descriptor); }

    fs::path m_path;
    int m_descriptor = -1;
    bool m_named = false, m_renamed = false;
};

std::string megabytes(double bytes) {
    return fixedText(bytes / 1e6, 1) + " MB";
}

[[noreturn]] void writeFailed(const fs::path& path, std::size_t size, int reason) {
    std::string found = std::strerror(reason);
    struct statvfs space;
    if (reason == ENOSPC && ::statvfs(folderOf(path).c_str(), &space) == 0)
        found += " (" + megabytes(static_cast<double>(space.f_bavail) * static_cast<double>(space.f_frsize)) + " free)";
    throw Error(ErrorCode::writeFailed, path.string(), "save", megabytes(static_cast<double>(size)) + " written",
                found);
}

// A rename would replace the link, not what it points to.
fs::path resolved(const fs::path& path) {
    std::error_code ignored;
    if (!fs::is_symlink(path, ignored))
        return path;
    const fs::path target = fs::weakly_canonical(path, ignored);
    return target.empty() ? path : target;
}

void keepPermissions(const fs::path& path, int descriptor) {
    struct stat status;
    if (::stat(path.c_str(), &status) == 0 && ::fchmod(descriptor, status.st_mode & 07777) != 0)
        errno = 0;  // another owner's file: ours gets the usual permissions
}

}  // namespace

void requireWritable(const fs::path& path) {
    const fs::path target = resolved(path), folder = folderOf(target);
    std::error_code ignored;
    if (!fs::exists(folder, ignored))
        throw Error(ErrorCode::writeFailed, path.string(), "folder", "present", "none");
    if (!fs::is_directory(folder, ignored))
        throw Error(ErrorCode::writeFailed, path.string(), "folder", "folder", "a file");
    if (fs::exists(target, ignored) && !fs::is_regular_file(target, ignored))
        throw Error(ErrorCode::writeFailed, path.string(), "output", "regular file",
                    fs::is_directory(target, ignored) ? "folder" : "device or pipe");
    if (target.filename().empty())
        throw Error(ErrorCode::writeFailed, path.string(), "output", "file name", "none");
    // A new name in the folder is what saving needs; whether the old file is writable does not matter to rename.
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        throw Error(ErrorCode::writeFailed, path.string(), "folder", "writable", std::strerror(errno));
}

void writeFileAtomically(const fs::path& path, std::span<const std::byte> bytes, const JobContext& context) {
    writeFileAtomically(path, {bytes}, context);
}

void writeFileAtomically(const fs::path& path, std::initializer_list<std::span<const std::byte>> parts,
                         const JobContext& context) {
    requireWritable(path);
    const fs::path target = resolved(path);
    std::size_t size = 0;
    for (const std::span<const std::byte> part : parts)
        size += part.size();
    {
        TemporaryFile temporary(target);
        if (temporary.descriptor() < 0)
            writeFailed(path, size, errno);
        keepPermissions(target, temporary.descriptor());
        const bool written = std::ranges::all_of(
            parts, [&](const std::span<const std::byte> part) { return temporary.write(part, context); });
        if (!written || !temporary.renameTo(target))
            writeFailed(path, size, errno);
    }
    const int folder = ::open(folderOf(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        ::fsync(folder);  // some file systems refuse; the data itself is safe by now
        ::close(folder);
    }
}

}  // namespace rankscope
