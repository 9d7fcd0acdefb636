// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session_file/session_file.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <string_view>

#include "core/base/error.h"
#include "core/base/machine.h"
#include "core/io/file_reader.h"
#include "core/session/session_limits.h"
#include "core/session_file/session_layout.h"
#include "core/storage/atomic_file.h"
#include "core/storage/sandboxed_read.h"

namespace rankscope {
namespace {

constexpr std::size_t superblockBytes = 64;
constexpr std::string_view signature("\x89HDF\r\n\x1A\n", 8);

struct stat statusOf(const FileReader& file) {
    struct stat status;
    std::memset(&status, 0, sizeof status);
    ::fstat(file.descriptor(), &status);
    return status;
}

bool wasChanged(const struct stat& before, const struct stat& after) {
    return before.st_size != after.st_size || before.st_mtim.tv_sec != after.st_mtim.tv_sec ||
           before.st_mtim.tv_nsec != after.st_mtim.tv_nsec;
}

// How many bytes the file says that it has; all of 64 bits where it does not. What lies behind them is no part of it,
// such as the space that a file system or another program set aside.
std::uint64_t storedBytes(std::string_view start) {
    const auto byteAt = [&](std::size_t at) { return at < start.size() ? static_cast<unsigned char>(start[at]) : 0u; };
    const unsigned version = byteAt(8);
    const std::size_t width = byteAt(version < 2 ? 13 : 9);                // of an address
    const std::size_t first = version == 0 ? 24 : version == 1 ? 28 : 12;  // base address, another, end of the file
    const std::size_t end = first + 2 * width;
    if (version > 3 || width == 0 || width > 8 || end + width > start.size())
        return UINT64_MAX;
    std::uint64_t bytes = 0;
    for (std::size_t i = width; i-- > 0;)
        bytes = bytes << 8 | byteAt(end + i);
    return bytes;
}

// Small files need no question. A large one is in memory three times while it is read: its bytes, the library's copy
// and the values.
void requireRoom(const std::string& file, std::uint64_t size) {
    constexpr std::uint64_t small = std::uint64_t(1) << 30, copies = 3;
    if (size > limits::maxFileBytes)
        throw Error(ErrorCode::malformed, file, "file size", "<= " + std::to_string(limits::maxFileBytes),
                    std::to_string(size));
    const std::uint64_t memory = size > small ? availableMemory() : 0;
    if (memory > 0 && memory < copies * size)
        throw Error(ErrorCode::unreadable, file, "memory", std::to_string((copies * size) >> 20) + " MiB to read it in",
                    std::to_string(memory >> 20) + " MiB");
}

// All bytes of the file, taken once: those that are tried in a child are those that are read afterwards, whatever takes
// the file's place in the folder meanwhile.
std::string readImage(const std::filesystem::path& path) {
    const FileReader file(path);
    if (::flock(file.descriptor(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)  // as programs that write HDF5 do
        throw Error(ErrorCode::unreadable, file.name(), "HDF5", "no writer",
                    "lock held (errno " + std::to_string(EWOULDBLOCK) + ")");
    std::string start(std::min<std::uint64_t>(file.size(), superblockBytes), '\0');
    file.read(0, std::as_writable_bytes(std::span(start)), "file");
    if (!start.starts_with(signature))  // a model of many gigabytes is not taken into memory to be told that it is none
        throw Error(ErrorCode::malformed, file.name(), "file", "a Rankscope session (HDF5)", "another format");
    const std::uint64_t size = std::min(file.size(), storedBytes(start));
    requireRoom(file.name(), size);
    std::string image(size, '\0');
    const struct stat before = statusOf(file);
    file.read(0, std::as_writable_bytes(std::span(image)), "file");
    if (wasChanged(before, statusOf(file)))
        throw Error(ErrorCode::unreadable, file.name(), "file", "the same bytes while it is read", "a change");
    return image;
}

}  // namespace

void saveSession(const Session& session, const std::filesystem::path& path, const JobContext& context) {
    writeFileAtomically(path, sessionImage(session, path.string(), context), context);
}

SessionPointer openSession(const std::filesystem::path& path) {
    const std::string image = readImage(path);
    SandboxLimits limits;
    limits.memoryBytes += 3 * image.size();  // the library's copies, and the values
    limits.cpuSeconds += static_cast<int>(image.size() / (std::uint64_t(64) << 20));
    limits.seconds += static_cast<int>(image.size() / (std::uint64_t(16) << 20));
    readSandboxed(
        path.string(), [&] { readSession(path, image); }, limits);
    return readSession(path, image);
}

bool isSessionFile(const std::filesystem::path& path) {
    try {
        const std::string image = readImage(path);
        const auto look = [&] {
            if (!hasSessionMark(path, image))
                throw Error(ErrorCode::malformed, path.string(), "root attribute format", "present", "none");
        };
        readSandboxed(path.string(), look);
        return true;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace rankscope
