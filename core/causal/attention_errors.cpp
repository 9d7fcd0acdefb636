// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// After rotation the logits of rank r + 1 are those of rank r and one product more, so they are added up over ranks;
// before it the keys of each rank have to be rotated anew. ‖X W_O‖² = Σ (X G) ∘ X with G = W_O W_Oᵀ [d, d].
#include "core/causal/attention_errors.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/forward/row_kernels.h"
#include "core/spectra/head_rows.h"

namespace rankscope {
namespace {

constexpr int blockRows = 64;

FloatRowsView viewOf(std::span<const float> values, const LayerCapture& capture, int window, int head, int heads) {
    return floatRows(rowsOfHead(values, capture, heads, window, head));
}

// Sums over the queries of one head in one window.
struct ErrorSums {
    double divergence = 0, variation = 0, output = 0;
};

// One way of replacing keys in one head: the factors of q P k = (q R_r)·(k L_r), or the keys of each rank.
struct Way {
    const AttentionRequest* request = nullptr;
    FloatRows query, key;             // Q R, K L [T, d]; empty before rotation
    std::vector<FloatRowsView> keys;  // of each rank before rotation
    FloatRows sum;                    // logits of the block at hand so far
};

class HeadErrors {
public:
    HeadErrors(const LayerCapture& capture, int window, int head, std::vector<Way> ways, const JobContext& context)
        : m_capture(capture),
          m_context(context),
          m_query(viewOf(capture.query, capture, window, head, capture.heads)),
          m_key(viewOf(capture.key, capture, window, kvOf(capture, head), capture.kvHeads)),
          m_value(viewOf(capture.value, capture, window, kvOf(capture, head), capture.kvHeads)),
          m_ways(std::move(ways)) {
        const Linear& output = capture.weights->attentionOutput;
        const FloatRowsView slice(output.weight.data() + std::int64_t{head} * capture.headSize, output.outputs,
                                  capture.headSize, Eigen::OuterStride<>(output.inputs));
        m_outputGram.noalias() = slice.transpose() * slice;
        m_bias = keyBiasOf(capture, head);
        for (const Way& way : m_ways)
            m_sums.emplace_back(way.request->ranks.size());
    }

    static int kvOf(const LayerCapture& capture, int head) {
        return kvHeadOf(HeadIndex(head), capture.heads, capture.kvHeads).value;
    }

    // [ways][ranks], means and the relative error of the output.
    std::vector<std::vector<ErrorSums>> run() {
        double whole = 0;
        for (int first = 0; first < m_capture.tokens; first += blockRows) {
            m_context.throwIfStopped();
            whole += unchangedBlock(first);
            for (std::size_t way = 0; way < m_ways.size(); ++way)
                for (std::size_t rank = 0; rank < m_sums[way].size(); ++rank)
                    changedBlock(m_ways[way], rank, m_sums[way][rank]);
        }
        const double queries = std::max(1, m_capture.tokens - 1);
        for (auto& ofWay : m_sums)
            for (ErrorSums& sums : ofWay)
                sums = {sums.divergence / queries, sums.variation / queries,
                        whole > 0 ? std::sqrt(sums.output / whole) : 0.0};
        return m_sums;
    }

private:
    int fromOf(int query) const { return firstVisible(m_capture, query); }

    double outputEnergy(const FloatRows& weights) {
        m_output.noalias() = weights * m_value.middleRows(m_begin, m_end - m_begin);
        m_projected.noalias() = m_output * m_outputGram;
        return m_projected.cast<double>().cwiseProduct(m_output.cast<double>()).sum();
    }

