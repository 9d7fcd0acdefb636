// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The fields of one Protocol Buffers message, every length checked against what is left. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rankscope {

class ProtobufReader {
public:
    struct Field {
        std::uint32_t number = 0, wireType = 0;
        std::uint64_t value = 0;  // of a varint or fixed field
        std::string_view bytes;   // of a field with a length
    };

    // `file` and `subject` are for errors; all three must outlive this.
    ProtobufReader(std::string_view message, std::string_view file, std::string_view subject)
        : m_rest(message), m_file(file), m_subject(subject) {}

    // The next field, or nothing at the end. Error "SUBJECT: expected length <= 90, found 4294967295".
    std::optional<Field> next();

    // The value of a field that must be of that kind; Error otherwise.
    std::uint64_t integer(const Field& field) const;
    std::uint32_t fixed32(const Field& field) const;
    std::string_view bytes(const Field& field) const;

private:
    [[noreturn]] void fail(std::string_view expected, std::string_view found) const;
    std::uint64_t varint();
    std::string_view take(std::uint64_t length);
    std::uint64_t littleEndian(std::uint64_t length);
    void require(const Field& field, std::uint32_t wireType) const;

    std::string_view m_rest, m_file, m_subject;
};

}  // namespace rankscope
