// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads a file in a child process before the caller does: crafted metadata can crash or hang libhdf5 itself, which must
// not take the caller's work along. Any thread.
//
// The child is forked and starts no program: that takes milliseconds instead of the half second in which LibTorch and
// Qt load, and works the same from every program that links the core. Of what a fork leaves in an unknown state in a
// program of many threads, the child uses only what is known to be sound in it: memory, whose locks glibc renews, and
// HDF5, whose lock the forking thread holds. It starts no thread and computes nothing. Should it wait for ever all the
// same, the time limit ends it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace rankscope {

struct SandboxLimits {
    int cpuSeconds = 30;
    int seconds = 120;                                   // by the clock on the wall
    std::uint64_t memoryBytes = std::uint64_t(4) << 30;  // on top of what the process has mapped already
};

// Runs `task` in a child process under these limits. The child has none of this process' open files and can open none;
// the standard three lead nowhere. Returns when the task came through; an Error that it threw is thrown here. Otherwise
// Error (malformed), after "FILE: ":
//   "session: expected readable session, found crash (signal 11)"    … "no end after 30 s"
//   … "end by the system (signal 9), as when memory runs out"        … "end of the reading process (status 1)"
//   "session: expected at most 4096 MiB of memory, found more"
// `task` may use HDF5, but no other lock that another thread may hold, and starts no thread.
void readSandboxed(const std::string& file, const std::function<void()>& task, const SandboxLimits& limits = {});

}  // namespace rankscope
