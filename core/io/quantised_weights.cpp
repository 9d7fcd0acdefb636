// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/quantised_weights.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/io/json_file.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view advice = ": take the unquantised model or a GGUF file";

// How the tensors of one way are called: one that ends with `sign`, beside one that ends with `besides`.
struct Packing {
    std::string_view label;
    std::string_view sign, besides = {};  // "": nothing more
    std::string_view type = {};           // of the tensor with the sign; "": any
};

// In the order in which they are tried: what several ways have in common comes last.
constexpr std::array packings{
    Packing{"EXL2", ".q_weight"},
    Packing{"EXL3", ".trellis"},
    Packing{"HQQ", ".W_q"},
    Packing{"bitsandbytes 4-bit", ".weight.quant_map"},
    Packing{"bitsandbytes 4-bit", ".weight.absmax"},
    Packing{"bitsandbytes 8-bit", ".SCB"},
    Packing{"AQLM", ".codebooks"},
    Packing{"quanto", ".weight._data"},
    Packing{"compressed-tensors", ".weight_packed"},
    Packing{"GPTQ", ".qweight", ".g_idx"},
    Packing{"AWQ or GPTQ", ".qweight", ".qzeros"},
    Packing{"GPTQ or AWQ", ".qweight"},
    Packing{"MLX", ".scales", ".biases"},
    Packing{"MXFP4", "_blocks", "_scales"},
    Packing{"FP8", ".weight_scale_inv"},
    Packing{"FP8", ".weight", "", "F8_E4M3"},
    Packing{"FP8", ".weight", "", "F8_E5M2"},
    Packing{"BitNet", ".weight", ".weight_scale", "U8"},
    Packing{"8-bit", ".weight", ".weight_scale", "I8"},
};

const TensorInfo* tensorOf(const Packing& packing, const std::vector<TensorInfo>& tensors) {
    const auto endsWith = [](std::string_view end) {
        return [end](const TensorInfo& info) { return info.name.ends_with(end); };
    };
    if (!packing.besides.empty() && std::ranges::none_of(tensors, endsWith(packing.besides)))
        return nullptr;
    const auto found = std::ranges::find_if(tensors, [&](const TensorInfo& info) {
        return info.name.ends_with(packing.sign) && (packing.type.empty() || info.type == packing.type);
    });
    return found == tensors.end() ? nullptr : &*found;
}

// The tool that left a file of its own beside the weights says which of two ways it is.
std::string_view labelOf(const Packing& packing, const fs::path& folder) {
    std::error_code ignored;
    if (packing.sign == ".qweight" && fs::exists(folder / "quantize_config.json", ignored))
        return "GPTQ";
    if (packing.sign == ".qweight" && fs::exists(folder / "quant_config.json", ignored))
        return "AWQ";
    return packing.label;
}

// {"group_size": 64, "bits": 4} without a method is how MLX says it.
std::string methodOf(const json& settings) {
    for (const char* key : {"quant_method", "quant_algo"})
        if (const auto method = settings.find(key); method != settings.end() && method->is_string())
            return "\"" + method->get<std::string>() + "\"";
    const bool mlx = settings.contains("group_size") && settings.contains("bits");
    return mlx ? "MLX weights" : settings.contains("load_in_4bit") ? "bitsandbytes weights" : "object";
}

void refuseSettings(const fs::path& folder, const json& config) {
    for (const char* key : {"quantization_config", "compression_config", "quantization"}) {
        const auto settings = config.find(key);
        if (settings != config.end() && settings->is_object() && !settings->empty())
            throw Error(ErrorCode::unsupported, (folder / "config.json").string(), key, "none",
                        methodOf(*settings) + std::string(advice));
    }
}

}  // namespace

void refuseQuantised(const fs::path& folder, const fs::path& weights, const json& config,
                     const std::vector<TensorInfo>& tensors) {
    refuseSettings(folder, config);
    for (const char* part : {"text_config", "llm_config"})
        if (const auto inner = config.find(part); inner != config.end() && inner->is_object())
            refuseSettings(folder, *inner);
    for (const Packing& packing : packings)
        if (const TensorInfo* info = tensorOf(packing, tensors))
            throw Error(ErrorCode::unsupported, weights.string(), info->name, "a tensor of floats",
                        std::string(labelOf(packing, folder)) + " weights (quantised)" + std::string(advice));
}

}  // namespace rankscope
