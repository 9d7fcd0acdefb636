// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The causal check: how much worse a model predicts a text when its heads keep r of the d_h directions of their keys.
// k90 says where the variance of the logits lies; this says whether those components do the work. What the arms are
// stands in core/session/causal.h, what a whole session of it is in causal_session.h.
// Runs in the calling thread plus context.threads() − 1 helpers.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/analysis/analysis.h"
#include "core/base/job.h"
#include "core/session/causal.h"

namespace rankscope {

// The plan, and what it is carried out on: model, text, windows, control, seed and device of what is evaluated. The
// layers are those of scopes layer and head.
struct CausalRequest : CausalPlan {
    CausalRequest() = default;
    explicit CausalRequest(const AnalysisRequest& request) : CausalPlan(request.causal), analysis(request) {}

    AnalysisRequest analysis{};
};

struct CausalResult {
    CausalCheck check{};
    std::shared_ptr<const TextMoments> moments{};  // of the calibration text
    std::vector<std::string> warnings{};
};

// Called when the moments are known, and after every condition or group of them, from the calling thread.
using CausalCallback = std::function<void(const CausalResult&)>;

// `known`: conditions and attention that need not be computed again, of the same texts and seed; null: none. Throws
// Error for bad input and Cancelled.
CausalResult checkCausally(const CausalRequest& request, const CausalCheck* known, const JobContext& context,
                           const CausalCallback& onProgress = {});

// The request for the evaluated windows alone: behind those that calibrate, where both are of one text.
AnalysisRequest evaluationOf(const CausalRequest& request);

}  // namespace rankscope
