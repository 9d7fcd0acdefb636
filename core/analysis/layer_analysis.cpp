// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/layer_analysis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>

#include "core/spectra/energy_field.h"
#include "core/spectra/field_without_distance.h"
#include "core/spectra/layer_fields.h"
#include "core/spectra/position_share.h"
#include "core/spectra/visible_keys.h"

namespace rankscope {

namespace {

class LayerAnalysis {
public:
    LayerAnalysis(const LayerCapture& capture, const LayerOptions& options, const JobContext& context)
        : m_capture(capture), m_options(options), m_context(context), m_layerFields(capture, context) {
        m_result.states.assign(capture.heads, HeadState::done);
        m_result.reasons.resize(capture.heads);
    }

    LayerResult run() {
        if (m_options.interaction)
            makeInteractionFactors();
        failWhatIsNotFinite();
        if (m_options.interaction)
            interactions();
        fields();
        groupedByKvHead();
        keyConcentration();
        if (m_options.factorRank > 0)
            fieldFactors();
        positionShares();
        if (m_options.visibleKeys)
            visibleKeys();
        if (m_options.withoutDistance)
            fullRank(Variant::fieldWithoutDistance, fieldWithoutDistance);
        return std::move(m_result);
    }

private:
    bool ok(int head) const { return m_result.states[head] == HeadState::done; }
    int kvOf(int head) const { return kvHeadOf(HeadIndex(head), m_capture.heads, m_capture.kvHeads).value; }

    // W_hᵀ [hidden, d_h] of every head as a factor: its Gram matrix is W_h W_hᵀ.
    void makeWeightFactors(const Linear& linear, int heads, std::vector<std::optional<Factor>>& factors) {
        factors.resize(heads);
        parallelFor(heads, m_context, [&](int head) {
            const std::int64_t size = m_capture.headSize, hidden = linear.inputs;
            factors[head].emplace(FactorView{linear.weight.data() + head * size * hidden, hidden, size, 1, hidden},
                                  false);
        });
    }

    void makeInteractionFactors() {
        makeWeightFactors(m_capture.weights->query, m_capture.heads, m_queryWeights);
        makeWeightFactors(m_capture.weights->key, m_capture.kvHeads, m_keyWeights);
    }

    void fail(int head, std::string reason) {
        if (!ok(head))
            return;
        m_result.states[head] = HeadState::failed;
        m_result.reasons[head] = std::move(reason);
    }

    // Looked at value by value where no Gram matrix was made of them.
    bool finiteWeights(const Linear& linear, const std::vector<std::optional<Factor>>& factors, int head) const {
        if (!factors.empty())
            return factors[head]->isFinite();
        const std::size_t count = std::size_t(m_capture.headSize) * linear.inputs;
        return std::ranges::all_of(std::span(linear.weight).subspan(head * count, count),
                                   [](float value) { return std::isfinite(value); });
    }

    void failWhatIsNotFinite() {
        for (int head = 0; head < m_capture.heads; ++head) {
            const bool query = finiteWeights(m_capture.weights->query, m_queryWeights, head),
                       key = finiteWeights(m_capture.weights->key, m_keyWeights, kvOf(head));
            if (!query || !key)
                fail(head, std::string(query ? "W_K" : "W_Q") + ": expected finite weights, found NaN or infinity");
            for (int window = 0; window < m_capture.windows; ++window)
                if (!fieldIsFinite(head, window))
                    fail(head, "query or key in window " + std::to_string(m_options.firstWindow + window) +
                                   ": expected finite values, found NaN or infinity" + origin());
        }
    }

    bool fieldIsFinite(int head, int window) const {
        return std::ranges::all_of(m_fields, [&](const FieldFactorSet& set) {
            return set.queries[window * m_capture.heads + head]->isFinite() &&
                   set.keys[window * m_capture.kvHeads + kvOf(head)]->isFinite();
        });
    }

    // Where values that are not finite came from, if not from here.
    std::string origin() const {
        if (!m_options.firstFailed || m_options.firstFailed->value >= m_capture.layer.value)
            return {};
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "; first seen in L%02d", m_options.firstFailed->value);
        return text.data();
    }

    LayerSpectra& addSpectra(Variant variant, int heads, int windows, int components, std::int64_t rows,
                             std::int64_t columns) {
        LayerSpectra spectra{.variant = variant,
                             .heads = heads,
                             .windows = windows,
                             .components = components,
                             .rows = rows,
                             .columns = columns,
                             .sigma = {},
                             .energy = {}};
        spectra.sigma.assign(std::size_t(heads) * windows * components, 0.0);
        return m_result.spectra.emplace_back(std::move(spectra));
    }

