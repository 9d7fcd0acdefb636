// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rankscope {

// Error unless `bytes` are a text: "encoding: expected UTF-8, found UTF-16LE", "text: expected plain text in UTF-8,
// found gzip-compressed data; unpack it first". Says nothing of single bytes that are not UTF-8.
void requireText(std::string_view bytes, std::string_view file);

// Error "offset 12: expected UTF-8, found 0xFF", naming `file`, unless all of `text` is valid.
void requireUtf8(std::string_view text, std::string_view file);

inline constexpr std::uint64_t maxCorpusBytes = 1u << 30;  // longer texts are refused

// What has to be asked of whoever wants a file read as a text: how many bytes are not UTF-8, and the line of
// requireUtf8 about the first; the fields that hold text if it is made of JSON records.
struct TextQuestions {
    std::size_t invalidBytes = 0;
    std::string invalidLine;
    std::vector<std::string> fields;
};
// Error: as readTextFile, but for what is asked.
TextQuestions questionsAbout(const std::filesystem::path& path);

}  // namespace rankscope
