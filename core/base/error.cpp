// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

#include "core/base/utf8.h"

namespace rankscope {

std::string printable(std::string_view text, std::size_t limit) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8SequenceLength(text, at);
        const auto byte = static_cast<unsigned char>(text[at]);
        std::string piece;
        if (length == 0 || byte < 0x20 || byte == 0x7F) {
            piece = "\\x" + hexText(byte);
        } else {
            piece = text.substr(at, length);
        }
        if (result.size() + piece.size() > limit)
            return result + "…";
        result += piece;
        at += length == 0 ? 1 : length;
    }
    return result;
}

Error::Error(ErrorCode code, std::string_view file, std::string_view subject, std::string_view expected,
             std::string_view found)
    : m_code(code),
      m_file(printable(file, 4096)),
      m_subject(printable(subject)),
      m_expected(printable(expected)),
      m_found(printable(found)),
      m_line(m_file + ": " + m_subject + ": expected " + m_expected + ", found " + m_found) {}

}  // namespace rankscope
