// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/layer_analysis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>

#include "core/spectra/energy_field.h"
#include "core/spectra/singular_values.h"
#include "core/spectra/visible_keys.h"

namespace rankscope {

namespace {

// What a field variant takes from the capture.
struct FieldSource {
    Variant variant;
    std::span<const float> query, key;
    int firstToken = 0;        // queries and keys before it are left out
    bool positionBias = true;  // with the bias per key, in families that have one
};

// Factors of one field variant in one layer: queries [windows · heads], keys [windows · kvHeads].
struct FieldFactorSet {
    FieldSource source;
    std::vector<std::optional<Factor>> queries, keys;
};

FactorView rowsOfHead(std::span<const float> values, const LayerCapture& capture, int heads, int window, int head,
                      int firstToken) {
    const std::int64_t stride = std::int64_t{heads} * capture.headSize;
    const std::int64_t row = std::int64_t{window} * capture.windowStride + firstToken;
    return {.data = values.data() + row * stride + std::int64_t{head} * capture.headSize,
            .rows = capture.tokens - firstToken,
            .columns = capture.headSize,
            .rowStride = stride};
}

class LayerAnalysis {
public:
    LayerAnalysis(const LayerCapture& capture, const LayerOptions& options, const JobContext& context)
        : m_capture(capture), m_options(options), m_context(context) {
        m_result.states.assign(capture.heads, HeadState::done);
        m_result.reasons.resize(capture.heads);
        if (capture.keyBias.empty())
            return;
        m_ones.assign(capture.tokens, 1.0);
        m_scaledBias.assign(capture.keyBias.begin(), capture.keyBias.end());
        for (double& bias : m_scaledBias)
            bias /= capture.scale;
    }

    LayerResult run() {
        if (m_options.interaction)
            makeInteractionFactors();
        makeFieldFactors();
        failWhatIsNotFinite();
        if (m_options.interaction)
            interactions();
        fields();
        groupedByKvHead();
        keyConcentration();
        if (m_options.factorRank > 0)
            fieldFactors();
        if (m_options.visibleKeys)
            visibleKeys();
        return std::move(m_result);
    }

private:
    bool ok(int head) const { return m_result.states[head] == HeadState::done; }
    int kvOf(int head) const { return kvHeadOf(HeadIndex(head), m_capture.heads, m_capture.kvHeads).value; }

    FactorView queryView(const FieldSource& source, int window, int head) const {
        FactorView view = rowsOfHead(source.query, m_capture, m_capture.heads, window, head, source.firstToken);
        if (source.positionBias && !m_ones.empty())
            view.extraColumn = m_ones.data() + source.firstToken;
        return view;
    }

    // Where there is a bias, every query head has a key head of its own.
    FactorView keyView(const FieldSource& source, int window, int kv) const {
        FactorView view = rowsOfHead(source.key, m_capture, m_capture.kvHeads, window, kv, source.firstToken);
        if (source.positionBias && !m_scaledBias.empty())
            view.extraColumn = m_scaledBias.data() + std::size_t(kv) * m_capture.windowStride + source.firstToken;
        return view;
    }

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

    void makeFieldFactors() {
        const std::span<const float> query = m_capture.query, key = m_capture.key;
        m_fields.push_back({{Variant::field, query, key}, {}, {}});
        if (m_capture.rotated)
            m_fields.push_back({{Variant::fieldBeforeRotation, m_capture.queryBefore, m_capture.keyBefore}, {}, {}});
        if (m_capture.tokens > 2)
            m_fields.push_back({{Variant::fieldWithoutFirstKey, query, key, 1}, {}, {}});
        if (!m_capture.keyBias.empty())
            m_fields.push_back({{Variant::fieldWithoutPositionBias, query, key, 0, false}, {}, {}});
        const int heads = m_capture.heads, kvHeads = m_capture.kvHeads, perWindow = heads + kvHeads;
        for (FieldFactorSet& set : m_fields) {
            set.queries.resize(m_capture.windows * heads);
            set.keys.resize(m_capture.windows * kvHeads);
        }
        parallelFor(m_capture.windows * perWindow, m_context, [&](int i) {
            const int window = i / perWindow, head = i % perWindow;
            if (head < heads)
                makeFactors(&FieldFactorSet::queries, window * heads + head, false,
                            [&](const FieldSource& source) { return queryView(source, window, head); });
            else
                makeFactors(&FieldFactorSet::keys, window * kvHeads + head - heads, true,
                            [&](const FieldSource& source) { return keyView(source, window, head - heads); });
        });
    }

