// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/tensor_reader.h"

#include <algorithm>
#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/io/gguf_dequant.h"

namespace rankscope {

namespace {

const TensorType& readableType(const FileReader& file, const TensorInfo& info, const TypeWording& wording) {
    const TensorType* type = findTensorType(info.type);
    if (!type || !type->convert)
        throw Error(ErrorCode::unsupported, file.name(), info.name + "." + std::string(wording.field), wording.readable,
                    info.type);
    return *type;
}

void checkRange(const FileReader& file, const TensorInfo& info, std::int64_t firstRow, std::int64_t rowCount,
                std::size_t values) {
    const auto zero = std::ranges::find(info.shape, 0);
    if (zero != info.shape.end())
        throw Error(ErrorCode::malformed, file.name(),
                    info.name + ".shape[" + std::to_string(zero - info.shape.begin()) + "]", ">= 1", "0");
    const std::int64_t rows = info.rows();
    const bool inside = firstRow >= 0 && rowCount >= 0 && firstRow <= rows && rowCount <= rows - firstRow;
    if (!inside || values != static_cast<std::size_t>(rowCount * info.rowLength()))
        throw Error(ErrorCode::mismatch, file.name(), info.name, std::to_string(rows) + " rows at most",
                    std::to_string(rowCount) + " rows from " + std::to_string(firstRow) + " into " +
                        std::to_string(values) + " values");
}

}  // namespace

void readTensorRows(const FileReader& file, const TensorInfo& info, const TypeWording& wording, std::int64_t firstRow,
                    std::int64_t rowCount, std::span<float> out) {
    const TensorType& type = readableType(file, info, wording);
    checkRange(file, info, firstRow, rowCount, out.size());
    const std::uint64_t blocksPerRow = static_cast<std::uint64_t>(info.rowLength()) / type.blockSize;
    std::uint64_t offset = info.offset + static_cast<std::uint64_t>(firstRow) * blocksPerRow * type.blockBytes;
    std::uint64_t left = static_cast<std::uint64_t>(rowCount) * blocksPerRow;
    if (info.type == "F32")
        return file.read(offset, std::as_writable_bytes(out), info.name);

    constexpr std::uint64_t bufferBytes = 128 << 10;  // with its values it stays in the second-level cache
    const std::uint64_t blocksAtOnce = std::min(left, bufferBytes / type.blockBytes);
    const auto buffer = std::make_unique_for_overwrite<std::byte[]>(blocksAtOnce * type.blockBytes);
    float* values = out.data();
    while (left > 0) {
        const std::uint64_t blocks = std::min(left, blocksAtOnce);
        file.read(offset, {buffer.get(), blocks * type.blockBytes}, info.name);
        type.convert(reinterpret_cast<const std::uint8_t*>(buffer.get()), values, blocks);
        offset += blocks * type.blockBytes;
        values += blocks * type.blockSize;
        left -= blocks;
    }
}

const FileReader& partOf(std::span<const FileReader> parts, const TensorInfo& info) {
    if (info.part < 0 || static_cast<std::size_t>(info.part) >= parts.size())
        throw Error(ErrorCode::mismatch, parts.empty() ? "" : parts[0].name(), info.name, "tensor of this checkpoint",
                    "part " + std::to_string(info.part));
    return parts[static_cast<std::size_t>(info.part)];
}

}  // namespace rankscope
