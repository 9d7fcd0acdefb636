// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tells how much of the machine this process may use. A container, a batch system or `taskset` gives a part of it,
// which is what counts: as many threads as the host has cores are slow on few of them, and memory beyond a group's
// limit ends the process. Pure functions of the system's state; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace rankscope {

// What the numbers are taken from; other than the defaults in tests.
struct MachineSources {
    std::filesystem::path root = "/";                                         // of /proc and /sys/fs/cgroup
    std::function<std::optional<std::string>(const char* name)> environment;  // empty: the process' own
    int processors = 0;                                                       // 0: those that the system lets it run on
};

// The smallest of: the processors that the process may run on; the quotas of its control groups and of all groups
// around them, versions 1 and 2, rounded up; OMP_NUM_THREADS (the outermost number of its list) and OMP_THREAD_LIMIT;
// SLURM_CPUS_PER_TASK, or where a job has none SLURM_CPUS_ON_NODE. At least 1.
int allowedProcessors(const MachineSources& sources = {});

// Bytes, the smallest of: what the system has for new programs (MemAvailable), and the limits of the process' control
// groups and of all groups around them. 0: not known.
std::uint64_t availableMemory(const MachineSources& sources = {});

}  // namespace rankscope
