// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rankscope {

inline bool isAscii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

// Two digits in capitals: "E9".
std::string hexText(unsigned char byte);

// Bytes (1 to 4) of the valid sequence that starts at text[at]; 0 if none does. REQUIRES at < text.size().
std::size_t utf8SequenceLength(std::string_view text, std::size_t at);

// The code point of the valid sequence of `length` bytes at text[at].
char32_t utf8CodePoint(std::string_view text, std::size_t at, std::size_t length);

// Appends the UTF-8 form of `codePoint`. REQUIRES a scalar value.
void appendUtf8(std::string& text, char32_t codePoint);

// Offset of the first byte that is not part of valid UTF-8; text.size() when all of it is valid.
std::size_t firstInvalidUtf8(std::string_view text);

// Whether `word` is one of those that `list` has with a separator between two.
bool isListed(std::string_view word, std::string_view list, char separator = ' ');

// `text` without the byte order mark that it may begin with.
std::string_view withoutMark(std::string_view text);

// How many bytes are not part of valid UTF-8.
std::size_t countInvalidUtf8(std::string_view text);

// `text` with U+FFFD for every byte that is not part of valid UTF-8.
std::string withReplacementCharacters(std::string_view text);

// The same with \xE9, four characters, for such a byte.
std::string withEscapedBytes(std::string_view text);

}  // namespace rankscope