    // Logits, weights and their ln Σ e^x of the queries from `first` on; ‖A V W_O‖² of them.
    double unchangedBlock(int first) {
        m_first = first;
        m_count = std::min(blockRows, m_capture.tokens - first);
        m_end = first + m_count;
        m_begin = fromOf(first);
        m_scaled = float(m_capture.scale) * m_query.middleRows(first, m_count);
        m_logits.noalias() = m_scaled * m_key.middleRows(m_begin, m_end - m_begin).transpose();
        finishLogits(m_logits, m_bias, m_begin, m_capture.softCap);
        m_weights = m_logits;
        m_logSums.clear();
        for (int row = 0; row < m_count; ++row) {
            const int begin = fromOf(first + row) - m_begin, end = first + row + 1 - m_begin;
            softmaxRow(m_weights.row(row).data(), m_weights.cols(), begin, end);
            Eigen::Index largest = 0;
            const auto seen = m_logits.row(row).segment(begin, end - begin);
            const double top = seen.maxCoeff(&largest);  // its weight is e^top / Σ
            m_logSums.push_back(top - std::log(double(m_weights(row, begin + largest))));
        }
        for (Way& way : m_ways)
            way.sum.setZero(m_count, m_end - m_begin);
        return outputEnergy(m_weights);
    }

    void changedBlock(Way& way, std::size_t at, ErrorSums& sums) {
        const int keys = m_end - m_begin;
        if (way.keys.empty()) {
            const int rank = way.request->ranks[at], before = at > 0 ? way.request->ranks[at - 1] : 0;
            if (rank > before)
                way.sum.noalias() += way.query.block(m_first, before, m_count, rank - before) *
                                     way.key.block(m_begin, before, keys, rank - before).transpose();
            m_changed = way.sum;
        } else {
            m_changed.noalias() = m_scaled * way.keys[at].middleRows(m_begin, keys).transpose();
        }
        finishLogits(m_changed, m_bias, m_begin, m_capture.softCap);
        for (int row = 0; row < m_count; ++row) {
            const int query = m_first + row, begin = fromOf(query) - m_begin, end = query + 1 - m_begin;
            float* const values = m_changed.row(row).data();
            const SoftmaxDifference difference = softmaxDifference(values + begin, m_logits.row(row).data() + begin,
                                                                   m_weights.row(row).data() + begin, end - begin);
            std::fill(values, values + begin, 0.0f);
            std::fill(values + end, values + keys, 0.0f);
            if (query == 0)
                continue;
            const double divergence = difference.cross + difference.logSum - m_logSums[std::size_t(row)];
            sums.divergence += divergence < 0 ? 0 : divergence;  // rounding; NaN stays
            sums.variation += difference.variation;
        }
        sums.output += outputEnergy(m_changed);
    }

    const LayerCapture& m_capture;
    const JobContext& m_context;
    const FloatRowsView m_query, m_key, m_value;
    std::vector<Way> m_ways;
    FloatRows m_outputGram;
    Eigen::RowVectorXf m_bias;
    std::vector<std::vector<ErrorSums>> m_sums;
    int m_first = 0, m_count = 0, m_begin = 0, m_end = 0;  // queries of the block, and the keys that they see
    FloatRows m_scaled, m_logits, m_weights, m_changed, m_output, m_projected;
    std::vector<double> m_logSums;
};

// What the heads of a layer are given before rotation: the keys of some windows at every rank.
class RotatedKeys {
public:
    RotatedKeys(const LayerCapture& capture, const AttentionRequest& request, const std::vector<Directions>& directions,
                const LayerGrams& grams)
        : m_capture(capture), m_perKvHead(armInfo(request.arm).perKvHead) {
        for (const int rank : request.ranks)
            m_replacements.push_back(
                replacementOf(request.arm, grams, directions, std::vector<int>(directions.size(), rank)));
    }

    double bytesOfWindow() const {
        return 4.0 * m_capture.windowStride * rows() * m_capture.headSize * double(m_replacements.size());
    }

    void make(int first, int count, const JobContext& context) {
        const int ranks = int(m_replacements.size());
        m_first = first;
        m_keys.assign(std::size_t(count * ranks), {});
        parallelFor(count * ranks, context, [&](int i) {
            m_keys[std::size_t(i)] = m_capture.replacedKeys(m_replacements[std::size_t(i % ranks)], first + i / ranks);
        });
    }

