// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/path_text.h"

#include <charconv>
#include <system_error>

#include "core/base/utf8.h"

namespace rankscope {

std::string pathText(const std::filesystem::path& path) {
    return withEscapedBytes(path.native());
}

std::filesystem::path pathOfText(std::string_view text) {
    std::error_code ignored;
    if (std::filesystem::path same(text); std::filesystem::exists(same, ignored))
        return same;
    constexpr std::string_view mark = "\\x";
    constexpr std::size_t length = 4;  // of an escape
    std::string bytes;
    while (!text.empty()) {
        unsigned char byte = 0;
        const bool escape =
            text.starts_with(mark) && text.size() >= length &&
            std::from_chars(text.data() + mark.size(), text.data() + length, byte, 16).ptr == text.data() + length &&
            byte >= 0x80;
        bytes.push_back(escape ? static_cast<char>(byte) : text.front());
        text.remove_prefix(escape ? length : 1);
    }
    return bytes;
}

}  // namespace rankscope
