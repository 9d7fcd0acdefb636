// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/gaussian_baseline.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "core/spectra/field_without_distance.h"
#include "core/spectra/singular_values.h"
#include "core/spectra/visible_keys.h"
#include "core/statistics/seeded_random.h"

namespace rankscope {

namespace {

enum class Rows { tokens, tokensWithoutFirst, hidden };

// Which random factors stand for those of a variant.
struct Shape {
    Variant variant;
    Rows rows;
    bool centred;            // B over all its rows
    bool stacked;            // A has the rows of all query heads of a group
    FullRankField fullRank;  // of what is masked or centred in ways that the factors do not show; null: their product
};

constexpr std::array shapes{
    Shape{Variant::field, Rows::tokens, true, false, nullptr},
    Shape{Variant::fieldBeforeRotation, Rows::tokens, true, false, nullptr},
    Shape{Variant::fieldWithoutFirstKey, Rows::tokensWithoutFirst, true, false, nullptr},
    Shape{Variant::fieldWithoutPositionBias, Rows::tokens, true, false, nullptr},
    Shape{Variant::fieldVisibleKeys, Rows::tokens, false, false, visibleField},
    Shape{Variant::fieldWithoutDistance, Rows::tokens, true, false, fieldWithoutDistance},
    Shape{Variant::interaction, Rows::hidden, false, false, nullptr},
    Shape{Variant::interactionNormFolded, Rows::hidden, false, false, nullptr},
    Shape{Variant::kvField, Rows::tokens, true, true, nullptr},
    Shape{Variant::kvInteraction, Rows::hidden, false, true, nullptr},
};

std::vector<float> gaussian(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
    std::vector<float> values(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
    fillGaussian(values, 1.0, seed);
    return values;
}

LayerSpectra spectrumOf(const Shape& shape, const ModelFacts& model, int windowLength, std::uint64_t seed,
                        const JobContext& context) {
    const std::int64_t columns = model.headSize;
    const std::int64_t rows =
        shape.rows == Rows::hidden ? model.hiddenSize : windowLength - (shape.rows == Rows::tokensWithoutFirst);
    const std::int64_t leftRows = rows * (shape.stacked ? model.heads / model.kvHeads : 1);
    // The first rows are the same whatever the shape: variants of one kind start from the same draw.
    const char* kind = shape.rows == Rows::hidden ? "baseline weights" : "baseline field";
    const std::vector<float> left = gaussian(leftRows, columns, seedOf(seed, std::string(kind) + " A"));
    const std::vector<float> right = gaussian(rows, columns, seedOf(seed, std::string(kind) + " B"));
    const FactorView a{.data = left.data(), .rows = leftRows, .columns = columns, .rowStride = columns};
    const FactorView b{.data = right.data(), .rows = rows, .columns = columns, .rowStride = columns};
    LayerSpectra spectra{.variant = shape.variant,
                         .heads = 1,
                         .windows = 1,
                         .components = 0,
                         .rows = leftRows,
                         .columns = rows,
                         .sigma = {},
                         .energy = {}};
    context.throwIfStopped();
    if (shape.fullRank) {
        FullRankSpectrum found = fullRankSpectrum(*shape.fullRank(a, b, 1.0), context);
        spectra.sigma = std::move(found.sigma);
        if (windowLength > fullRankDenseTokens)
            spectra.energy = {found.energy};
    } else {
        spectra.sigma = productSingularValues(Factor(a, false), Factor(b, shape.centred), 1.0);
    }
    spectra.components = static_cast<int>(spectra.sigma.size());
    return spectra;
}

bool sameMatrix(const Shape& a, const Shape& b) {
    const auto key = [](const Shape& shape) {
        return std::tuple(shape.rows, shape.centred, shape.stacked, shape.fullRank);
    };
    return key(a) == key(b);
}

const Shape& shapeOf(Variant variant) {
    return *std::ranges::find(shapes, variant, &Shape::variant);
}

}  // namespace

std::vector<LayerSpectra> gaussianBaseline(const ModelFacts& model, int windowLength, std::span<const Variant> variants,
                                           std::uint64_t seed, const JobContext& context) {
    std::vector<Shape> different;
    for (const Variant variant : variants)
        if (std::ranges::none_of(different, [&](const Shape& shape) { return sameMatrix(shape, shapeOf(variant)); }))
            different.push_back(shapeOf(variant));
    std::vector<std::optional<LayerSpectra>> drawn(different.size());
    parallelFor(static_cast<int>(different.size()), context, [&](int i) {
        const auto at = static_cast<std::size_t>(i);
        drawn[at] = spectrumOf(different[at], model, windowLength, seed, context);
    });
    std::vector<LayerSpectra> result;
    for (const Variant variant : variants) {
        const auto found =
            std::ranges::find_if(different, [&](const Shape& shape) { return sameMatrix(shape, shapeOf(variant)); });
        result.push_back(*drawn[static_cast<std::size_t>(found - different.begin())]);
        result.back().variant = variant;
    }
    return result;
}

std::vector<LayerSpectra> gaussianBaseline(const Session& session, const JobContext& context) {
    std::vector<Variant> variants;
    for (const VariantInfo& info : variantTable())
        if (session.has(info.variant))
            variants.push_back(info.variant);
    return gaussianBaseline(session.model, session.corpus.windowLength, variants, session.corpus.seed, context);
}

}  // namespace rankscope
