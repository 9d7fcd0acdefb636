// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The header of one GGUF file: key-value pairs and the table of tensors, every size checked against the file before it
// is believed. Any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/file_reader.h"
#include "core/io/weight_file.h"

namespace rankscope {

// Reads the header of a GGUF file from front to back, through a buffer. One thread at a time.
class GgufCursor {
public:
    static constexpr std::uint64_t maxString = 64u << 20;

    // `subject`: see setSubject().
    GgufCursor(const FileReader& file, std::uint64_t offset, std::string subject)
        : m_file(file), m_position(offset), m_subject(std::move(subject)) {}

    std::uint64_t position() const { return m_position; }
    std::uint64_t left() const { return m_file.size() - m_position; }

    // What errors name until the next call.
    void setSubject(std::string subject) { m_subject = std::move(subject); }

    template <typename T>
    T take() {
        T value;
        std::memcpy(&value, need(sizeof value), sizeof value);
        m_position += sizeof value;
        return value;
    }

    // A length and as many bytes. Error "SUBJECT length: expected <= bytes left, found N".
    std::string takeString();
    void skipString() { skip(takeLength()); }

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
    std::string m_subject;
};

enum class GgufType : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64 };

// "u8", "f32", …
std::string_view ggufTypeName(GgufType type);

// An array value: where its elements start and what they are.
struct GgufArray {
    GgufType type = GgufType::u8;
    std::uint64_t count = 0;
    std::uint64_t offset = 0, bytes = 0;
};

struct GgufHeader {
    nlohmann::json metadata = nlohmann::json::object();  // without arrays of more than 4096 elements
    std::map<std::string, GgufArray, std::less<>> arrays;
    std::vector<TensorInfo> tensors;  // offsets from the start of the file; part 0
};

GgufHeader readGgufHeader(const FileReader& file);

// One element of an array, as JSON; bytes of a string that are not UTF-8 become U+FFFD.
nlohmann::json takeGgufScalar(GgufCursor& cursor, GgufType type);

}  // namespace rankscope
