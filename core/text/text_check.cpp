// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/text_check.h"

#include <string>

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/io/file_reader.h"

namespace rankscope {

void requireUtf8(std::string_view text, std::string_view file) {
    const std::size_t at = firstInvalidUtf8(text);
    if (at == text.size())
        return;
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(text[at]);
    throw Error(ErrorCode::malformed, file, "offset " + std::to_string(at), "UTF-8",
                std::string("0x") + digits[byte >> 4] + digits[byte & 0xF]);
}

InvalidText findInvalidText(const std::filesystem::path& path) {
    const std::string text = readWholeFile(path, maxCorpusBytes);
    try {
        requireUtf8(text, path.string());
        return {};
    } catch (const Error& error) {
        return {countInvalidUtf8(text), error.what()};
    }
}

}  // namespace rankscope
