// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/base/checked.h"
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/io/file_content.h"
#include "core/io/gguf_dequant.h"
#include "core/io/gguf_header.h"

namespace rankscope {

namespace {

constexpr std::uint64_t maxElements = INT64_MAX;

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
        fits = fits && next && *next <= maxElements;
        product = fits ? *next : product;
    }
    if (!fits)
        cursor.fail("", "product < 2^63", "overflow");
    std::ranges::reverse(shape);
    return shape;
}

const TensorType& takeType(GgufCursor& cursor) {
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

}  // namespace

std::vector<TensorInfo> readGgufTensors(const FileReader& file, GgufCursor& cursor, std::uint64_t count,
                                        std::uint64_t alignment) {
    std::vector<TensorInfo> tensors;
    std::uint64_t expectedOffset = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        TensorInfo info;
        info.name = takeName(cursor, i);
        cursor.setSubject(info.name);
        info.shape = takeShape(cursor);
        const TensorType& type = takeType(cursor);
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

}  // namespace rankscope
