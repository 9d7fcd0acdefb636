// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/utf8.h"

#include <algorithm>
#include <cstring>

namespace rankscope {

namespace {
unsigned char byteAt(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}
}  // namespace

std::string hexText(unsigned char byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    return {digits[byte >> 4], digits[byte & 0xF]};
}

std::size_t utf8SequenceLength(std::string_view text, std::size_t at) {
    const unsigned char lead = byteAt(text, at);
    if (lead < 0x80)
        return 1;
    std::size_t length = 0;
    unsigned char low = 0x80, high = 0xBF;  // bounds of the second byte, table 3-7 of the Unicode standard
    if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3;
        low = lead == 0xE0 ? 0xA0 : low;
        high = lead == 0xED ? 0x9F : high;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
        low = lead == 0xF0 ? 0x90 : low;
        high = lead == 0xF4 ? 0x8F : high;
    } else {
        return 0;
    }
    if (text.size() - at < length || byteAt(text, at + 1) < low || byteAt(text, at + 1) > high)
        return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((byteAt(text, at + i) & 0xC0) != 0x80)
            return 0;
    return length;
}

char32_t utf8CodePoint(std::string_view text, std::size_t at, std::size_t length) {
    const unsigned char lead = byteAt(text, at);
    if (length == 1)
        return lead;
    char32_t code = lead & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i)
        code = (code << 6) | (byteAt(text, at + i) & 0x3F);
    return code;
}

void appendUtf8(std::string& text, char32_t codePoint) {
    const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (codePoint < 0x80) {
        put(codePoint);
    } else if (codePoint < 0x800) {
        put(0xC0 | (codePoint >> 6));
        put(0x80 | (codePoint & 0x3F));
    } else if (codePoint < 0x10000) {
        put(0xE0 | (codePoint >> 12));
        put(0x80 | ((codePoint >> 6) & 0x3F));
        put(0x80 | (codePoint & 0x3F));
    } else {
        put(0xF0 | (codePoint >> 18));
        put(0x80 | ((codePoint >> 12) & 0x3F));
        put(0x80 | ((codePoint >> 6) & 0x3F));
        put(0x80 | (codePoint & 0x3F));
    }
}

std::size_t firstInvalidUtf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::uint64_t block = 0;
        if (text.size() - at >= sizeof block) {  // eight ASCII bytes at once: most text is that
            std::memcpy(&block, text.data() + at, sizeof block);
            if ((block & 0x8080808080808080u) == 0) {
                at += sizeof block;
                continue;
            }
        }
        const std::size_t length = utf8SequenceLength(text, at);
        if (length == 0)
            return at;
        at += length;
    }
    return at;
}

bool isListed(std::string_view word, std::string_view list, char separator) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(separator), list.size());
        if (list.substr(0, end) == word)
            return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

std::string_view withoutMark(std::string_view text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

namespace {
// Calls `visit` with the valid text before each byte that is not part of any, and with that byte; leaves what is behind
// the last.
template <typename Visit>
void takeInvalid(std::string_view& text, const Visit& visit) {
    for (std::size_t at = firstInvalidUtf8(text); at < text.size(); at = firstInvalidUtf8(text)) {
        visit(text.substr(0, at), byteAt(text, at));
        text.remove_prefix(at + 1);
    }
}
}  // namespace

std::size_t countInvalidUtf8(std::string_view text) {
    std::size_t count = 0;
    takeInvalid(text, [&](std::string_view, unsigned char) { ++count; });
    return count;
}

std::string withReplacementCharacters(std::string_view text) {
    std::string result;
    takeInvalid(text, [&](std::string_view valid, unsigned char) { result.append(valid).append("\uFFFD"); });
    result += text;
    return result;
}

std::string withEscapedBytes(std::string_view text) {
    std::string result;
    takeInvalid(text, [&](std::string_view valid, unsigned char byte) {
        result.append(valid).append("\\x").append(hexText(byte));
    });
    result += text;
    return result;
}

}  // namespace rankscope
