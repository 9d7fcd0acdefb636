// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Rotary position code of a GGUF file: the rules of llama.cpp, which keeps some of the settings in tensors.
#include <cmath>

#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "core/model/metadata_reader.h"
#include "core/model/rotation.h"
#include "core/model/rotation_scaling.h"

namespace rankscope {

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
std::string scalingType(const MetadataReader& meta) {
    if (auto stated = meta.text("rope.scaling.type"))
        return *stated;
    return meta.number({"rope.scaling.factor", "rope.scale_linear"}, -1, 0.0) > 0 ? "linear" : "none";
}

void applyScaling(Rotation& rotation, const MetadataReader& meta) {
    const std::string type = scalingType(meta);
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
    applyScaling(rotation, meta);
    readDivisors(rotation, file, meta);
    return rotation;
}

}  // namespace rankscope
