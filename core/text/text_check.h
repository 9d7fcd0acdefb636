// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tells whether bytes are a text at all. THE PLACE that knows other kinds of file: what reads a text asks here first,
// so that none of them becomes tokens, whatever is done to bytes that are not UTF-8. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
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

// Why bytes are not read as UTF-8 text, as the parts of an Error.
struct ForeignText {
    std::string_view subject, expected;  // "encoding", "UTF-8"
    std::string found;                   // "UTF-16LE without a byte order mark", "gzip-compressed data"
};

// Recognised: other encodings by their byte order marks; UTF-16 and UTF-32 without one; files by their signatures
// (compressed, documents, tables, models, pictures); runs of NULs; bytes of which many are control characters. Nothing
// for a text, and for one in an encoding such as Latin-1 that no sign tells from damaged UTF-8. Looks at all bytes.
std::optional<ForeignText> foreignText(std::string_view bytes);

// Control characters that no text has: NUL and others but white space, backspaces and escape sequences.
bool isControlByte(char c);

// Signatures need no more bytes than this.
inline constexpr std::size_t signatureBytes = 4096;

}  // namespace rankscope
