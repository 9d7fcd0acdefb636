// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session_file.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <string_view>

#include "core/io/file_reader.h"
#include "core/session/atomic_file.h"
#include "core/session/session_reader.h"
#include "core/session/session_writer.h"
#include "core/session/trial.h"

namespace rankscope {
namespace {

constexpr std::uint64_t largestFile = std::uint64_t(4) << 30;
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

// All bytes of the file, taken once: those that are tried in a child are those that are read afterwards, whatever takes
// the file's place in the folder meanwhile.
std::string readImage(const std::filesystem::path& path) {
    const FileReader file(path);
    if (::flock(file.descriptor(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)  // as programs that write HDF5 do
        throw Error(ErrorCode::unreadable, file.name(), "HDF5", "no writer",
                    "lock held (errno " + std::to_string(EWOULDBLOCK) + ")");
    std::string start(std::min<std::uint64_t>(file.size(), signature.size()), '\0');
    file.read(0, std::as_writable_bytes(std::span(start)), "file");
    if (start != signature)  // a model of many gigabytes is not taken into memory to be told that it is none
        throw Error(ErrorCode::malformed, file.name(), "file", "a Rankscope session (HDF5)", "another format");
    if (file.size() > largestFile)
        throw Error(ErrorCode::malformed, file.name(), "file size", "<= " + std::to_string(largestFile),
                    std::to_string(file.size()));
    std::string image(file.size(), '\0');
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
    TrialLimits limits;
    limits.memoryBytes += 3 * image.size();  // the library's copies, and the values
    limits.cpuSeconds += static_cast<int>(image.size() / (std::uint64_t(64) << 20));
    requireSurvives(
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
        requireSurvives(path.string(), look);
        return true;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace rankscope
