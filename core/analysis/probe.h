// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Probes: each looks at one layer after the other and takes spectra or numbers of it. THE TABLE OF PROBES is in
// layer_analysis.cpp: to add one, write its function in a file of its own, probe_NAME.cpp, and add its row there. What
// the numbers are stands in core/session/head_quantity.cpp, what the matrices are in core/session/variant.h.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/analysis/layer_analysis.h"
#include "core/spectra/layer_fields.h"

namespace rankscope {

// One layer at one window length, with what the probes share of it. Heads that failed stay without numbers.
struct ProbedLayer {
    // Makes the factors of all fields and, where the options want interactions, of the weights; fails every head whose
    // query, key or weights are not finite. All must outlive it. Throws Cancelled.
    ProbedLayer(const LayerCapture& layer, const LayerOptions& wanted, const JobContext& job);

    bool ok(int head) const { return result.states[head] == HeadState::done; }
    int kvOf(int head) const { return kvHeadOf(HeadIndex(head), capture.heads, capture.kvHeads).value; }
    std::size_t at(int head, int window) const { return std::size_t(head) * capture.windows + window; }
    const FieldFactorSet& field() const { return fields.all().front(); }
    const Factor& query(const FieldFactorSet& set, int window, int head) const {
        return *set.queries[window * capture.heads + head];
    }
    const Factor& key(const FieldFactorSet& set, int window, int head) const {
        return *set.keys[window * capture.kvHeads + kvOf(head)];
    }

    // Whether the field of a head that is done is zero. REQUIRES its spectra.
    bool isZero(Variant variant, int head, int window) const {
        return result.find(variant)->at(head, window).sigma.front() == 0;
    }

    // A column of zeros [heads, windows]. REQUIRES that headColumns() has one of that id.
    std::vector<double>& addColumn(std::string_view id);
    LayerSpectra& addSpectra(Variant variant, int heads, int windows, int components, std::int64_t rows,
                             std::int64_t columns);

    // visit(window, head) on all threads, for every head that is done.
    template <typename Visit>
    void forEachHead(const Visit& visit) const {
        parallelFor(capture.windows * capture.heads, context, [&](int i) {
            if (const int window = i / capture.heads, head = i % capture.heads; ok(head))
                visit(window, head);
        });
    }

    // visit(window, heads, queries, key) for the heads that read one key head: those that are done and not zero.
    template <typename Visit>
    void forEachGroup(const FieldFactorSet& set, const Visit& visit) const {
        const int kvHeads = capture.kvHeads;
        parallelFor(capture.windows * kvHeads, context, [&](int i) {
            const int window = i / kvHeads, kv = i % kvHeads;
            std::vector<const Factor*> queries;
            std::vector<int> of;
            for (int head = 0; head < capture.heads; ++head)
                if (kvOf(head) == kv && ok(head) && !isZero(set.source.variant, head, window)) {
                    queries.push_back(&query(set, window, head));
                    of.push_back(head);
                }
            if (!queries.empty())
                visit(window, of, queries, *set.keys[i]);
        });
    }

    const LayerCapture& capture;
    const LayerOptions& options;
    const JobContext& context;
    const LayerFields fields;
    std::vector<std::optional<Factor>> queryWeights, keyWeights;  // [heads], [KV heads]; empty without interactions
    std::vector<double> distanceMeans;                            // of probePositions: m(δ) [heads, windows, 2T − 1]
    LayerResult result;
    std::shared_ptr<const LayerMoments> moments{};  // of probeMoments

private:
    void fail(int head, std::string reason);
    bool hasFiniteWeights(const Linear& linear, const std::vector<std::optional<Factor>>& factors, int head) const;
    bool hasFiniteFields(int head, int window) const;
};

// W_hᵀ [hidden, d_h] of every head as a factor: its Gram matrix is W_h W_hᵀ.
std::vector<std::optional<Factor>> weightFactors(const ProbedLayer& layer, const Linear& linear, int heads);

// The shapes that the cost of a probe depends on.
struct ProbeShape {
    double heads, kvHeads, size, hidden, tokens, windows;
    bool rotated, keyBias;
    int factorRank;
    OptionalParts with;

    int fields() const { return 2 + rotated + keyBias; }  // variants that every run computes
};

struct Probe {
    std::string_view id;
    std::string_view label;
    bool (*isWanted)(const LayerOptions& options);
    double (*operations)(const ProbeShape& shape);  // of float64, in one layer at one window length
    void (*visit)(ProbedLayer& layer);
};

// In the order in which they visit a layer: each may use what those before it left in the result.
std::span<const Probe> probes();

}  // namespace rankscope