    // One factor of every variant. That of the whole window is the one without the first token and one row more.
    template <typename View>
    void makeFactors(std::vector<std::optional<Factor>> FieldFactorSet::*factors, int at, bool centred,
                     const View& viewOf) {
        const auto rest =
            std::ranges::find(m_fields, 1, [](const FieldFactorSet& set) { return set.source.firstToken; });
        if (rest != m_fields.end()) {
            ((*rest).*factors)[at].emplace(viewOf(rest->source), centred);
            (m_fields.front().*factors)[at].emplace(
                Factor::withFirstRow(viewOf(m_fields.front().source), *((*rest).*factors)[at]));
        }
        for (FieldFactorSet& set : m_fields)
            if (!(set.*factors)[at])
                (set.*factors)[at].emplace(viewOf(set.source), centred);
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

    void keyConcentration() {
        const int heads = m_capture.heads, kvHeads = m_capture.kvHeads, windows = m_capture.windows;
        KeyConcentration& keys = m_result.keys;
        keys.effectiveKeys.assign(std::size_t(heads) * windows, 0.0);
        keys.largestShare = keys.effectiveKeys;
        keys.largestPosition.assign(keys.effectiveKeys.size(), 0);
        const FieldFactorSet& field = m_fields.front();
        parallelFor(windows * kvHeads, m_context, [&](int i) {
            const int window = i / kvHeads, kv = i % kvHeads;
            std::vector<const Factor*> queries;
            std::vector<int> of;
            for (int head = 0; head < heads; ++head)
                if (kvOf(head) == kv && ok(head) && !fieldIsZero(head, window)) {
                    queries.push_back(&*field.queries[window * heads + head]);
                    of.push_back(head);
                }
            if (queries.empty())
                return;
            const std::vector<std::vector<double>> shares = keyShares(queries, *field.keys[i]);
            for (std::size_t head = 0; head < of.size(); ++head)
                storeShares(shares[head], std::size_t(of[head]) * windows + window);
        });
    }

    // REQUIRES fields(), and a head that is done.
    bool fieldIsZero(int head, int window) const {
        return m_result.find(Variant::field)->at(head, window).sigma.front() == 0;
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
            if (!ok(head) || fieldIsZero(head, 0))
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
        const FieldSource& field = m_fields.front().source;
        const int heads = m_capture.heads, windows = m_capture.windows;
        std::vector<VisibleKeysSpectrum> found(std::size_t(windows) * heads);  // [heads, windows]
        parallelFor(windows * heads, m_context, [&](int i) {
            const int window = i / heads, head = i % heads;
            if (!ok(head))
                return;
            VisibleKeysSpectrum spectrum = visibleKeysSpectrum(
                queryView(field, window, head), keyView(field, window, kvOf(head)), m_capture.scale, m_context);
            const FieldFactorSet& factors = m_fields.front();
            if (spectrum.sigma.empty() || isRounding(spectrum.sigma.front(), *factors.queries[i],
                                                     *factors.keys[window * m_capture.kvHeads + kvOf(head)]))
                spectrum = {std::vector<double>(spectrum.sigma.size(), 0.0), 0.0};
            found[std::size_t(head) * windows + window] = std::move(spectrum);
        });
        // As many as the head that needs most: the others end in zeros.
        std::size_t components = 1;
        for (const VisibleKeysSpectrum& spectrum : found)
            components = std::max(components, spectrum.sigma.size());
        LayerSpectra& spectra = addSpectra(Variant::fieldVisibleKeys, heads, windows, static_cast<int>(components),
                                           m_capture.tokens, m_capture.tokens);
        for (std::size_t i = 0; i < found.size(); ++i) {
            std::ranges::copy(found[i].sigma, spectra.sigma.begin() + i * components);
            if (m_capture.tokens > visibleKeysDenseTokens)
                spectra.energy.push_back(found[i].energy);
        }
    }

    const LayerCapture& m_capture;
    const LayerOptions& m_options;
    const JobContext& m_context;
    LayerResult m_result;
    std::vector<std::optional<Factor>> m_queryWeights, m_keyWeights;  // [heads], [kvHeads]
    std::vector<double> m_ones, m_scaledBias;  // extra columns [tokens], [heads, windowStride]; empty: no bias per key
    std::vector<FieldFactorSet> m_fields;      // the first is Variant::field
};

}  // namespace

LayerResult analyseLayer(const LayerCapture& capture, const LayerOptions& options, const JobContext& context) {
    return LayerAnalysis(capture, options, context).run();
}

}  // namespace rankscope
