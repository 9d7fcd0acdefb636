// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Spectra of the fields that are masked or centred so that they have full rank: on request.
#include "core/analysis/probe.h"
#include "core/session/head_quantity.h"
#include "core/spectra/full_rank_fields.h"
#include "core/spectra/position_share.h"

namespace rankscope {
namespace {

// Of every head and window [heads, windows].
std::vector<FullRankSpectrum> fullRank(ProbedLayer& layer, Variant variant) {
    const LayerCapture& capture = layer.capture;
    const FieldSource& source = layer.field().source;
    std::vector<FullRankSpectrum> found(layer.at(capture.heads, 0));
    layer.forEachHead([&](int window, int head) {
        const auto matrix =
            fullRankField(variant)(layer.fields.queryView(source, window, head),
                                   layer.fields.keyView(source, window, layer.kvOf(head)), capture.scale);
        FullRankSpectrum spectrum = fullRankSpectrum(*matrix, layer.context);
        if (layer.isZero(Variant::field, head, window))  // keys that are equal are so over any of them
            spectrum = {std::vector<double>(spectrum.sigma.size(), 0.0), 0.0};
        found[layer.at(head, window)] = std::move(spectrum);
    });
    // As many as the head that needs most: the others end in zeros.
    std::size_t components = 1;
    for (const FullRankSpectrum& spectrum : found)
        components = std::max(components, spectrum.sigma.size());
    LayerSpectra& spectra = layer.addSpectra(variant, capture.heads, capture.windows, static_cast<int>(components),
                                             capture.tokens, capture.tokens);
    for (std::size_t i = 0; i < found.size(); ++i) {
        std::ranges::copy(found[i].sigma, spectra.sigma.begin() + i * components);
        if (capture.tokens > fullRankDenseTokens)
            spectra.energy.push_back(found[i].energy);
    }
    return found;
}

// Of the field over visible keys also what relative distance is alone.
void addVisibleShare(ProbedLayer& layer, const std::vector<FullRankSpectrum>& found) {
    const std::size_t distances = 2 * std::size_t(layer.capture.tokens) - 1;
    std::vector<double>& shares = layer.addColumn(positionShareVisibleKeysId);
    layer.forEachHead([&](int window, int head) {
        const std::size_t to = layer.at(head, window);
        const auto means = std::span(layer.distanceMeans).subspan(to * distances, distances);
        shares[to] =
            visiblePositionShare(layer.query(layer.field(), window, head), layer.key(layer.field(), window, head),
                                 layer.capture.scale, means, found[to].energy)
                .share;
    });
}

}  // namespace

void probeFullRank(ProbedLayer& layer) {
    for (const OptionalPart& part : layer.options.with) {
        if (!part.variant || !variantInfo(*part.variant).fullRank)
            continue;
        const Variant variant = *part.variant;
        const std::vector<FullRankSpectrum> found = fullRank(layer, variant);
        if (variant == Variant::fieldVisibleKeys)
            addVisibleShare(layer, found);
    }
}

}  // namespace rankscope
