// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Says where a window comes from, in a corpus of several documents. Plain data; any thread.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rankscope {

// A file that windows were cut from.
struct CorpusFile {
    std::string name, source, sha256;
    bool operator==(const CorpusFile&) const = default;
};

// A document of a corpus: one of its files, counted from 0, or a record of that file, counted from 1.
struct WindowDocument {
    std::int32_t file = 0, record = 0;  // record 0: the file is one document
    bool operator==(const WindowDocument&) const = default;
};

// How many documents windows come from.
inline int documentCount(const std::vector<WindowDocument>& ofWindows) {
    std::set<std::pair<int, int>> documents;
    for (const WindowDocument& document : ofWindows)
        documents.emplace(document.file, document.record);
    return static_cast<int>(documents.size());
}

}  // namespace rankscope
