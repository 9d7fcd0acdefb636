// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/gguf_header.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "core/base/checked.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/io/file_content.h"
#include "core/io/gguf_dequant.h"

namespace rankscope {

namespace {

using nlohmann::json;

constexpr std::uint64_t prefixBytes = 24;        // magic, version, two counts
constexpr std::uint64_t longArray = 4096;        // more elements are left in the file
constexpr std::uint64_t maxEntries = 1'000'000;  // pairs, tensors: each costs more memory than bytes in the file

bool takeBoolean(GgufCursor& cursor) {
    const auto value = cursor.take<std::uint8_t>();
    if (value > 1)
        cursor.fail("", "bool 0 or 1", std::to_string(value));
    return value == 1;
}

template <typename T>
json takeNumber(GgufCursor& cursor) {
    return cursor.take<T>();
}

// The types of values, as GgufType numbers them.
struct TypeFacts {
    std::string_view name;
    std::uint64_t bytes;  // of one element; of the shortest for a string
    json (*take)(GgufCursor& cursor);
};
constexpr std::array typeFacts{
    TypeFacts{"u8", 1, takeNumber<std::uint8_t>},
    TypeFacts{"i8", 1, takeNumber<std::int8_t>},
    TypeFacts{"u16", 2, takeNumber<std::uint16_t>},
    TypeFacts{"i16", 2, takeNumber<std::int16_t>},
    TypeFacts{"u32", 4, takeNumber<std::uint32_t>},
    TypeFacts{"i32", 4, takeNumber<std::int32_t>},
    TypeFacts{"f32", 4, takeNumber<float>},
    TypeFacts{"bool", 1, [](GgufCursor& cursor) { return json(takeBoolean(cursor)); }},
    TypeFacts{"string", 8, [](GgufCursor& cursor) { return json(withReplacementCharacters(cursor.takeString())); }},
    TypeFacts{"array", 12, [](GgufCursor& cursor) -> json { cursor.fail("", "scalar", "array"); }},
    TypeFacts{"u64", 8, takeNumber<std::uint64_t>},
    TypeFacts{"i64", 8, takeNumber<std::int64_t>},
    TypeFacts{"f64", 8, takeNumber<double>},
};

const TypeFacts& factsOf(GgufType type) {
    return typeFacts.at(static_cast<std::size_t>(type));
}

GgufType takeType(GgufCursor& cursor) {
    const auto type = cursor.take<std::uint32_t>();
    if (type >= typeFacts.size())
        cursor.fail("", "type 0..12", std::to_string(type));
    return static_cast<GgufType>(type);
}

// Checks every element that can be wrong, and keeps the values only of a short array.
json takeArray(GgufCursor& cursor, GgufArray& array) {
    array.type = takeType(cursor);
    if (array.type == GgufType::array)
        cursor.fail("", "scalar elements", "array of array");
    array.count = cursor.take<std::uint64_t>();
    array.offset = cursor.position();
    const auto bytes = checkedMultiply(array.count, factsOf(array.type).bytes);
    if (!bytes || *bytes > cursor.left())
        cursor.fail("", "<= bytes left", std::to_string(array.count) + " elements");
    if (array.count <= longArray) {
        json values = json::array();
        for (std::uint64_t i = 0; i < array.count; ++i)
            values.push_back(takeGgufScalar(cursor, array.type));
        return values;
    }
    if (array.type == GgufType::string) {
        for (std::uint64_t i = 0; i < array.count; ++i)
            cursor.skipString();
    } else if (array.type == GgufType::boolean) {
        for (std::uint64_t i = 0; i < array.count; ++i)
            takeBoolean(cursor);
    } else {
        cursor.skip(*bytes);
    }
    array.bytes = cursor.position() - array.offset;
    return nullptr;
}

std::string takeKey(GgufCursor& cursor, std::uint64_t index) {
    constexpr std::size_t maxKey = 65535;
    cursor.setSubject("kv[" + std::to_string(index) + "].key");
    std::string key = cursor.takeString();
    if (key.empty())
        cursor.fail("", "non-empty", "\"\"");
    if (key.size() > maxKey)
        cursor.fail(" length", "<= " + std::to_string(maxKey), std::to_string(key.size()));
    if (!std::ranges::all_of(key, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
        cursor.fail("", "ASCII", "\"" + key + "\"");
    cursor.setSubject("kv \"" + key + "\"");
    return key;
}

void takePair(GgufCursor& cursor, GgufHeader& header, std::uint64_t index) {
    const std::string key = takeKey(cursor, index);
    if (header.metadata.contains(key) || header.arrays.contains(key))
        cursor.fail("", "once", "twice");
    const GgufType type = takeType(cursor);
    if (key == "general.alignment" && type != GgufType::u32) {
        cursor.setSubject(key);
        cursor.fail("", "u32", ggufTypeName(type));
    }
    if (type != GgufType::array) {
        json value = takeGgufScalar(cursor, type);
        if (value.is_number_float() && !std::isfinite(value.get<double>()))
            cursor.fail("", "finite number", std::to_string(value.get<double>()));
        header.metadata[key] = std::move(value);
        return;
    }
    json values = takeArray(cursor, header.arrays[key]);
    if (!values.is_null())
        header.metadata[key] = std::move(values);
}

std::uint64_t alignmentOf(GgufCursor& cursor, const json& metadata) {
    const std::uint64_t alignment = metadata.value("general.alignment", std::uint64_t{32});
    const bool powerOfTwo = (alignment & (alignment - 1)) == 0;
    if (!powerOfTwo || alignment < 8 || alignment > 1048576) {
        cursor.setSubject("general.alignment");
        cursor.fail("", "power of two 8..1048576", std::to_string(alignment));
    }
    return alignment;
}

void checkPrefix(const FileReader& file, GgufCursor& cursor) {
    cursor.setSubject("magic");
    if (file.size() >= 4) {
        const auto magic = cursor.take<std::array<unsigned char, 4>>();
        std::array<char, 12> hex{};
        std::snprintf(hex.data(), hex.size(), "%02X %02X %02X %02X", magic[0], magic[1], magic[2], magic[3]);
        if (std::memcmp(magic.data(), "GGUF", 4) != 0) {
            requireContent(file, "gguf", "magic", "\"GGUF\"");
            cursor.fail("", "\"GGUF\"", hex.data());
        }
    }
    if (file.size() == 0)
        requireContent(file, "gguf", "file size", ">= " + std::to_string(prefixBytes));
    if (file.size() < prefixBytes)
        throw Error(ErrorCode::malformed, file.name(), "file size", ">= " + std::to_string(prefixBytes),
                    std::to_string(file.size()));
    cursor.setSubject("version");
    const auto version = cursor.take<std::uint32_t>();
    if ((version & 0xFFFF) == 0 && version != 0)
        cursor.fail("", "2 or 3", "big-endian " + std::to_string(__builtin_bswap32(version)));
    if (version != 2 && version != 3)
        cursor.fail("", "2 or 3", std::to_string(version));
}

std::uint64_t takeCount(const FileReader& file, GgufCursor& cursor, const std::string& subject,
                        std::uint64_t smallest) {
    cursor.setSubject(subject);
    const auto count = cursor.take<std::int64_t>();
    if (count < 0 || static_cast<std::uint64_t>(count) > (file.size() - prefixBytes) / smallest)
        cursor.fail("", "<= (size-24)/" + std::to_string(smallest), std::to_string(count));
    if (static_cast<std::uint64_t>(count) > maxEntries)
        cursor.fail("", "<= " + std::to_string(maxEntries), std::to_string(count));
    return static_cast<std::uint64_t>(count);
}

// Arrays of the tokenizer that have one element per token.
void checkTokenArrays(GgufCursor& cursor, const GgufHeader& header) {
    const auto tokens = header.arrays.find("tokenizer.ggml.tokens");
    if (tokens == header.arrays.end())
        return;
    for (const std::string key : {"tokenizer.ggml.scores", "tokenizer.ggml.token_type"}) {
        const auto found = header.arrays.find(key);
        cursor.setSubject(key);
        if (found != header.arrays.end() && found->second.count != tokens->second.count)
            cursor.fail("", std::to_string(tokens->second.count), std::to_string(found->second.count));
    }
}

std::string takeName(GgufCursor& cursor, std::uint64_t index) {
    constexpr std::uint64_t maxName = 64;
    cursor.setSubject("tensor " + std::to_string(index) + " name");
    std::string name = cursor.takeString();
    if (name.size() > maxName)
        cursor.fail("", "<= " + std::to_string(maxName) + " bytes", std::to_string(name.size()));
    if (firstInvalidUtf8(name) < name.size())
        cursor.fail("", "valid UTF-8", "\"" + name + "\"");
    return name;
}

// Outermost first, as everywhere else; the file has the fastest dimension first.
std::vector<std::int64_t> takeShape(GgufCursor& cursor) {
    const auto rank = cursor.take<std::uint32_t>();
    if (rank < 1 || rank > 4)
        cursor.fail(".n_dims", "1..4", std::to_string(rank));
    std::vector<std::int64_t> shape;
    std::uint64_t product = 1;
    bool fits = true;
    for (std::uint32_t i = 0; i < rank; ++i) {
        const auto extent = cursor.take<std::int64_t>();
        if (extent < 1)
            cursor.fail(".dim[" + std::to_string(i) + "]", ">= 1", std::to_string(extent));
        shape.push_back(extent);
        const auto next = checkedMultiply(product, static_cast<std::uint64_t>(extent));
        fits = fits && next && *next <= INT64_MAX;
        product = fits ? *next : product;
    }
    if (!fits)
        cursor.fail("", "product < 2^63", "overflow");
    std::ranges::reverse(shape);
    return shape;
}

const TensorType& takeTensorType(GgufCursor& cursor) {
    const auto id = cursor.take<std::uint32_t>();
    const TensorType* type = id <= INT32_MAX ? findTensorType(static_cast<int>(id)) : nullptr;
    if (!type)
        cursor.fail(".type", "supported type", std::to_string(id));
    return *type;
}

std::uint64_t bytesOf(const GgufCursor& cursor, const TensorInfo& info, const TensorType& type) {
    const auto rowLength = static_cast<std::uint64_t>(info.rowLength());
    if (rowLength % type.blockSize != 0)
        cursor.fail(".dim[0]", "multiple of " + std::to_string(type.blockSize), std::to_string(rowLength));
    const auto blocks = static_cast<std::uint64_t>(info.elements()) / type.blockSize;
    const auto bytes = checkedMultiply(blocks, type.blockBytes);
    if (!bytes)
        cursor.fail("", "size <= file", "overflow");
    return *bytes;
}

// Turns the offsets, so far from the start of the data, into offsets from the start of the file.
void placeInFile(const FileReader& file, GgufCursor& cursor, std::vector<TensorInfo>& tensors,
                 std::uint64_t dataStart) {
    for (TensorInfo& info : tensors) {
        cursor.setSubject(info.name);
        const auto offset = checkedAdd(dataStart, info.offset);
        const auto end = offset ? checkedAdd(*offset, info.bytes) : std::nullopt;
        if (!end)
            cursor.fail("", "end <= size", "overflow");
        if (*end > file.size())
            cursor.fail("", "end <= size", std::to_string(*end) + " > " + std::to_string(file.size()) + notComplete);
        info.offset = *offset;
    }
}

// The table of tensors at the cursor, `count` of them.
std::vector<TensorInfo> readTensors(const FileReader& file, GgufCursor& cursor, std::uint64_t count,
                                    std::uint64_t alignment) {
    std::vector<TensorInfo> tensors;
    std::uint64_t expectedOffset = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        TensorInfo info;
        info.name = takeName(cursor, i);
        cursor.setSubject(info.name);
        info.shape = takeShape(cursor);
        const TensorType& type = takeTensorType(cursor);
        info.type = type.name;
        info.bytes = bytesOf(cursor, info, type);
        info.offset = cursor.take<std::uint64_t>();
        if (info.offset != expectedOffset)
            cursor.fail(".offset", std::to_string(expectedOffset), std::to_string(info.offset));
        const auto end = checkedAdd(info.offset, info.bytes);
        const auto next = end ? checkedRoundUp(*end, alignment) : std::nullopt;
        if (!next)
            cursor.fail("", "size <= file", "overflow");
        expectedOffset = *next;
        tensors.push_back(std::move(info));
    }
    // The position is inside the file, so the sum cannot wrap.
    placeInFile(file, cursor, tensors, *checkedRoundUp(cursor.position(), alignment));
    return tensors;
}

}  // namespace

std::string_view ggufTypeName(GgufType type) {
    return factsOf(type).name;
}

json takeGgufScalar(GgufCursor& cursor, GgufType type) {
    return factsOf(type).take(cursor);
}

GgufHeader readGgufHeader(const FileReader& file) {
    GgufCursor cursor(file, 0, "header");
    checkPrefix(file, cursor);
    const std::uint64_t tensors = takeCount(file, cursor, "tensor_count", 24);
    const std::uint64_t pairs = takeCount(file, cursor, "kv_count", 14);
    GgufHeader header;
    for (std::uint64_t i = 0; i < pairs; ++i)
        takePair(cursor, header, i);
    const std::uint64_t alignment = alignmentOf(cursor, header.metadata);
    checkTokenArrays(cursor, header);
    header.tensors = readTensors(file, cursor, tensors, alignment);
    return header;
}

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

void GgufCursor::fail(std::string_view detail, std::string_view expected, std::string_view found) const {
    throw Error(ErrorCode::malformed, m_file.name(), m_subject + std::string(detail), expected, found);
}

}  // namespace rankscope
