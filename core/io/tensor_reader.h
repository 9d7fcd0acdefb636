// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The way from a tensor's bytes in an open file to float32, the same for every format. Any thread.
#pragma once

#include <span>
#include <string_view>

#include "core/io/file_reader.h"
#include "core/io/weight_file.h"

namespace rankscope {

// What the two families of formats say about a type that is not read:
// "w.type: expected supported type, found IQ1_S", "w.dtype: expected F16/BF16/F32/F64, found F8_E4M3".
struct TypeWording {
    std::string_view field;
    std::string_view readable;
};

// WeightFile::readRows for a tensor that lies in `file`, its `bytes` checked against its shape and the file.
void readTensorRows(const FileReader& file, const TensorInfo& info, const TypeWording& wording, std::int64_t firstRow,
                    std::int64_t rowCount, std::span<float> out);

// Error if the tensor is not one of `tensors`' files, which only a caller with a foreign TensorInfo meets.
const FileReader& partOf(std::span<const FileReader> parts, const TensorInfo& info);

}  // namespace rankscope
