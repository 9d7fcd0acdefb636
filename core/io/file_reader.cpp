// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/file_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "core/base/error.h"
#include "core/base/path_text.h"

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

[[noreturn]] void failInput(std::string_view subject, const std::string& expected, const std::string& found) {
    throw Error(ErrorCode::unreadable, standardInputName, subject, expected, found);
}

// Until there is something to read: a stop is not to wait for whoever writes.
void waitForBytes(const JobContext& context) {
    constexpr int milliseconds = 50;
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    for (;;) {
        context.throwIfStopped();
        const int ready = ::poll(&input, 1, milliseconds);
        if (ready > 0 || (ready < 0 && errno != EINTR))  // what is wrong, reading says
            return;
    }
}

std::string readToTheEnd(std::uint64_t maxBytes, const JobContext& context) {
    constexpr std::size_t atOnce = 1u << 16;
    std::string bytes;
    for (;;) {
        waitForBytes(context);
        const std::size_t before = bytes.size();
        bytes.resize(before + atOnce);
        const ssize_t count = ::read(STDIN_FILENO, bytes.data() + before, atOnce);
        bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count < 0 && errno != EINTR)
            failInput("bytes", "readable", systemMessage(errno));
        if (bytes.size() > maxBytes)
            failInput("size", "<= " + std::to_string(maxBytes), "more");
        if (count == 0)
            return bytes;
    }
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

bool isPresent(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

bool isFolder(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::is_directory(path, ignored);
}

bool isRegularFile(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored);
}

std::filesystem::path folderOf(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

std::vector<std::filesystem::directory_entry> folderEntries(const std::filesystem::path& folder,
                                                            const std::function<void()>& visit) {
    namespace fs = std::filesystem;
    std::vector<fs::directory_entry> entries;
    std::error_code error;
    for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
         !error && it != end; it.increment(error)) {
        visit();
        entries.push_back(*it);
    }
    std::ranges::sort(entries, {}, [](const fs::directory_entry& entry) { return entry.path(); });
    return entries;
}

std::vector<std::filesystem::path> newestFirst(const std::filesystem::path& folder) {
    std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::path>> found;
    std::error_code ignored;
    for (const std::filesystem::directory_entry& entry : folderEntries(folder))
        found.emplace_back(entry.last_write_time(ignored), entry.path());
    std::ranges::sort(found, std::greater<>());
    std::vector<std::filesystem::path> paths;
    paths.reserve(found.size());
    for (auto& [time, path] : found)
        paths.push_back(std::move(path));
    return paths;
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

bool isStandardInput(const std::filesystem::path& path) {
    return path == standardInput;
}

std::string inputName(const std::filesystem::path& path) {
    return isStandardInput(path) ? std::string(standardInputName) : pathText(path);
}

std::string readInput(const std::filesystem::path& path, std::uint64_t maxBytes, const JobContext& context) {
    if (!isStandardInput(path))
        return readWholeFile(path, maxBytes);
    static std::mutex mutex;
    static std::optional<std::string> all;  // it cannot be read again
    const std::lock_guard lock(mutex);
    if (!all)
        all = readToTheEnd(maxBytes, context);
    return *all;
}

}  // namespace rankscope
