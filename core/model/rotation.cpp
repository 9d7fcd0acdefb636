// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/rotation.h"

#include <cmath>

#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "core/model/metadata_reader.h"
#include "core/model/model_source.h"
#include "core/model/position_code.h"

namespace rankscope {

namespace {

// Where config.json has its settings: in rope_parameters alone, or beside rope_scaling.
struct RotationSource {
    const MetadataReader& config;
    std::optional<MetadataReader> modern, legacy;
    bool perLayerType = false;  // `modern` is for one kind of layer only

    const MetadataReader* scaling() const { return modern ? &*modern : legacy ? &*legacy : nullptr; }
    std::string_view scalingKey() const { return modern ? "rope_parameters" : "rope_scaling"; }
};

std::string scalingType(const MetadataReader& values) {
    // Early Phi-3 files name LongRoPE otherwise.
    const auto modern = [&](const std::string& type) {
        return values.has("long_factor") && (type == "su" || type == "yarn") ? "longrope" : type;
    };
    const std::optional<std::string> name = values.text("rope_type");
    if (!name)
        return modern(values.text("type").value_or("default"));
    if (values.has("type") && values.isText("type", *name))
        values.setAside("type");  // else it stays unread: rope_type counts, as in transformers
    return modern(*name);
}

RotationSource findSource(const MetadataReader& config, std::string_view layerType) {
    RotationSource source{config, config.object("rope_parameters"), config.object("rope_scaling")};
    if (source.modern && source.modern->has("full_attention")) {
        if (layerType.empty())
            source.modern->fail("full_attention", "one rope_parameters for all layers", "one per kind of layer");
        auto part = source.modern->object(layerType);
        if (!part)
            source.modern->fail(layerType, "object", "none");
        source.modern = std::move(part);
        source.perLayerType = true;
    }
    if (source.modern && source.legacy && !source.perLayerType) {
        if (scalingType(*source.modern) != scalingType(*source.legacy))
            config.fail("rope_scaling", '"' + scalingType(*source.modern) + "\" as in rope_parameters",
                        '"' + scalingType(*source.legacy) + '"');
        if (source.modern->described("factor") != source.legacy->described("factor"))
            config.fail("rope_scaling", "factor " + source.modern->described("factor") + " as in rope_parameters",
                        source.legacy->described("factor"));
        source.legacy->setAsideSame(*source.modern);
    }
    return source;
}

// A number that may stand in rope_parameters or rope_scaling, which is where transformers looks first
// (modeling_rope_utils.py), or in config.json itself, which is where older readers look only; Error if it is in both
// and differs.
double agreedNumber(const RotationSource& source, std::string_view modernKey,
                    const std::vector<std::string_view>& legacyKeys, double fallback) {
    constexpr double none = -1;
    const double modern = source.scaling() ? source.scaling()->number({modernKey}, 0, none) : none;
    const double legacy = source.perLayerType ? none : source.config.number(legacyKeys, 0, none);
    if (modern != none && legacy != none && modern != legacy)
        for (const std::string_view key : legacyKeys)
            if (source.config.has(key))
                source.config.fail(
                    key, source.scaling()->described(modernKey) + " as in " + std::string(source.scalingKey()),
                    source.config.described(key));
    return modern != none ? modern : legacy != none ? legacy : fallback;
}

int rotatedSize(const RotationSource& source, const Architecture& row, int headSize) {
    int size = headSize;
    if (!row.rotatedSizeKey.empty()) {
        size = static_cast<int>(source.config.integer({row.rotatedSizeKey}, 2, headSize));
    } else {
        constexpr std::string_view key = "partial_rotary_factor";
        std::vector<std::string_view> keys{key};
        if (!row.rotatedShareKey.empty() && row.rotatedShareKey != key)
            keys.push_back(row.rotatedShareKey);
        const double share = agreedNumber(source, key, keys, row.rotatedShare);
        if (share > 1 || (row.rotatedShareKey.empty() && share != 1))
            source.config.fail(key, row.rotatedShareKey.empty() ? "1 in this family" : "at most 1",
                               std::to_string(share));
        size = static_cast<int>(headSize * share);
    }
    if (size < 2 || size % 2 != 0)
        source.config.fail("head_dim", "an even number of rotated dimensions", std::to_string(size));
    return size;
}

double originalContext(const RotationSource& source) {
    constexpr std::string_view key = "original_max_position_embeddings";
    double found = agreedNumber(source, key, {key}, -1);
    if (found < 0 && source.perLayerType)
        found = source.config.number({key}, 0, -1.0);
    if (found < 0)
        found = source.config.number({"max_position_embeddings"}, 0);
    if (found > INT32_MAX)
        source.config.fail(key, "<= " + std::to_string(INT32_MAX), plainNumber(found));
    return found;
}

void divide(std::vector<double>& frequencies, const std::vector<double>& divisors, const MetadataReader& meta,
            std::string_view key) {
    for (std::size_t m = 0; m < frequencies.size(); ++m) {
        if (!(divisors[m] > 0))
            meta.fail(key, "positive divisors", std::to_string(divisors[m]));
        frequencies[m] /= divisors[m];
    }
}

void applyLlama3(Rotation& rotation, const RotationSource& source) {
    const MetadataReader& values = *source.scaling();
    const Llama3Scaling scaling{.factor = values.number({"factor"}, 0),
                                .lowFrequencyFactor = values.number({"low_freq_factor"}, 0),
                                .highFrequencyFactor = values.number({"high_freq_factor"}, 0),
                                .originalContext = originalContext(source)};
    if (scaling.lowFrequencyFactor >= scaling.highFrequencyFactor)
        values.fail("low_freq_factor", "< high_freq_factor " + values.described("high_freq_factor"),
                    values.described("low_freq_factor"));
    applyLlama3Scaling(rotation.frequencies, scaling);
}

void applyYarn(Rotation& rotation, const RotationSource& source) {
    const MetadataReader& values = *source.scaling();
    const double factor = values.number({"factor"}, 0);
    applyYarnScaling(rotation.frequencies, rotation.base,
                     {.factor = factor,
                      .originalContext = originalContext(source),
                      .fastTurns = values.number({"beta_fast"}, 0, 32.0),
                      .slowTurns = values.number({"beta_slow"}, 0, 1.0),
                      .wholeIndices = values.boolean("truncate", true)});
    rotation.amplitude = yarnAmplitude(factor);
    if (values.has("attention_factor")) {
        rotation.amplitude = values.number({"attention_factor"}, 0);
    } else if (values.has("mscale") && values.has("mscale_all_dim")) {  // one alone has no effect and stays unread
        const double weight = values.number({"mscale"}, -1), ofAll = values.number({"mscale_all_dim"}, -1);
        if (weight > 0 && ofAll > 0)
            rotation.amplitude = yarnAmplitude(factor, weight) / yarnAmplitude(factor, ofAll);
    }
}

void applyLongrope(Rotation& rotation, const RotationSource& source) {
    const MetadataReader& values = *source.scaling();
    const double original = originalContext(source);
    const double factor =
        values.number({"factor"}, 0, source.config.number({"max_position_embeddings"}, 0, original) / original);
    rotation.longFrequencies = rotation.frequencies;
    for (auto [key, frequencies] :
         {std::pair("short_factor", &rotation.frequencies), std::pair("long_factor", &rotation.longFrequencies)}) {
        const auto divisors = values.numbers(key, frequencies->size());
        if (!divisors)
            values.fail(key, std::to_string(frequencies->size()) + " values", "none");
        divide(*frequencies, *divisors, values, key);
    }
    rotation.originalContext = static_cast<int>(original);
    rotation.amplitude = values.number({"attention_factor"}, 0, longropeAmplitude(factor, original));
}

void applyScaling(Rotation& rotation, const RotationSource& source) {
    const MetadataReader& values = *source.scaling();
    rotation.scaling = scalingType(values);
    if (rotation.scaling == "default")
        return;
    if (rotation.scaling == "linear") {
        const double factor = values.number({"factor"}, 0);
        for (double& theta : rotation.frequencies)
            theta /= factor;
    } else if (rotation.scaling == "dynamic" && rotation.size > 2) {
        rotation.dynamicFactor = values.number({"factor"}, 0);
        rotation.originalContext = static_cast<int>(source.config.integer({"max_position_embeddings"}, 1, INT32_MAX));
    } else if (rotation.scaling == "llama3") {
        applyLlama3(rotation, source);
    } else if (rotation.scaling == "yarn") {
        applyYarn(rotation, source);
    } else if (rotation.scaling == "longrope") {
        applyLongrope(rotation, source);
    } else {
        throw Error(ErrorCode::unsupported, values.file(), "rope_type",
                    "default, linear, dynamic, llama3, yarn or longrope", '"' + rotation.scaling + '"');
    }
}

}  // namespace

Rotation plainRotation(const Architecture& architecture, int headSize, double base) {
    Rotation rotation;
    rotation.pairs = architecture.pairs;
    rotation.size = headSize;
    rotation.base = base;
    rotation.frequencies = plainFrequencies(base, headSize);
    return rotation;
}

Rotation readRotation(const MetadataReader& meta, const Architecture& architecture, int headSize,
                      std::string_view layerType) {
    const RotationSource source = findSource(meta, layerType);
    const double base =
        agreedNumber(source, "rope_theta", {"rope_theta", "rotary_emb_base"}, architecture.rotationBase);
    Rotation rotation = plainRotation(architecture, rotatedSize(source, architecture, headSize), base);
    meta.setAside("original_max_position_embeddings");  // says nothing where no scaling asks for it
    if (source.scaling())
        applyScaling(rotation, source);
    return rotation;
}

std::vector<double> frequenciesFor(const Rotation& rotation, int length) {
    if (rotation.dynamicFactor > 0)
        return plainFrequencies(
            dynamicBase(rotation.base, rotation.size, rotation.dynamicFactor, rotation.originalContext, length),
            rotation.size);
    const bool stretched = !rotation.longFrequencies.empty() && length > rotation.originalContext;
    return stretched ? rotation.longFrequencies : rotation.frequencies;
}

// A GGUF file follows the rules of llama.cpp, which keeps some of the settings in tensors.
namespace {

// Divides by the values of a tensor, if the file has it.
bool divideByTensor(const WeightFile& file, const MetadataReader& meta, std::string_view name,
                    std::vector<double>& frequencies) {
    const TensorInfo* divisors = file.find(name);
    if (!divisors)
        return false;
    std::vector<float> values(frequencies.size());
    const auto fail = [&](const std::string& expected, const std::string& found) {
        throw Error(ErrorCode::malformed, meta.file(), name, expected, found);
    };
    if (divisors->elements() != static_cast<std::int64_t>(values.size()))
        fail(std::to_string(values.size()) + " values", std::to_string(divisors->elements()));
    file.readAll(*divisors, values);
    for (std::size_t m = 0; m < values.size(); ++m) {
        if (!(values[m] > 0) || !std::isfinite(values[m]))
            fail("positive divisors", std::to_string(values[m]));
        frequencies[m] /= values[m];
    }
    return true;
}

// llama.cpp's llama-model.cpp: a factor without a type is linear. rope.scale_linear is how early files call it.
std::string ggufScalingType(const MetadataReader& meta) {
    if (auto stated = meta.text("rope.scaling.type"))
        return *stated;
    return meta.number({"rope.scaling.factor", "rope.scale_linear"}, -1, 0.0) > 0 ? "linear" : "none";
}

void applyGgufScaling(Rotation& rotation, const MetadataReader& meta) {
    const std::string type = ggufScalingType(meta);
    const double amplitude = meta.number({"rope.scaling.attn_factor"}, 0, 1.0);
    rotation.amplitude = amplitude;
    if (type == "linear") {
        const double factor = meta.number({"rope.scaling.factor", "rope.scale_linear"}, 0, 1.0);
        for (double& theta : rotation.frequencies)
            theta /= factor;
        rotation.scaling = "linear";
    } else if (type == "yarn") {
        if (meta.has("rope.scaling.yarn_log_multiplier"))
            meta.fail("rope.scaling.yarn_log_multiplier", "none", meta.described("rope.scaling.yarn_log_multiplier"));
        const double factor = meta.number({"rope.scaling.factor"}, 0);
        applyYarnScaling(rotation.frequencies, rotation.base,
                         {.factor = factor,
                          .originalContext = meta.number({"rope.scaling.original_context_length"}, 0,
                                                         meta.number({"context_length"}, 0, 1.0)),
                          .fastTurns = meta.number({"rope.scaling.yarn_beta_fast"}, 0, 32.0),
                          .slowTurns = meta.number({"rope.scaling.yarn_beta_slow"}, 0, 1.0)});
        rotation.amplitude = amplitude * yarnAmplitude(factor);
        rotation.scaling = type;
    } else if (type != "none" && type != "longrope") {
        throw Error(ErrorCode::unsupported, meta.file(), meta.fullKey("rope.scaling.type"),
                    "none, linear, yarn or longrope", '"' + type + '"');
    }
}

void readDivisors(Rotation& rotation, const WeightFile& file, const MetadataReader& meta) {
    if (divideByTensor(file, meta, "rope_freqs.weight", rotation.frequencies))
        rotation.scaling = "llama3";
    std::vector<double> longer = rotation.frequencies;
    if (!divideByTensor(file, meta, "rope_factors_long.weight", longer))
        return;
    if (!divideByTensor(file, meta, "rope_factors_short.weight", rotation.frequencies))
        throw Error(ErrorCode::missing, meta.file(), "rope_factors_short.weight",
                    "tensor beside rope_factors_long.weight", "none");
    rotation.longFrequencies = std::move(longer);
    rotation.originalContext = static_cast<int>(meta.integer({"rope.scaling.original_context_length"}, 1, 1 << 30));
    rotation.scaling = "longrope";
}

}  // namespace

Rotation readGgufRotation(const WeightFile& file, const MetadataReader& meta, const Architecture& architecture,
                          int headSize) {
    const double base = meta.number({"rope.freq_base"}, 0, 10000.0);
    const auto size = static_cast<int>(meta.integer({"rope.dimension_count"}, 2, headSize, headSize));
    if (size % 2 != 0)
        meta.fail("rope.dimension_count", "even number", std::to_string(size));
    Rotation rotation = plainRotation(architecture, size, base);
    meta.setAside("rope.scaling.original_context_length");  // says nothing where no scaling asks for it
    applyGgufScaling(rotation, meta);
    readDivisors(rotation, file, meta);
    return rotation;
}

}  // namespace rankscope
