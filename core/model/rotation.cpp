// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/rotation.h"

#include <cmath>
#include <numbers>

#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "core/model/metadata_reader.h"

namespace rankscope {

std::vector<double> plainFrequencies(double base, int size) {
    std::vector<double> frequencies(size / 2);
    for (int m = 0; m < size / 2; ++m)
        frequencies[m] = std::pow(base, -2.0 * m / size);
    return frequencies;
}

void applyLlama3Scaling(std::vector<double>& frequencies, const Llama3Scaling& scaling) {
    const double longest = scaling.originalContext / scaling.lowFrequencyFactor;
    const double shortest = scaling.originalContext / scaling.highFrequencyFactor;
    for (double& theta : frequencies) {
        const double wavelength = 2 * std::numbers::pi / theta;
        if (wavelength < shortest)
            continue;
        double kept = 0;  // share of the unscaled frequency
        if (wavelength <= longest)
            kept = (scaling.originalContext / wavelength - scaling.lowFrequencyFactor) /
                   (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
        theta = (1 - kept) * theta / scaling.factor + kept * theta;
    }
}

namespace {

// Settings that one object may hold, in either spelling.
struct RotationSource {
    const MetadataReader& values;   // holds type and factor
    const MetadataReader& context;  // holds max_position_embeddings
};

std::string scalingType(const MetadataReader& values) {
    if (const auto type = values.text("rope_type"))
        return *type;
    return values.text("type").value_or("default");
}

void applyScaling(Rotation& rotation, const RotationSource& source) {
    rotation.scaling = scalingType(source.values);
    if (rotation.scaling == "default")
        return;
    if (rotation.scaling == "linear") {
        const double factor = source.values.number({"factor"}, 0);
        for (double& theta : rotation.frequencies)
            theta /= factor;
    } else if (rotation.scaling == "llama3") {
        const Llama3Scaling scaling{
            .factor = source.values.number({"factor"}, 0),
            .lowFrequencyFactor = source.values.number({"low_freq_factor"}, 0),
            .highFrequencyFactor = source.values.number({"high_freq_factor"}, 0),
            .originalContext = source.values.number({"original_max_position_embeddings"}, 0)};
        if (scaling.lowFrequencyFactor >= scaling.highFrequencyFactor)
            source.values.fail("low_freq_factor", "< high_freq_factor " + source.values.described("high_freq_factor"),
                               source.values.described("low_freq_factor"));
        applyLlama3Scaling(rotation.frequencies, scaling);
    } else {
        throw Error(ErrorCode::unsupported, source.values.file(), "rope_type", "default, linear or llama3",
                    '"' + rotation.scaling + '"');
    }
}

int rotatedSize(const MetadataReader& meta, std::string_view key, int headSize) {
    const auto size = static_cast<int>(meta.integer({key}, 2, headSize, headSize));
    if (size % 2 != 0)
        meta.fail(key, "even number", std::to_string(size));
    return size;
}

}  // namespace

Rotation readRotation(const MetadataReader& meta, const Architecture& architecture, int headSize) {
    const auto modern = meta.object("rope_parameters");
    const auto legacy = meta.object("rope_scaling");
    const double base = modern ? modern->number({"rope_theta"}, 0, meta.number({"rope_theta"}, 0, 10000.0))
                               : meta.number({"rope_theta"}, 0, 10000.0);
    if (modern && meta.has("rope_theta") && meta.number({"rope_theta"}, 0) != base)
        meta.fail("rope_theta", modern->described("rope_theta") + " as in rope_parameters",
                  meta.described("rope_theta"));
    if (headSize % 2 != 0)
        meta.fail("head_dim", "even number", std::to_string(headSize));
    Rotation rotation{.pairs = architecture.pairs,
                      .size = headSize,
                      .base = base,
                      .frequencies = plainFrequencies(base, headSize)};
    if (modern && legacy && scalingType(*modern) != scalingType(*legacy))
        meta.fail("rope_scaling", '"' + scalingType(*modern) + "\" as in rope_parameters",
                  '"' + scalingType(*legacy) + '"');
    if (modern || legacy)
        applyScaling(rotation, {modern ? *modern : *legacy, meta});
    return rotation;
}

Rotation readGgufRotation(const WeightFile& file, const MetadataReader& meta, const Architecture& architecture,
                          int headSize) {
    const double base = meta.number({"rope.freq_base"}, 0, 10000.0);
    const int size = rotatedSize(meta, "rope.dimension_count", headSize);
    Rotation rotation{.pairs = architecture.pairs, .size = size, .base = base,
                      .frequencies = plainFrequencies(base, size)};
    const std::string type = meta.text("rope.scaling.type").value_or("none");
    if (type == "linear") {
        const double factor = meta.number({"rope.scaling.factor"}, 0);
        for (double& theta : rotation.frequencies)
            theta /= factor;
        rotation.scaling = type;
    } else if (type != "none") {
        throw Error(ErrorCode::unsupported, meta.file(), meta.fullKey("rope.scaling.type"), "none or linear",
                    '"' + type + '"');
    }
    if (const TensorInfo* divisors = file.find("rope_freqs.weight")) {
        std::vector<float> values(rotation.frequencies.size());
        if (divisors->elements() != static_cast<std::int64_t>(values.size()))
            meta.fail("rope_freqs.weight", std::to_string(values.size()) + " values",
                      std::to_string(divisors->elements()));
        file.readAll(*divisors, values);
        for (std::size_t m = 0; m < values.size(); ++m) {
            if (!(values[m] > 0) || !std::isfinite(values[m]))
                meta.fail("rope_freqs.weight", "positive divisors", std::to_string(values[m]));
            rotation.frequencies[m] /= values[m];
        }
        rotation.scaling = "llama3";
    }
    return rotation;
}

}  // namespace rankscope
