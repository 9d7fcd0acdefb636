// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The header of one .safetensors file. Any thread.
#pragma once

#include <string>
#include <vector>

#include "core/io/file_reader.h"
#include "core/io/weight_file.h"

namespace rankscope {

// Its tensors in the order of their data, offsets from the start of the file, part 0. They fill the data exactly. Keys
// that the format does not know add a line to `warnings`.
std::vector<TensorInfo> readSafetensorsHeader(const FileReader& file, std::vector<std::string>& warnings);

}  // namespace rankscope
