// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tells what lies where a model's file should be: THE TABLE OF CONTENTS, by the first bytes of a file, and THE TABLE OF
// NAMES, for files that are not read at all. Each row has the name that its users have for it, and what to do. Other
// than text_check.h, which asks whether bytes are a text: there a word at the beginning counts only before bytes that
// are none. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/file_reader.h"

namespace rankscope {

// The beginning of a file, as far as a row may look at it.
struct FileStart {
    std::string_view bytes;  // the first of them, 512 at most
    std::uint64_t size = 0;  // of the whole file
};

struct FileContent {
    std::string_view id;      // "git-lfs"
    std::string_view label;   // "a Git LFS pointer"
    std::string_view advice;  // "run git lfs pull"; may be empty
    bool (*matches)(const FileStart& start);
};

// The first row that matches; null if none does. Those that Rankscope reads are rows, too: one can lie in the place of
// another.
const FileContent* contentOf(const FileStart& start);
const FileContent* contentOf(const FileReader& file);

struct FileName {
    std::string_view pattern;  // "*" stands for anything, also for nothing: "pytorch_model*.bin"
    std::string_view label, advice;
    bool unfinished = false;  // whatever is in it, it is not all there
};
std::span<const FileName> fileNames();

// Null if the table has no such name; capitals make no difference.
const FileName* nameOf(const std::filesystem::path& path);

// "a Git LFS pointer: run git lfs pull"
template <typename Row>
std::string described(const Row& row) {
    return std::string(row.label) + (row.advice.empty() ? "" : ": ") + std::string(row.advice);
}

// Error "SUBJECT: expected EXPECTED, found a Git LFS pointer: …" if the file is something that is known and not `own`,
// the id of a row. What is not known is left to the reader's own checks.
void requireContent(const FileReader& file, std::string_view own, std::string_view subject, std::string_view expected);
void requireContent(std::string_view text, std::string_view file, std::string_view own, std::string_view subject,
                    std::string_view expected);

// Behind the numbers of an Error about a file that is shorter than its header says.
inline constexpr const char* notComplete = " (a download that is not complete?)";

// The file itself, unless it is a symbolic link that was checked out as text: git writes the target of a link so where
// it may make none. Then the file that it leads to; a link to nothing is left as it is. Only for formats whose files
// cannot look like that.
std::filesystem::path followLinkText(const std::filesystem::path& path);

// Opens a file of weights, or what its link text leads to, and says so in `warnings`. Error also if its name, or a file
// that a download manager keeps beside it, says that it is not all there: its size alone need not, since space is often
// reserved before it is filled.
FileReader openWeights(const std::filesystem::path& path, std::vector<std::string>& warnings);

}  // namespace rankscope
