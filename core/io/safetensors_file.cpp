// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/io/file_content.h"
#include "core/io/json_file.h"
#include "core/io/shard_index.h"
#include "core/io/weight_file.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Follows links, wherever they lead: what an index must not do it says by name.
void checkShard(const ShardIndex& index, const std::string& shard) {
    const fs::path path = index.path.parent_path() / shard;
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status))
        throw Error(ErrorCode::missing, index.path.string(), "shard " + shard, "present", absenceOf(path));
    if (fs::is_regular_file(status))
        return;
    const auto first = std::ranges::find(index.shardOf, shard, [](const auto& entry) { return entry.second; });
    throw Error(ErrorCode::malformed, index.path.string(), weightMapEntry(first->first), "regular file inside folder",
                fs::is_directory(status) ? "directory"
                : fs::is_fifo(status)    ? "pipe"
                                         : "device");
}

// Some of what is not as the index says, in one line: "w and 3 more".
std::string someOf(const std::vector<std::string>& names) {
    return names.front() + (names.size() > 1 ? " and " + std::to_string(names.size() - 1) + " more" : std::string());
}

// An adapter by its tensors, whatever the file is called.
void refuseAdapter(const fs::path& weights, const std::vector<TensorInfo>& tensors) {
    const auto isAdapters = [](const TensorInfo& info) {
        return info.name.find(".lora_A.") != std::string::npos || info.name.ends_with(".lora_a") ||
               info.name.find(".lora_magnitude_vector") != std::string::npos;
    };
    if (const auto found = std::ranges::find_if(tensors, isAdapters); found != tensors.end())
        throw Error(ErrorCode::unsupported, weights.string(), found->name, "a tensor of a whole model",
                    "a LoRA adapter: merge it into its base model first (merge_and_unload)");
}

// Weights that are packed into few bits, each in its own way, and THE TABLE OF WAYS. None is read; GGUF is the format
// for few bits.
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
    if (packing.sign == ".qweight" && isPresent(folder / "quantize_config.json"))
        return "GPTQ";
    if (packing.sign == ".qweight" && isPresent(folder / "quant_config.json"))
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

// By what the configuration or the names of the tensors say.
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

class SafetensorsFile final : public WeightFile {
public:
    explicit SafetensorsFile(const ModelPath& model) {
        m_path = model.given;
        m_tokenizerPath = model.folder;
        m_place = model;
        m_warnings = model.notes;
        m_metadata = readJsonFile(model.folder / "config.json", maxConfigBytes, {.requireObject = true});
        if (model.weights.extension() == ".json")
            addShards(readShardIndex(model.weights));
        else
            m_tensors = readSafetensorsHeader(m_parts.emplace_back(openWeights(model.weights, m_warnings)), m_warnings);
        refuseQuantised(model.folder, model.weights, m_metadata, m_tensors);
        refuseAdapter(model.weights, m_tensors);
        indexNames();
    }

    const json& metadata() const override { return m_metadata; }

private:
    // Only the files that the index names are opened; of these, every tensor is taken.
    void addShards(const ShardIndex& index) {
        std::map<std::string, std::size_t> known;  // tensor → place in m_tensors
        for (const std::string& shard : index.shards()) {
            checkShard(index, shard);
            const int part = static_cast<int>(m_parts.size());
            const fs::path path = index.path.parent_path() / shard;
            for (TensorInfo& info :
                 readSafetensorsHeader(m_parts.emplace_back(openWeights(path, m_warnings)), m_warnings)) {
                info.part = part;
                const auto [entry, isNew] = known.try_emplace(info.name, m_tensors.size());
                if (isNew)
                    m_tensors.push_back(std::move(info));
                else
                    takeTwin(index, m_tensors[entry->second], std::move(info));
            }
        }
        compareWith(index, known);
    }

    const FileReader& partOf(const TensorInfo& info) const { return m_parts[static_cast<std::size_t>(info.part)]; }

    std::string shardOf(const ShardIndex& index, const TensorInfo& info) const {
        return partOf(info).path().lexically_relative(index.path.parent_path()).string();
    }

    // Of a tensor in two shards transformers keeps the later one, whatever the index says; here both must mean the
    // same.
    void takeTwin(const ShardIndex& index, TensorInfo& kept, TensorInfo&& later) {
        const auto named = index.shardOf.find(kept.name);
        const std::string first = shardOf(index, kept), second = shardOf(index, later);
        if (named != index.shardOf.end() && named->second == second) {
            m_warnings.push_back(kept.name + " is in " + first + " and in " + second +
                                 ": the one in the latter was read, as the index has it");
            kept = std::move(later);
        } else if (!sameBytes(kept, later)) {
            throw Error(ErrorCode::mismatch, index.path.string(), kept.name, "in one shard, or the same in all",
                        "two in " + first + " and " + second);
        }
    }

    bool sameBytes(const TensorInfo& a, const TensorInfo& b) const {
        if (a.type != b.type || a.shape != b.shape)
            return false;
        constexpr std::uint64_t step = 1 << 20;
        std::vector<std::byte> left(step), right(step);
        for (std::uint64_t at = 0; at < a.bytes; at += step) {
            const std::size_t count = std::min(step, a.bytes - at);
            partOf(a).read(a.offset + at, std::span(left).first(count), a.name);
            partOf(b).read(b.offset + at, std::span(right).first(count), b.name);
            if (!std::equal(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(count), right.begin()))
                return false;
        }
        return true;
    }

    // Whether a tensor that is in no shard is needed, who reads the model says.
    void compareWith(const ShardIndex& index, const std::map<std::string, std::size_t>& known) {
        std::vector<std::string> absent, elsewhere, unlisted;
        for (const auto& [tensor, shard] : index.shardOf)
            if (const auto found = known.find(tensor); found == known.end())
                absent.push_back(tensor);
            else if (shardOf(index, m_tensors[found->second]) != shard)
                elsewhere.push_back(tensor);
        for (const auto& [tensor, at] : known)
            if (!index.shardOf.contains(tensor))
                unlisted.push_back(tensor);
        const std::string name = index.path.filename().string();
        const auto warn = [&](const std::vector<std::string>& names, const std::string& what) {
            if (!names.empty())
                m_warnings.push_back(name + " " + what + ": " + someOf(names));
        };
        warn(absent, "lists tensors that no shard holds");
        warn(elsewhere, "says of tensors that they are in another shard than they are");
        warn(unlisted, "does not list tensors of its shards, which were read all the same");
    }

    json m_metadata;
};

}  // namespace

bool recognisesSafetensors(const fs::path& path) {
    return path.extension() == ".safetensors" && isRegularFile(path);
}

std::unique_ptr<WeightFile> openSafetensors(const ModelPath& model) {
    return std::make_unique<SafetensorsFile>(model);
}

}  // namespace rankscope
