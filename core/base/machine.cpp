// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/machine.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <thread>
#include <vector>

#include "core/base/utf8.h"

namespace rankscope {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> firstLine(const fs::path& path) {
    std::ifstream file(path);
    std::string line;
    return std::getline(file, line) ? std::optional(line) : std::nullopt;
}

// The whole number that a text begins with, white space aside; nothing for "max", "-1" and anything else.
std::optional<std::uint64_t> leadingNumber(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    return parsed.ec == std::errc() ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> numberIn(const fs::path& path) {
    const auto line = firstLine(path);
    return line ? leadingNumber(*line) : std::nullopt;
}

// The folders that stand for the process' group of a controller and for every group around it, innermost first. In a
// container the path may be that of the host, of which only the end or nothing is there: what is missing says nothing.
std::vector<fs::path> groupsOf(const MachineSources& sources, std::string_view controller) {
    std::vector<fs::path> folders;
    std::ifstream file(sources.root / "proc/self/cgroup");
    for (std::string line; std::getline(file, line);) {  // "5:cpu,cpuacct:/user/task"; version 2: "0::/user/task"
        const std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (second == std::string::npos)
            continue;
        const std::string names = line.substr(first + 1, second - first - 1);
        const bool unified = names.empty();
        if (!unified && !isListed(controller, names, ','))
            continue;
        const fs::path base = sources.root / "sys/fs/cgroup";
        std::vector<fs::path> mounts;
        if (unified)
            mounts = {base, base / "unified"};
        else
            mounts = {base / names, base / controller};
        for (const fs::path& mount : mounts)
            for (fs::path group = fs::path(line.substr(second + 1)).relative_path();; group = group.parent_path()) {
                folders.push_back(group.empty() ? mount : mount / group);
                if (group.empty())
                    break;
            }
    }
    return folders;
}

// Processors' worth of time that one group has: "150000 100000" in cpu.max, or the two files of version 1.
std::optional<int> quotaOf(const fs::path& group) {
    std::optional<std::uint64_t> quota, period;
    if (const auto line = firstLine(group / "cpu.max")) {
        quota = leadingNumber(*line);
        const std::size_t space = line->find(' ');
        period = space == std::string::npos ? std::nullopt : leadingNumber(std::string_view(*line).substr(space));
    } else {
        quota = numberIn(group / "cpu.cfs_quota_us");
        period = numberIn(group / "cpu.cfs_period_us");
    }
    if (!quota || !period || *quota == 0 || *period == 0)
        return std::nullopt;
    return static_cast<int>(std::min<std::uint64_t>((*quota - 1) / *period + 1, 1 << 20));
}

int processorsOfSystem() {
    for (std::size_t most = 1024; most <= 1u << 20; most *= 2) {  // more processors than the set has room for: EINVAL
        std::vector<unsigned long> set(most / (8 * sizeof(unsigned long)));
        auto* const mask = reinterpret_cast<cpu_set_t*>(set.data());
        if (::sched_getaffinity(0, most / 8, mask) == 0)
            return CPU_COUNT_S(most / 8, mask);
    }
    return static_cast<int>(std::thread::hardware_concurrency());
}

std::optional<std::string> ownEnvironment(const char* name) {
    const char* const value = std::getenv(name);
    return value ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace

int allowedProcessors(const MachineSources& sources) {
    int processors = sources.processors > 0 ? sources.processors : processorsOfSystem();
    for (const fs::path& group : groupsOf(sources, "cpu"))
        processors = std::min(processors, quotaOf(group).value_or(processors));
    const auto limit = [&](const char* name) {
        const auto text = sources.environment ? sources.environment(name) : ownEnvironment(name);
        const auto value = text ? leadingNumber(*text) : std::nullopt;
        if (!value || *value == 0)
            return false;
        processors = static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(processors), *value));
        return true;
    };
    limit("OMP_NUM_THREADS");
    limit("OMP_THREAD_LIMIT");
    if (!limit("SLURM_CPUS_PER_TASK"))
        limit("SLURM_CPUS_ON_NODE");
    return std::max(1, processors);
}

std::uint64_t availableMemory(const MachineSources& sources) {
    constexpr std::string_view label = "MemAvailable:";
    std::uint64_t bytes = 0;
    std::ifstream file(sources.root / "proc/meminfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(label))
            bytes = 1024 * leadingNumber(std::string_view(line).substr(label.size())).value_or(0);
    for (const fs::path& group : groupsOf(sources, "memory"))
        for (const char* name : {"memory.max", "memory.limit_in_bytes"})
            if (const auto limit = numberIn(group / name); limit && *limit > 0)  // no limit in version 1: 2^63 or so
                bytes = bytes == 0 ? *limit : std::min(bytes, *limit);
    return bytes;
}

}  // namespace rankscope
