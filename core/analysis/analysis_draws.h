// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One analysis with several seeds: what is random in it, a control and the Gaussian baseline, is drawn again.
#pragma once

#include <functional>

#include "core/analysis/analysis.h"
#include "core/base/job.h"
#include "core/session/session.h"

namespace rankscope {

using OneAnalysis =
    std::function<SessionPointer(const AnalysisRequest& request, const JobContext& context, const SessionCallback&)>;

// The session of request.seed with the draws of the request.seeds − 1 seeds after it, each by a call of `analyzeOnce`
// where the control draws anything, one after the other; without a control only the baselines are drawn. Draws that
// request.resume holds are taken from there. On a stop request: what is there by then, unfinished. `onLayer` is called
// after every layer of the first and after every draw. Same thread and errors as analyze(). Error (mismatch) if the
// model's file changes in between.
SessionPointer analyzeDraws(const AnalysisRequest& request, const JobContext& context, const SessionCallback& onLayer,
                            const OneAnalysis& analyzeOnce);

}  // namespace rankscope
