// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is in a folder. Any thread.
#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <vector>

namespace rankscope {

// By name; empty if it cannot be read. `visit` is called for each, and may throw when it is enough.
inline std::vector<std::filesystem::directory_entry> folderEntries(
    const std::filesystem::path& folder, const std::function<void()>& visit = [] {}) {
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

}  // namespace rankscope