    // A field whose σ₁ is no larger than what rounding alone makes of equal keys is that of keys which are equal: zero.
    bool isRounding(double largest, const Factor& query, const Factor& key) const {
        return largest <= roundingBound(query, key, m_capture.scale);
    }
    std::vector<double> unlessRounding(std::vector<double> sigma, const Factor& query, const Factor& key) const {
        if (!sigma.empty() && isRounding(sigma.front(), query, key))
            std::ranges::fill(sigma, 0.0);
        return sigma;
    }

    void store(LayerSpectra& spectra, int head, int window, const std::vector<double>& sigma) {
        const std::size_t at = (std::size_t(head) * spectra.windows + window) * spectra.components;
        std::copy_n(sigma.begin(), spectra.components, spectra.sigma.begin() + at);
    }

    void interactionOf(Variant variant, const std::vector<std::optional<Factor>>& queries,
                       const std::vector<std::optional<Factor>>& keys) {
        const std::int64_t hidden = m_capture.weights->query.inputs;
        LayerSpectra& spectra = addSpectra(variant, m_capture.heads, 1, m_capture.headSize, hidden, hidden);
        parallelFor(m_capture.heads, m_context, [&](int head) {
            const Factor &query = *queries[head], &key = *keys[kvOf(head)];
            if (ok(head) && query.isFinite() && key.isFinite())  // a gain may not be finite either
                store(spectra, head, 0, productSingularValues(query, key, 1.0));
        });
    }

    // W · diag(gain of the norm in front of it); W where there is none.
    Linear multipliedByGain(const Linear& linear) const {
        Linear result = linear;
        const std::vector<float>& gain = m_capture.weights->attentionNorm.gain;
        for (std::size_t i = 0; i < result.weight.size() && !gain.empty(); ++i)
            result.weight[i] *= gain[i % gain.size()];
        return result;
    }

    void interactions() {
        interactionOf(Variant::interaction, m_queryWeights, m_keyWeights);
        if (!m_options.normFolded)
            return;
        const Linear query = multipliedByGain(m_capture.weights->query), key = multipliedByGain(m_capture.weights->key);
        std::vector<std::optional<Factor>> queries, keys;
        makeWeightFactors(query, m_capture.heads, queries);
        makeWeightFactors(key, m_capture.kvHeads, keys);
        interactionOf(Variant::interactionNormFolded, queries, keys);
    }

    void fields() {
        for (const FieldFactorSet& set : m_fields) {
            const std::int64_t tokens = m_capture.tokens - set.source.firstToken;
            const auto components = static_cast<int>(set.queries.front()->columns());
            LayerSpectra& spectra =
                addSpectra(set.source.variant, m_capture.heads, m_capture.windows, components, tokens, tokens);
            parallelFor(m_capture.windows * m_capture.heads, m_context, [&](int i) {
                const int window = i / m_capture.heads, head = i % m_capture.heads;
                if (!ok(head))
                    return;
                const Factor &query = *set.queries[i], &key = *set.keys[window * m_capture.kvHeads + kvOf(head)];
                store(spectra, head, window,
                      unlessRounding(productSingularValues(query, key, m_capture.scale), query, key));
            });
        }
    }

    // The queries of the heads of one group stacked, over the keys they share.
    Factor stackOfGroup(const std::vector<std::optional<Factor>>& queries, int window, int kv) const {
        std::vector<const Factor*> parts;
        for (int head = 0; head < m_capture.heads; ++head)
            if (kvOf(head) == kv)
                parts.push_back(&*queries[window * m_capture.heads + head]);
        return Factor::stacked(parts);
    }

    // Heads × windows of a variant per KV head, from the queries of all heads of a group: it needs them all.
    void groupsOf(Variant variant, const std::vector<std::optional<Factor>>& queries,
                  const std::vector<std::optional<Factor>>& keys, int windows, double scale) {
        const int kvHeads = m_capture.kvHeads, group = m_capture.heads / kvHeads;
        const std::int64_t rows = queries.front()->rows();
        LayerSpectra& spectra = addSpectra(variant, kvHeads, windows, static_cast<int>(queries.front()->columns()),
                                           group * rows, keys.front()->rows());
        parallelFor(windows * kvHeads, m_context, [&](int i) {
            const int window = i / kvHeads, kv = i % kvHeads;
            for (int head = kv * group; head < (kv + 1) * group; ++head)
                if (!ok(head))
                    return;
            const Factor stack = stackOfGroup(queries, window, kv);
            std::vector<double> sigma = productSingularValues(stack, *keys[i], scale);
            store(spectra, kv, window,
                  variantInfo(variant).perWindow ? unlessRounding(std::move(sigma), stack, *keys[i]) : sigma);
        });
    }

