// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads the header of a GGUF file from front to back, through a buffer. One thread at a time.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/file_reader.h"

namespace rankscope {

class GgufCursor {
public:
    static constexpr std::uint64_t maxString = 64u << 20;

    GgufCursor(const FileReader& file, std::uint64_t offset) : m_file(file), m_position(offset) {}

    std::uint64_t position() const { return m_position; }
    std::uint64_t left() const { return m_file.size() - m_position; }

    // What errors name until the next call.
    void setSubject(std::string subject) { m_subject = std::move(subject); }
    const std::string& subject() const { return m_subject; }

    template <typename T>
    T take() {
        T value;
        std::memcpy(&value, need(sizeof value), sizeof value);
        m_position += sizeof value;
        return value;
    }

    // A length and as many bytes. Error "SUBJECT length: expected <= bytes left, found N".
    std::string takeString();
    void skipString();

    // REQUIRES bytes <= left().
    void skip(std::uint64_t bytes) { m_position += bytes; }

    // Error with this file, the subject, and `detail` behind it.
    [[noreturn]] void fail(std::string_view detail, std::string_view expected, std::string_view found) const;

private:
    const std::byte* need(std::size_t bytes);
    std::uint64_t takeLength();

    const FileReader& m_file;
    std::uint64_t m_position;
    std::uint64_t m_bufferStart = 0;
    std::vector<std::byte> m_buffer;
    std::string m_subject = "header";
};

}  // namespace rankscope
