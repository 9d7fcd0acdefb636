// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whether bytes are a text at all. THE PLACE that knows other kinds of file: what reads a text asks here first, so that
// none of them becomes tokens, whatever is done to bytes that are not UTF-8. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rankscope {

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
