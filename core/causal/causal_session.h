// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A causal check as a session: the spectra of the evaluated windows, the moments of the calibration text, the
// conditions and the errors of attention, so that every view, table and merge works on it.
// Runs in the calling thread plus context.threads() − 1 helpers.
#pragma once

#include "core/analysis/cost_estimate.h"
#include "core/analysis/saved_analysis.h"
#include "core/causal/causal_check.h"

namespace rankscope {

// analyze() of the evaluated windows, with the loss, then checkCausally(). Published is every finished layer, then
// every pass of conditions. Goes on with `request.analysis.resume` as analyze does, at the next condition; what it
// holds beyond what is asked for stays. Throws Error as both do, and where the session was calibrated with another
// text. On a stop request: returns what is finished if there are layers, throws Cancelled otherwise.
SessionPointer ablate(const CausalRequest& request, const JobContext& context, const SessionCallback& onSession = {});

// What a request asks for: ablate() where it wants a causal check, analyze() else.
SessionPointer runAnalysis(const AnalysisRequest& request, const JobContext& context,
                           const SessionCallback& onSession = {});

// How many conditions that is at this head size, and passes over one evaluated window that they take.
struct CausalWork {
    int conditions = 0;
    double passes = 0;  // whole forward passes with the output head, one window each
};
CausalWork workOf(const CausalRequest& request, const Hyperparameters& model);

// Of the whole that the request asks for: with a causal check spectra, calibration, conditions and attention.
// `windows`: that are evaluated.
RunCost costOfAll(const Hyperparameters& model, const AnalysisRequest& request, int windows);

}  // namespace rankscope
