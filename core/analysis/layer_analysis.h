// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Everything Rankscope computes of one layer: what the probes of probe.h take of it.
#pragma once

#include <optional>

#include "core/base/job.h"
#include "core/forward/transformer.h"
#include "core/session/session.h"

namespace rankscope {

struct LayerOptions {
    int factorRank = 16;  // stored triples of Ẽ of window 0; 0: none
    int firstWindow = 0;  // number of the capture's first window in the corpus: what reasons call it
    OptionalParts with{};
    bool interaction = true;  // spectra of the weights alone, and moments; false: known from another window length
    // The first layer in which a head failed, if there is one before this: what is not finite there spreads through all
    // later layers, so reasons name it.
    std::optional<LayerIndex> firstFailed{};
};

// Runs on context.threads() threads; throws Cancelled. A head whose query, key or weights are not finite is failed with
// the reason; the others are not affected. A model without rotation has no field_before_rotation: it would equal field.
// With a bias per key (ALiBi) Ẽ = s·Q K̃ᵀ + 1 b̃ᵀ has d_h + 1 components: the factors get one more column, 1 and b̃ / s.
// `moments`: where those go if they are asked for.
LayerResult analyseLayer(const LayerCapture& capture, const LayerOptions& options, const JobContext& context,
                         std::shared_ptr<const LayerMoments>* moments = nullptr);

}  // namespace rankscope
