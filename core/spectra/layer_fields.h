// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The field variants of one layer that are products of narrow factors, with the factors of every head and window. Runs
// on context.threads() threads while it is made; afterwards any thread may read it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/base/job.h"
#include "core/forward/transformer.h"
#include "core/session/session.h"
#include "core/spectra/singular_values.h"

namespace rankscope {

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

// With a bias per key (ALiBi) Ẽ = s·Q K̃ᵀ + 1 b̃ᵀ has d_h + 1 components: the factors get one more column, 1 and b̃ / s.
class LayerFields {
public:
    // `capture` must outlive it. Throws Cancelled.
    LayerFields(const LayerCapture& capture, const JobContext& context);

    const std::vector<FieldFactorSet>& all() const { return m_fields; }  // the first is Variant::field

    FactorView queryView(const FieldSource& source, int window, int head) const;
    FactorView keyView(const FieldSource& source, int window, int kv) const;

private:
    template <typename View>
    void makeFactors(std::vector<std::optional<Factor>> FieldFactorSet::*factors, int at, bool centred,
                     const View& viewOf);

    const LayerCapture& m_capture;
    std::vector<double> m_ones, m_scaledBias;  // extra columns [tokens], [heads, windowStride]; empty: no bias per key
    std::vector<FieldFactorSet> m_fields;
};

}  // namespace rankscope
