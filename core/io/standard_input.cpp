// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/standard_input.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <optional>
#include <system_error>

#include "core/base/error.h"
#include "core/base/path_text.h"
#include "core/io/file_reader.h"

namespace rankscope {
namespace {

[[noreturn]] void fail(std::string_view subject, const std::string& expected, const std::string& found) {
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
            fail("bytes", "readable", std::generic_category().message(errno));
        if (bytes.size() > maxBytes)
            fail("size", "<= " + std::to_string(maxBytes), "more");
        if (count == 0)
            return bytes;
    }
}

}  // namespace

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
