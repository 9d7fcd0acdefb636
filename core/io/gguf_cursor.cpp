// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/gguf_cursor.h"

#include <algorithm>

#include "core/base/error.h"

namespace rankscope {

const std::byte* GgufCursor::need(std::size_t bytes) {
    if (bytes > left())
        fail("", std::to_string(bytes) + " bytes", std::to_string(left()) + " before the end of the file");
    const std::uint64_t bufferEnd = m_bufferStart + m_buffer.size();
    if (m_position < m_bufferStart || m_position + bytes > bufferEnd) {
        constexpr std::uint64_t bufferBytes = 256 << 10;
        m_buffer.resize(std::min(left(), bufferBytes));
        m_bufferStart = m_position;
        m_file.read(m_position, m_buffer, "header");
    }
    return m_buffer.data() + (m_position - m_bufferStart);
}

std::uint64_t GgufCursor::takeLength() {
    const auto length = take<std::uint64_t>();
    if (length > left())
        fail(" length", "<= bytes left", std::to_string(length));
    if (length > maxString)
        fail(" length", "<= " + std::to_string(maxString), std::to_string(length));
    return length;
}

std::string GgufCursor::takeString() {
    std::string text(takeLength(), '\0');
    constexpr std::size_t small = 4096;
    if (text.size() <= small && !text.empty())
        std::memcpy(text.data(), need(text.size()), text.size());
    else
        m_file.read(m_position, std::as_writable_bytes(std::span(text)), m_subject);
    m_position += text.size();
    return text;
}

void GgufCursor::skipString() {
    skip(takeLength());
}

void GgufCursor::fail(std::string_view detail, std::string_view expected, std::string_view found) const {
    throw Error(ErrorCode::malformed, m_file.name(), m_subject + std::string(detail), expected, found);
}

}  // namespace rankscope
