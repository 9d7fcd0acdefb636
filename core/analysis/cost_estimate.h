// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Estimates what a run will cost, from the shapes of the model and the windows alone, and how fast a machine gets it
// done: for the question "minutes or hours?" before work starts. Within a factor of 1.5 where the rates are of this
// machine. Counts products as core/forward/forward_work.h does.
// Pure functions but measureMatrixProducts; any thread.
#pragma once

#include "core/analysis/analysis.h"
#include "core/base/job.h"
#include "core/model/hyperparameters.h"

namespace rankscope {

// The work of a run, in three kinds that a machine does at rates of their own.
struct RunCost {
    double forward = 0;        // float32 operations of the forward pass, output head included if the loss is asked for
    double spectra = 0;        // float64 operations: Gram matrices and decompositions
    double reading = 0;        // weights that are read and converted to float32
    double residentBytes = 0;  // activations, one layer's weights and the session: without program and page cache
};

// REQUIRES windows ≥ 1: how many the corpus really gives. The device is not taken into account.
RunCost costOf(const Hyperparameters& model, const AnalysisRequest& request, int windows);

// Per thread and second.
struct MachineRates {
    double forward = 0, spectra = 0, reading = 0;
    bool known() const { return forward > 0 && spectra > 0 && reading > 0; }
};

double secondsOf(const RunCost& cost, const MachineRates& rates, int threads);

// What a machine does in an analysis, if large float32 matrix products run at `operations` per thread and second.
MachineRates ratesFromMatrixProducts(double operations);

// What the machine did in a run that took `run`. Not known where a part was too short to tell.
MachineRates ratesOfRun(const RunCost& cost, const RunFacts& run);

// Float32 operations per second of one thread in matrix products, while context.threads() threads do the same. Takes
// about `seconds`. Counts the time of the processor, not of the clock: other programs make no difference.
double measureMatrixProducts(double seconds, const JobContext& context);

}  // namespace rankscope
