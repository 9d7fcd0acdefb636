// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/gaussian_baseline.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "core/spectra/full_rank_fields.h"
#include "core/statistics/seeded_random.h"

namespace rankscope {

namespace {

std::vector<float> gaussian(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
    std::vector<float> values(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
    fillGaussian(values, 1.0, seed);
    return values;
}

LayerSpectra spectrumOf(const VariantInfo& info, const ModelFacts& model, int windowLength, std::uint64_t seed,
                        const JobContext& context) {
    const std::int64_t columns = model.headSize;
    const std::int64_t rows = info.perWindow ? windowLength - info.firstToken : model.hiddenSize;
    const std::int64_t leftRows = rows * (info.perKvHead ? model.heads / model.kvHeads : 1);
    // The first rows are the same whatever the shape: variants of one kind start from the same draw.
    const char* kind = info.perWindow ? "baseline field" : "baseline weights";
    const std::vector<float> left = gaussian(leftRows, columns, seedOf(seed, std::string(kind) + " A"));
    const std::vector<float> right = gaussian(rows, columns, seedOf(seed, std::string(kind) + " B"));
    const FactorView a{.data = left.data(), .rows = leftRows, .columns = columns, .rowStride = columns};
    const FactorView b{.data = right.data(), .rows = rows, .columns = columns, .rowStride = columns};
    LayerSpectra spectra{.variant = info.variant,
                         .heads = 1,
                         .windows = 1,
                         .components = 0,
                         .rows = leftRows,
                         .columns = rows,
                         .sigma = {},
                         .energy = {}};
    context.throwIfStopped();
    if (info.fullRank) {
        FullRankSpectrum found = fullRankSpectrum(*fullRankField(info.variant)(a, b, 1.0), context);
        spectra.sigma = std::move(found.sigma);
        if (windowLength > fullRankDenseTokens)
            spectra.energy = {found.energy};
    } else {
        spectra.sigma = productSingularValues(Factor(a, false), Factor(b, info.perWindow), 1.0);
    }
    spectra.components = static_cast<int>(spectra.sigma.size());
    return spectra;
}

// Whether two variants have one baseline.
bool sameMatrix(Variant first, Variant second) {
    const VariantInfo &a = variantInfo(first), &b = variantInfo(second);
    const auto key = [](const VariantInfo& info) {
        return std::tuple(info.perWindow, info.perKvHead, info.firstToken);
    };
    return first == second || (!a.fullRank && !b.fullRank && key(a) == key(b));
}

}  // namespace

std::vector<LayerSpectra> gaussianBaseline(const ModelFacts& model, int windowLength, std::span<const Variant> variants,
                                           std::uint64_t seed, const JobContext& context) {
    std::vector<Variant> different;
    const auto drawnFor = [&](Variant variant) {
        return std::ranges::find_if(different, [&](Variant other) { return sameMatrix(other, variant); });
    };
    for (const Variant variant : variants)
        if (drawnFor(variant) == different.end())
            different.push_back(variant);
    std::vector<std::optional<LayerSpectra>> drawn(different.size());
    parallelFor(static_cast<int>(different.size()), context, [&](int i) {
        const auto at = static_cast<std::size_t>(i);
        drawn[at] = spectrumOf(variantInfo(different[at]), model, windowLength, seed, context);
    });
    std::vector<LayerSpectra> result;
    for (const Variant variant : variants) {
        result.push_back(*drawn[static_cast<std::size_t>(drawnFor(variant) - different.begin())]);
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
