// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an analysis begins with: the windows of its text as the request wants them, and what its session says of them
// and of the model. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/analysis/analysis.h"
#include "core/io/weight_file.h"
#include "core/model/hyperparameters.h"
#include "core/model/layer_weights.h"

namespace rankscope {

// All windows of the text, as its control leaves them.
TokenWindows readWindows(const AnalysisRequest& request, const WeightFile& file, int vocabulary,
                         const JobContext& context);

// The facts of the windows that the request's range leaves, all where it has none. Error (mismatch) naming `file`.
CorpusFacts takeWindows(const AnalysisRequest& request, TokenWindows& windows, const std::string& file);

// The warning of a run whose initial weights had to be drawn with an assumed deviation.
std::string assumedDeviation(double deviation);

// Without the identity of its tensors: see ModelHashing.
ModelFacts modelFacts(const WeightFile& file, const Hyperparameters& model);

// Mean of −ln(count / total) over the tokens that the loss is taken over: what a model that knows nothing but the
// frequencies of the corpus would score. Nothing if a control drew a token that the corpus does not have.
std::optional<double> unigramLoss(const TokenWindows& windows);

// What a careful reader of the numbers would want to be told.
std::vector<std::string> inputWarnings(const WeightFile& file, const Hyperparameters& model,
                                       const TokenWindows& windows, const TensorCheck& check);

}  // namespace rankscope
