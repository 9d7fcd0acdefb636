// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Checkpoints in the Hugging Face layout whose weights are packed into few bits, each in its own way, and THE TABLE OF
// WAYS. None is read; GGUF is the format for few bits. Any thread.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "core/io/weight_file.h"

namespace rankscope {

// Error if `config`, or the names of the tensors, say that the weights are packed: "FOLDER/config.json:
// quantization_config: expected none, found "gptq": …", "…/model.safetensors: model.layers.0.…qweight: expected a
// tensor of floats, found GPTQ weights: …".
void refuseQuantised(const std::filesystem::path& folder, const std::filesystem::path& weights,
                     const nlohmann::json& config, const std::vector<TensorInfo>& tensors);

}  // namespace rankscope