    std::vector<FloatRowsView> of(int window, int head) const {
        const int row = m_perKvHead ? HeadErrors::kvOf(m_capture, head) : head;
        std::vector<FloatRowsView> views;
        for (std::size_t rank = 0; rank < m_replacements.size(); ++rank)
            views.push_back(viewOf(m_keys[std::size_t(window - m_first) * m_replacements.size() + rank], m_capture, 0,
                                   row, rows()));
        return views;
    }

private:
    int rows() const { return m_perKvHead ? m_capture.kvHeads : m_capture.heads; }

    const LayerCapture& m_capture;
    const bool m_perKvHead;
    std::vector<KeyReplacement> m_replacements;  // [ranks]
    int m_first = 0;
    std::vector<std::vector<float>> m_keys;  // [windows, ranks]
};

Way afterRotation(const AttentionRequest& request, const LayerCapture& capture, int window, int head,
                  const std::vector<Directions>& directions) {
    const int kv = HeadErrors::kvOf(capture, head);
    const Directions& of = directions[std::size_t(armInfo(request.arm).perKvHead ? kv : head)];
    Way way{.request = &request, .query = {}, .key = {}, .keys = {}, .sum = {}};
    way.query.noalias() =
        viewOf(capture.query, capture, window, head, capture.heads) * (capture.scale * of.recover).cast<float>();
    way.key.noalias() = viewOf(capture.key, capture, window, kv, capture.kvHeads) * of.read.cast<float>();
    return way;
}

}  // namespace

AttentionErrors::AttentionErrors(const Hyperparameters& model, int windows, std::vector<AttentionRequest> wanted)
    : m_model(model), m_windows(windows), m_wanted(std::move(wanted)) {
    const std::vector<float> none(std::size_t(windows) * std::size_t(model.layers) * std::size_t(model.heads),
                                  std::numeric_limits<float>::quiet_NaN());
    for (const AttentionRequest& request : m_wanted)
        for (const int rank : request.ranks)
            m_errors.push_back(
                {.arm = request.arm, .rank = rank, .divergence = none, .variation = none, .output = none});
}

void AttentionErrors::add(const LayerCapture& capture, Calibration& calibration, const JobContext& context) {
    const int layer = capture.layer.value;
    std::vector<std::vector<Directions>> directions;
    std::vector<std::optional<RotatedKeys>> rotated;
    double bytes = 1;
    for (const AttentionRequest& request : m_wanted) {
        directions.push_back(calibration.directions(request.arm, 0, layer));
        auto& keys = rotated.emplace_back();
        if (armInfo(request.arm).beforeRotation)
            bytes += keys.emplace(capture, request, directions.back(), calibration.grams(layer)).bytesOfWindow();
    }
    const int atOnce = static_cast<int>(std::clamp(keyBytes / bytes, 1.0, double(m_windows)));
    for (int first = 0; first < m_windows; first += atOnce) {
        const int count = std::min(atOnce, m_windows - first);
        for (auto& keys : rotated)
            if (keys)
                keys->make(first, count, context);
        parallelFor(count * capture.heads, context, [&](int i) {
            const int window = first + i / capture.heads, head = i % capture.heads;
            std::vector<Way> ways;
            for (std::size_t at = 0; at < m_wanted.size(); ++at)
                if (rotated[at])
                    ways.push_back({.request = &m_wanted[at],
                                    .query = {},
                                    .key = {},
                                    .keys = rotated[at]->of(window, head),
                                    .sum = {}});
                else
                    ways.push_back(afterRotation(m_wanted[at], capture, window, head, directions[at]));
            std::size_t error = 0;
            const std::size_t to =
                (std::size_t(window) * std::size_t(m_model.layers) + std::size_t(layer)) * std::size_t(m_model.heads) +
                std::size_t(head);
            for (const auto& ofWay : HeadErrors(capture, window, head, std::move(ways), context).run())
                for (const ErrorSums& sums : ofWay) {
                    AttentionError& taken = m_errors[error++];
                    taken.divergence[to] = float(sums.divergence);
                    taken.variation[to] = float(sums.variation);
                    taken.output[to] = float(sums.output);
                }
        });
    }
}

}  // namespace rankscope
