// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/trial.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>

#include "core/base/error.h"
#include "core/session/h5_handle.h"

namespace rankscope {
namespace {

constexpr rlim_t trialMemory = rlim_t(4) << 30;  // on top of what the process has mapped already
constexpr int outOfMemory = 2;

// The child gets the library while no other thread is inside it, and both let go of it afterwards.
pid_t forkOutsideHdf5() {
    const h5::Library held;
    return ::fork();
}

void limit(int resource, rlim_t value) {
    struct rlimit now;
    if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &now) != 0 || now.rlim_max < value)
        return;
    now.rlim_cur = now.rlim_max = value;
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

// REQUIRES a child process; ends it.
[[noreturn]] void runTrial(const std::function<void()>& task, int cpuSeconds, rlim_t mapped) {
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU})
        std::signal(signal, SIG_DFL);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, static_cast<rlim_t>(cpuSeconds));
    limit(RLIMIT_AS, mapped + trialMemory);
    try {
        task();
    } catch (const std::bad_alloc&) {
        ::_exit(outOfMemory);
    } catch (...) {  // an orderly failure
    }
    ::_exit(0);
}

}  // namespace

void requireSurvives(const std::string& file, const std::function<void()>& task, int cpuSeconds) {
    const rlim_t mapped = mappedBytes();
    const pid_t child = forkOutsideHdf5();
    if (child == 0)
        runTrial(task, cpuSeconds, mapped);
    if (child < 0)
        throw Error(ErrorCode::unreadable, file, "session", "a process to read it in", std::strerror(errno));
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        const bool endless = signal == SIGXCPU || signal == SIGKILL;
        throw Error(ErrorCode::malformed, file, "session", "readable session",
                    endless ? "no end after " + std::to_string(cpuSeconds) + " s"
                            : "crash (signal " + std::to_string(signal) + ")");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == outOfMemory)
        throw Error(ErrorCode::malformed, file, "session", "at most 4 GiB of memory", "more");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)  // a library that called exit by itself
        throw Error(ErrorCode::malformed, file, "session", "readable session",
                    "end of the reading process (status " + std::to_string(WEXITSTATUS(status)) + ")");
}

}  // namespace rankscope
