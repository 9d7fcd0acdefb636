// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/storage/sandboxed_read.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/storage/h5_handle.h"

namespace rankscope {
namespace {

// How the child ends, besides by a signal. Numbers that no library calls exit with.
enum Ending { cameThrough = 0, toldWhy = 71, outOfMemory = 72, otherFailure = 73 };

// The child gets the library while no other thread is inside it, and both let go of it afterwards.
pid_t forkOutsideHdf5() {
    const h5::Library held;
    return ::fork();
}

void limit(int resource, rlim_t soft, rlim_t hard) {
    struct rlimit now;
    if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &now) != 0)
        return;
    now.rlim_max = std::min(now.rlim_max, hard);
    now.rlim_cur = std::min(now.rlim_max, soft);
    ::setrlimit(static_cast<__rlimit_resource_t>(resource), &now);
}

rlim_t mappedBytes() {
    unsigned long pages = 0;
    if (FILE* file = std::fopen("/proc/self/statm", "re")) {
        if (std::fscanf(file, "%lu", &pages) != 1)
            pages = 0;
        std::fclose(file);
    }
    return static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

// Leaves the standard three, of which nothing comes out, and `kept`.
void closeOthers(unsigned kept) {
    if (const int nowhere = ::open("/dev/null", O_RDWR); nowhere >= 0)
        for (int standard = 0; standard < 3; ++standard)
            ::dup2(nowhere, standard);
    if (kept > 3)
        ::close_range(3, kept - 1, 0);
    ::close_range(kept + 1, ~0U, 0);
}

void applyLimits(const SandboxLimits& limits, rlim_t mapped) {
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU, SIGALRM, SIGTERM, SIGPIPE})
        std::signal(signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const auto cpu = static_cast<rlim_t>(limits.cpuSeconds);
    limit(RLIMIT_CPU, cpu, cpu + 5);  // at the softer one SIGXCPU: SIGKILL then means something else
    limit(RLIMIT_AS, mapped + limits.memoryBytes, mapped + limits.memoryBytes);
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_FSIZE, 0, 0);
    limit(RLIMIT_NOFILE, 0, 0);
    ::alarm(static_cast<unsigned>(limits.seconds));
}

// The Error's parts, each with a NUL behind it; printable text has none inside.
void tell(int pipe, const Error& error) {
    std::string message(1, static_cast<char>(error.code()));
    for (const std::string& part : {error.subject(), error.expected(), error.found()})
        message.append(part).push_back('\0');
    for (std::size_t done = 0; done < message.size();) {
        const ssize_t count = ::write(pipe, message.data() + done, message.size() - done);
        if (count <= 0)
            break;
        done += static_cast<std::size_t>(count);
    }
}

// REQUIRES a child process; ends it.
[[noreturn]] void runChild(const std::function<void()>& task, int pipe) {
    try {
        task();
    } catch (const Error& error) {
        tell(pipe, error);
        ::_exit(toldWhy);
    } catch (const std::bad_alloc&) {
        ::_exit(outOfMemory);
    } catch (...) {
        ::_exit(otherFailure);
    }
    ::_exit(cameThrough);
}

// What the child wrote, once it has ended. A child that was taken over may write anything.
std::string drained(int pipe) {
    std::string text;
    char buffer[1024];
    constexpr std::size_t longest = 4096;
    for (;;) {
        const ssize_t count = ::read(pipe, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0 || text.size() >= longest)
            return text;
        text.append(buffer, static_cast<std::size_t>(count));
    }
}

[[noreturn]] void rethrow(const std::string& file, const std::string& message) {
    std::vector<std::string> parts;
    std::string_view rest = message;
    const int code = rest.empty() ? -1 : rest.front();
    rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
    for (std::size_t end = rest.find('\0'); end != std::string_view::npos; end = rest.find('\0')) {
        parts.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    if (parts.size() != 3 || code < 0 || code > static_cast<int>(ErrorCode::writeFailed))
        throw Error(ErrorCode::malformed, file, "session", "readable session", "a reading process that went astray");
    throw Error(static_cast<ErrorCode>(code), file, parts[0], parts[1], parts[2]);
}

std::string endOf(int signal, const SandboxLimits& limits) {
    if (signal == SIGXCPU)
        return "no end after " + std::to_string(limits.cpuSeconds) + " s";
    if (signal == SIGALRM)
        return "no end after " + std::to_string(limits.seconds) + " s";
    if (signal == SIGKILL)
        return "end by the system (signal 9), as when memory runs out";
    return "crash (signal " + std::to_string(signal) + ")";
}

void judge(const std::string& file, int status, const std::string& message, const SandboxLimits& limits) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == cameThrough)
        return;
    if (WIFEXITED(status) && WEXITSTATUS(status) == toldWhy)
        rethrow(file, message);
    if (WIFEXITED(status) && WEXITSTATUS(status) == outOfMemory)
        throw Error(ErrorCode::malformed, file, "session",
                    "at most " + std::to_string(limits.memoryBytes >> 20) + " MiB of memory", "more");
    throw Error(ErrorCode::malformed, file, "session", "readable session",
                WIFSIGNALED(status)
                    ? endOf(WTERMSIG(status), limits)
                    : "end of the reading process (status " + std::to_string(WEXITSTATUS(status)) + ")");
}

}  // namespace

void readSandboxed(const std::string& file, const std::function<void()>& task, const SandboxLimits& limits) {
    const auto failed = [&] {
        throw Error(ErrorCode::unreadable, file, "session", "a process to read it in", std::strerror(errno));
    };
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        failed();
    const rlim_t mapped = mappedBytes();
    const pid_t child = forkOutsideHdf5();
    if (child == 0) {
        closeOthers(static_cast<unsigned>(ends[1]));
        applyLimits(limits, mapped);
        runChild(task, ends[1]);
    }
    const int why = errno;
    ::close(ends[1]);
    const std::string message = child > 0 ? drained(ends[0]) : std::string();
    ::close(ends[0]);
    errno = why;
    if (child < 0)
        failed();
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    judge(file, status, message, limits);
}

}  // namespace rankscope
