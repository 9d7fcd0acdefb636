// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF TENSOR TYPES: how every number format of a checkpoint is stored, and its conversion to float32. The
// conversions round as the formats' reference implementation does, bit for bit. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace rankscope {

// Converts `blocks` blocks, tightly packed and little-endian, to blocks × blockSize values.
using ConvertBlocks = void (*)(const std::uint8_t* in, float* out, std::size_t blocks);

struct TensorType {
    int ggufId;               // as GGUF numbers it
    std::string_view name;    // "Q4_1"; safetensors spells its floating-point types the same way
    std::uint32_t blockSize;  // values in a block; a row is a whole number of blocks
    std::uint32_t blockBytes;
    ConvertBlocks convert;       // for this processor; null: Rankscope does not read this type
    ConvertBlocks convertPlain;  // the same result with the instructions that every processor has
};

std::span<const TensorType> tensorTypes();

// Null if there is none.
const TensorType* findTensorType(int ggufId);
const TensorType* findTensorType(std::string_view name);

}  // namespace rankscope
