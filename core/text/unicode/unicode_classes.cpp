// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/unicode/unicode_classes.h"

#include <unicode/uchar.h>

#include "core/base/utf8.h"

namespace rankscope {

namespace {

UChar32 firstOf(std::string_view text) {
    return static_cast<UChar32>(utf8CodePoint(text, 0, utf8SequenceLength(text, 0)));
}

std::string_view lastCharacter(std::string_view text) {
    std::size_t at = text.size() - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
        --at;
    return text.substr(at);
}

bool isWhiteSpace(UChar32 code) {
    return u_hasBinaryProperty(code, UCHAR_WHITE_SPACE);
}

bool isWord(UChar32 code) {
    constexpr std::uint32_t general = U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK;
    return u_hasBinaryProperty(code, UCHAR_ALPHABETIC) || (U_GET_GC_MASK(code) & general) != 0 ||
           u_hasBinaryProperty(code, UCHAR_JOIN_CONTROL);
}

}  // namespace

std::size_t leadingWhiteSpace(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && isWhiteSpace(firstOf(text.substr(at))))
        at += utf8SequenceLength(text, at);
    return at;
}

std::size_t trailingWhiteSpace(std::string_view text) {
    std::size_t kept = text.size();
    while (kept > 0) {
        const std::string_view last = lastCharacter(text.substr(0, kept));
        if (!isWhiteSpace(firstOf(last)))
            break;
        kept -= last.size();
    }
    return text.size() - kept;
}

bool startsWithWord(std::string_view text) {
    return !text.empty() && isWord(firstOf(text));
}

bool endsWithWord(std::string_view text) {
    return !text.empty() && isWord(firstOf(lastCharacter(text)));
}

}  // namespace rankscope
