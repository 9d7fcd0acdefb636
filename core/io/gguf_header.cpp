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

namespace rankscope {

namespace {

using nlohmann::json;

constexpr std::uint64_t prefixBytes = 24;        // magic, version, two counts
constexpr std::uint64_t longArray = 4096;        // more elements are left in the file
constexpr std::uint64_t maxEntries = 1'000'000;  // pairs, tensors: each costs more memory than bytes in the file

struct TypeFacts {
    std::string_view name;
    std::uint64_t bytes;  // of one element; of the shortest for a string
};

constexpr std::array<TypeFacts, 13> typeFacts = {{{"u8", 1},
                                                  {"i8", 1},
                                                  {"u16", 2},
                                                  {"i16", 2},
                                                  {"u32", 4},
                                                  {"i32", 4},
                                                  {"f32", 4},
                                                  {"bool", 1},
                                                  {"string", 8},
                                                  {"array", 12},
                                                  {"u64", 8},
                                                  {"i64", 8},
                                                  {"f64", 8}}};

const TypeFacts& factsOf(GgufType type) {
    return typeFacts.at(static_cast<std::size_t>(type));
}

GgufType takeType(GgufCursor& cursor) {
    const auto type = cursor.take<std::uint32_t>();
    if (type >= typeFacts.size())
        cursor.fail("", "type 0..12", std::to_string(type));
    return static_cast<GgufType>(type);
}

bool takeBoolean(GgufCursor& cursor) {
    const auto value = cursor.take<std::uint8_t>();
    if (value > 1)
        cursor.fail("", "bool 0 or 1", std::to_string(value));
    return value == 1;
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

}  // namespace

std::string_view ggufTypeName(GgufType type) {
    return factsOf(type).name;
}

json takeGgufScalar(GgufCursor& cursor, GgufType type) {
    switch (type) {
        case GgufType::u8:
            return cursor.take<std::uint8_t>();
        case GgufType::i8:
            return cursor.take<std::int8_t>();
        case GgufType::u16:
            return cursor.take<std::uint16_t>();
        case GgufType::i16:
            return cursor.take<std::int16_t>();
        case GgufType::u32:
            return cursor.take<std::uint32_t>();
        case GgufType::i32:
            return cursor.take<std::int32_t>();
        case GgufType::f32:
            return cursor.take<float>();
        case GgufType::boolean:
            return takeBoolean(cursor);
        case GgufType::string:
            return withReplacementCharacters(cursor.takeString());
        case GgufType::u64:
            return cursor.take<std::uint64_t>();
        case GgufType::i64:
            return cursor.take<std::int64_t>();
        case GgufType::f64:
            return cursor.take<double>();
        case GgufType::array:
            break;
    }
    cursor.fail("", "scalar", "array");
}

GgufHeader readGgufHeader(const FileReader& file) {
    GgufCursor cursor(file, 0);
    checkPrefix(file, cursor);
    const std::uint64_t tensors = takeCount(file, cursor, "tensor_count", 24);
    const std::uint64_t pairs = takeCount(file, cursor, "kv_count", 14);
    GgufHeader header;
    for (std::uint64_t i = 0; i < pairs; ++i)
        takePair(cursor, header, i);
    const std::uint64_t alignment = alignmentOf(cursor, header.metadata);
    checkTokenArrays(cursor, header);
    header.tensors = readGgufTensors(file, cursor, tensors, alignment);
    return header;
}

}  // namespace rankscope
