// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/text_check.h"

#include <string>

#include "core/base/error.h"
#include "core/base/path_text.h"
#include "core/base/utf8.h"
#include "core/io/file_reader.h"
#include "core/io/json_text.h"
#include "core/text/text_kind.h"

namespace rankscope {

void requireText(std::string_view bytes, std::string_view file) {
    if (const auto foreign = foreignText(bytes))
        throw Error(ErrorCode::malformed, file, foreign->subject, foreign->expected, foreign->found);
}

void requireUtf8(std::string_view text, std::string_view file) {
    const std::size_t at = firstInvalidUtf8(text);
    if (at == text.size())
        return;
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(text[at]);
    throw Error(ErrorCode::malformed, file, "offset " + std::to_string(at), "UTF-8",
                std::string("0x") + digits[byte >> 4] + digits[byte & 0xF]);
}

TextQuestions questionsAbout(const std::filesystem::path& path) {
    const std::string text = readWholeFile(path, maxCorpusBytes), file = pathText(path);
    requireText(text, file);
    TextQuestions questions{.invalidBytes = 0, .invalidLine = {}, .fields = fieldsOfRecords(withoutMark(text))};
    try {
        requireUtf8(text, file);
    } catch (const Error& error) {
        questions.invalidBytes = countInvalidUtf8(text);
        questions.invalidLine = error.what();
    }
    return questions;
}

}  // namespace rankscope
