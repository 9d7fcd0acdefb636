// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/protobuf_reader.h"

#include "core/base/error.h"

namespace rankscope {

namespace {
enum WireType : std::uint32_t { varintType = 0, fixed64Type = 1, lengthType = 2, fixed32Type = 5 };
}

void ProtobufReader::fail(std::string_view expected, std::string_view found) const {
    throw Error(ErrorCode::malformed, m_file, m_subject, expected, found);
}

std::uint64_t ProtobufReader::varint() {
    constexpr int maxBytes = 10;
    std::uint64_t value = 0;
    for (int i = 0; i < maxBytes; ++i) {
        if (m_rest.empty())
            fail("whole number", "end");
        const auto byte = static_cast<unsigned char>(m_rest.front());
        m_rest.remove_prefix(1);
        if (i == maxBytes - 1 && byte > 1)
            break;
        value |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * i);
        if (byte < 0x80)
            return value;
    }
    fail("number of 64 bits", "more");
}

std::string_view ProtobufReader::take(std::uint64_t length) {
    if (length > m_rest.size())
        fail("length <= " + std::to_string(m_rest.size()), std::to_string(length));
    const std::string_view taken = m_rest.substr(0, length);
    m_rest.remove_prefix(length);
    return taken;
}

std::uint64_t ProtobufReader::littleEndian(std::uint64_t length) {
    std::uint64_t value = 0;
    int shift = 0;
    for (const char byte : take(length)) {
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(byte)) << shift;
        shift += 8;
    }
    return value;
}

std::optional<ProtobufReader::Field> ProtobufReader::next() {
    if (m_rest.empty())
        return std::nullopt;
    const std::uint64_t tag = varint();
    Field field{static_cast<std::uint32_t>(tag >> 3), static_cast<std::uint32_t>(tag & 7), 0, {}};
    if (tag >> 32 != 0 || field.number == 0)
        fail("field number", std::to_string(tag >> 3));
    switch (field.wireType) {
        case varintType:
            field.value = varint();
            break;
        case fixed64Type:
            field.value = littleEndian(8);
            break;
        case fixed32Type:
            field.value = littleEndian(4);
            break;
        case lengthType:
            field.bytes = take(varint());
            break;
        default:
            fail("wire type 0, 1, 2 or 5", std::to_string(field.wireType));
    }
    return field;
}

void ProtobufReader::require(const Field& field, std::uint32_t wireType) const {
    if (field.wireType != wireType)
        fail("wire type " + std::to_string(wireType) + " in field " + std::to_string(field.number),
             std::to_string(field.wireType));
}

std::uint64_t ProtobufReader::integer(const Field& field) const {
    require(field, varintType);
    return field.value;
}

std::uint32_t ProtobufReader::fixed32(const Field& field) const {
    require(field, fixed32Type);
    return static_cast<std::uint32_t>(field.value);
}

std::string_view ProtobufReader::bytes(const Field& field) const {
    require(field, lengthType);
    return field.bytes;
}

}  // namespace rankscope