    void groupedByKvHead() {
        if (m_options.interaction)
            groupsOf(Variant::kvInteraction, m_queryWeights, m_keyWeights, 1, 1.0);
        const FieldFactorSet& field = m_fields.front();
        groupsOf(Variant::kvField, field.queries, field.keys, m_capture.windows, m_capture.scale);
    }

    // Visits the queries of all heads that are not failed with the key head they read, and which heads they are.
    template <typename Visit>
    void forEachGroup(const FieldFactorSet& field, const Visit& visit) {
        const int heads = m_capture.heads, kvHeads = m_capture.kvHeads;
        parallelFor(m_capture.windows * kvHeads, m_context, [&](int i) {
            const int window = i / kvHeads, kv = i % kvHeads;
            std::vector<const Factor*> queries;
            std::vector<int> of;
            for (int head = 0; head < heads; ++head)
                if (kvOf(head) == kv && ok(head) && !fieldIsZero(field.source.variant, head, window)) {
                    queries.push_back(&*field.queries[window * heads + head]);
                    of.push_back(head);
                }
            if (!queries.empty())
                visit(window, of, queries, *field.keys[i]);
        });
    }

    // REQUIRES fields(), and a head that is done.
    bool fieldIsZero(Variant variant, int head, int window) const {
        return m_result.find(variant)->at(head, window).sigma.front() == 0;
    }

    std::size_t at(int head, int window) const { return std::size_t(head) * m_capture.windows + window; }

    void keyConcentration() {
        KeyConcentration& keys = m_result.keys;
        keys.effectiveKeys.assign(at(m_capture.heads, 0), 0.0);
        keys.largestShare = keys.effectiveKeys;
        keys.largestPosition.assign(keys.effectiveKeys.size(), 0);
        forEachGroup(m_fields.front(), [&](int window, const auto& heads, const auto& queries, const Factor& key) {
            const std::vector<std::vector<double>> shares = keyShares(queries, key);
            for (std::size_t i = 0; i < heads.size(); ++i)
                storeShares(shares[i], at(heads[i], window));
        });
    }

    void positionShares() {
        const std::size_t distances = 2 * std::size_t(m_capture.tokens) - 1;
        m_distanceMeans.assign(at(m_capture.heads, 0) * distances, 0.0);
        for (const FieldFactorSet& set : m_fields) {
            const bool field = set.source.variant == Variant::field;
            if (!field && set.source.variant != Variant::fieldBeforeRotation)
                continue;
            std::vector<double>& into = field ? m_result.positions.field : m_result.positions.beforeRotation;
            into.assign(at(m_capture.heads, 0), 0.0);
            forEachGroup(set, [&](int window, const auto& heads, const auto& queries, const Factor& key) {
                const std::vector<PositionShare> found = rankscope::positionShares(queries, key, m_capture.scale);
                for (std::size_t i = 0; i < heads.size(); ++i) {
                    const std::size_t to = at(heads[i], window);
                    into[to] = found[i].share;
                    if (field)
                        std::ranges::copy(found[i].means, m_distanceMeans.begin() + to * distances);
                }
            });
        }
        std::vector<double> sum(distances);
        for (int head = 0; head < m_capture.heads; ++head) {
            std::ranges::fill(sum, 0.0);
            for (int window = 0; window < m_capture.windows; ++window)
                for (std::size_t i = 0; i < distances; ++i)
                    sum[i] += m_distanceMeans[at(head, window) * distances + i];
            for (const double value : sum)
                m_result.positions.means.push_back(static_cast<float>(value / m_capture.windows));
        }
    }

    void storeShares(const std::vector<double>& shares, std::size_t at) {
        double squares = 0;
        for (const double share : shares)
            squares += share * share;
        const auto largest = std::max_element(shares.begin(), shares.end());
        m_result.keys.effectiveKeys[at] = squares > 0 ? 1 / squares : 0.0;
        m_result.keys.largestShare[at] = *largest;
        m_result.keys.largestPosition[at] = static_cast<std::int32_t>(largest - shares.begin());
    }

