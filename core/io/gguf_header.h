// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The header of one GGUF file: key-value pairs and the table of tensors, every size checked against the file before it
// is believed. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/file_reader.h"
#include "core/io/gguf_cursor.h"
#include "core/io/weight_file.h"

namespace rankscope {

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

// The table of tensors at the cursor, `count` of them; gguf_tensors.cpp.
std::vector<TensorInfo> readGgufTensors(const FileReader& file, GgufCursor& cursor, std::uint64_t count,
                                        std::uint64_t alignment);

}  // namespace rankscope
