// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a head attends to: numbers of the attention weights themselves, as the model's softmax makes them of the logits,
// with position bias, soft-cap and sliding window. float32 as in the forward pass, sums over queries in float64.
#include <array>
#include <cmath>

#include "core/analysis/probe.h"
#include "core/forward/row_kernels.h"
#include "core/spectra/head_rows.h"

namespace rankscope {
namespace {

constexpr std::array ids{"attention_entropy", "attention_first_token", "attention_previous_token"};

struct AttentionSums {
    double entropy = 0, firstToken = 0, previousToken = 0;
};

// Of logits x with weights a = softmax(x): −Σ a ln a = ln Σ e^x − Σ a x, both relative to the largest logit, whose
// weight is 1 / Σ e^x then: nothing cancels.
double entropyOf(const Eigen::Ref<const Eigen::RowVectorXf>& logits,
                 const Eigen::Ref<const Eigen::RowVectorXf>& weights) {
    const float largest = logits.maxCoeff();
    const double spread = weights.dot((logits.array() - largest).matrix());
    const double entropy = -std::log(double(weights.maxCoeff())) - spread;
    return entropy < 0 ? 0 : entropy;  // rounding; NaN stays
}

// The rows of attention weights in blocks, so that one stays in the cache.
AttentionSums sumsOf(const ProbedLayer& layer, int window, int head) {
    constexpr int blockRows = 64;
    const LayerCapture& capture = layer.capture;
    const FieldSource& field = layer.field().source;
    const FloatRowsView queries = floatRows(layer.fields.queryView(field, window, head));
    const FloatRowsView keys = floatRows(layer.fields.keyView(field, window, layer.kvOf(head)));
    const Eigen::RowVectorXf bias = keyBiasOf(capture, head);
    const auto scale = static_cast<float>(capture.scale);
    AttentionSums sums;
    FloatRows logits;
    Eigen::RowVectorXf weights;
    for (int first = 0; first < capture.tokens; first += blockRows) {
        const int count = std::min(blockRows, capture.tokens - first), end = first + count;
        const int begin = firstVisible(capture, first);
        logits.noalias() = (scale * queries.middleRows(first, count)) * keys.middleRows(begin, end - begin).transpose();
        finishLogits(logits, bias, begin, capture.softCap);
        for (int row = 0; row < count; ++row) {
            const int query = first + row, from = firstVisible(capture, query);
            const auto seen = logits.row(row).segment(from - begin, query + 1 - from);
            weights = seen;
            softmaxRow(weights.data(), weights.size(), 0, weights.size());
            sums.entropy += entropyOf(seen, weights);
            if (query > 0) {
                sums.firstToken += from == 0 ? weights[0] : 0;
                sums.previousToken += from < query ? weights[weights.size() - 2] : 0;
            }
        }
    }
    return sums;
}

}  // namespace

void probeAttention(ProbedLayer& layer) {
    std::vector<double>&entropy = layer.addColumn(ids[0]), &first = layer.addColumn(ids[1]),
    &previous = layer.addColumn(ids[2]);
    const double tokens = layer.capture.tokens, others = std::max(1.0, tokens - 1);
    layer.forEachHead([&](int window, int head) {
        const AttentionSums sums = sumsOf(layer, window, head);
        const std::size_t at = layer.at(head, window);
        entropy[at] = sums.entropy / tokens;
        first[at] = sums.firstToken / others;
        previous[at] = sums.previousToken / others;
    });
    // Logits beyond the range of float32 have no softmax, here as in the model: the layer then has none of these.
    if (!std::ranges::all_of(entropy, [](double value) { return std::isfinite(value); }))
        for (const char* id : ids)
            layer.result.numbers.erase(id);
}

}  // namespace rankscope
