// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The leading singular triples of Ẽ of window 0, to redraw it.
#include "core/analysis/probe.h"
#include "core/spectra/energy_field.h"

namespace rankscope {

void probeFactors(ProbedLayer& layer) {
    const LayerCapture& capture = layer.capture;
    const int rank = std::min({layer.options.factorRank, capture.headSize, capture.tokens});
    const std::size_t tokens = capture.tokens;
    FieldFactors& factors = layer.result.factors;
    factors.rank = rank;
    factors.queryVectors.assign(capture.heads * tokens * rank, 0.0f);
    factors.keyVectors = factors.queryVectors;
    factors.sigma.assign(std::size_t(capture.heads) * rank, 0.0f);
    parallelFor(capture.heads, layer.context, [&](int head) {
        if (!layer.ok(head) || layer.isZero(Variant::field, head, 0))
            return;
        const SingularTriples triples =
            leadingTriples(layer.query(layer.field(), 0, head), layer.key(layer.field(), 0, head), capture.scale, rank);
        using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
        const std::size_t at = head * tokens * rank;
        Eigen::Map<RowMajor>(factors.queryVectors.data() + at, tokens, rank) = triples.left;
        Eigen::Map<RowMajor>(factors.keyVectors.data() + at, tokens, rank) = triples.right;
        std::ranges::copy(triples.sigma, factors.sigma.begin() + std::size_t(head) * rank);
    });
}

}  // namespace rankscope