    void fieldFactors() {
        const int rank = std::min({m_options.factorRank, m_capture.headSize, m_capture.tokens});
        const std::size_t tokens = m_capture.tokens;
        FieldFactors& factors = m_result.factors;
        factors.rank = rank;
        factors.queryVectors.assign(m_capture.heads * tokens * rank, 0.0f);
        factors.keyVectors = factors.queryVectors;
        factors.sigma.assign(std::size_t(m_capture.heads) * rank, 0.0f);
        const FieldFactorSet& field = m_fields.front();
        parallelFor(m_capture.heads, m_context, [&](int head) {
            if (!ok(head) || fieldIsZero(Variant::field, head, 0))
                return;
            const SingularTriples triples =
                leadingTriples(*field.queries[head], *field.keys[kvOf(head)], m_capture.scale, rank);
            using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
            const std::size_t at = head * tokens * rank;
            Eigen::Map<RowMajor>(factors.queryVectors.data() + at, tokens, rank) = triples.left;
            Eigen::Map<RowMajor>(factors.keyVectors.data() + at, tokens, rank) = triples.right;
            std::copy(triples.sigma.begin(), triples.sigma.end(), factors.sigma.begin() + std::size_t(head) * rank);
        });
    }

    void visibleKeys() {
        const std::vector<FullRankSpectrum> found = fullRank(Variant::fieldVisibleKeys, visibleField);
        const std::size_t distances = 2 * std::size_t(m_capture.tokens) - 1;
        std::vector<double>& shares = m_result.positions.visibleKeys;
        shares.assign(found.size(), 0.0);
        parallelFor(m_capture.windows * m_capture.heads, m_context, [&](int i) {
            const int window = i / m_capture.heads, head = i % m_capture.heads;
            const std::size_t to = at(head, window);
            const FieldFactorSet& field = m_fields.front();
            if (ok(head))
                shares[to] =
                    visiblePositionShare(*field.queries[i], *field.keys[window * m_capture.kvHeads + kvOf(head)],
                                         m_capture.scale, std::span(m_distanceMeans).subspan(to * distances, distances),
                                         found[to].energy)
                        .share;
        });
    }

    // Of every head and window [heads, windows].
    std::vector<FullRankSpectrum> fullRank(Variant variant, FullRankField fieldOf) {
        const FieldSource& source = m_fields.front().source;
        const int heads = m_capture.heads, windows = m_capture.windows;
        std::vector<FullRankSpectrum> found(at(heads, 0));
        parallelFor(windows * heads, m_context, [&](int i) {
            const int window = i / heads, head = i % heads;
            if (!ok(head))
                return;
            const auto matrix = fieldOf(m_layerFields.queryView(source, window, head),
                                        m_layerFields.keyView(source, window, kvOf(head)), m_capture.scale);
            FullRankSpectrum spectrum = fullRankSpectrum(*matrix, m_context);
            if (fieldIsZero(Variant::field, head, window))  // keys that are equal are so over any of them
                spectrum = {std::vector<double>(spectrum.sigma.size(), 0.0), 0.0};
            found[at(head, window)] = std::move(spectrum);
        });
        // As many as the head that needs most: the others end in zeros.
        std::size_t components = 1;
        for (const FullRankSpectrum& spectrum : found)
            components = std::max(components, spectrum.sigma.size());
        LayerSpectra& spectra =
            addSpectra(variant, heads, windows, static_cast<int>(components), m_capture.tokens, m_capture.tokens);
        for (std::size_t i = 0; i < found.size(); ++i) {
            std::ranges::copy(found[i].sigma, spectra.sigma.begin() + i * components);
            if (m_capture.tokens > fullRankDenseTokens)
                spectra.energy.push_back(found[i].energy);
        }
        return found;
    }

    const LayerCapture& m_capture;
    const LayerOptions& m_options;
    const JobContext& m_context;
    LayerResult m_result;
    std::vector<std::optional<Factor>> m_queryWeights, m_keyWeights;  // [heads], [kvHeads]
    const LayerFields m_layerFields;
    const std::vector<FieldFactorSet>& m_fields = m_layerFields.all();
    std::vector<double> m_distanceMeans;  // m(δ) of Ẽ [heads, windows, 2T − 1]
};

}  // namespace

LayerResult analyseLayer(const LayerCapture& capture, const LayerOptions& options, const JobContext& context) {
    return LayerAnalysis(capture, options, context).run();
}

}  // namespace rankscope
