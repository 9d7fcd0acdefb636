// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Opens what an analysis or a causal check begins with: the model as its control leaves it, the windows of its text as
// the request wants them, at which lengths; and what a session says of both. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/analysis/analysis.h"
#include "core/analysis/controls.h"
#include "core/forward/transformer.h"
#include "core/io/weight_file.h"
#include "core/model/layer_weights.h"
#include "core/model/model_info.h"

namespace rankscope {

// The model of a request as its control leaves it, with all the tensors it needs. Stays where it is: the reader points
// into it.
struct OpenedModel {
    // Error for a device that is not there, for what is no model or not complete, for layers that the model lacks.
    OpenedModel(const AnalysisRequest& request, bool needsHead, const JobContext& context);
    OpenedModel(const OpenedModel&) = delete;
    OpenedModel& operator=(const OpenedModel&) = delete;

    ChangedWeights weights;              // their file is always there
    const WeightFile* onDisk;            // the file behind it, as it is
    ModelInfo info;                      // of that
    std::optional<WeightReader> reader;  // of `weights`
    int firstLayer = 0, lastLayer = 0;   // that the request asks for
};

// All windows of the text, as its control leaves them.
TokenWindows readWindows(const AnalysisRequest& request, const WeightFile& file, int vocabulary,
                         const JobContext& context);

// The facts of the windows that the request's range leaves, all where it has none. Error (mismatch) naming `file`.
CorpusFacts takeWindows(const AnalysisRequest& request, TokenWindows& windows, const std::string& file);

// The warning of a run whose initial weights had to be drawn with an assumed deviation.
std::string assumedDeviation(double deviation);

// What a session says of its model, but for the identity of its tensors and its tokenizer: see ModelHashing.
ModelFacts modelFacts(const ModelInfo& model);

// Mean of −ln(count / total) over the tokens that the loss is taken over: what a model that knows nothing but the
// frequencies of the corpus would score. Nothing if a control drew a token that the corpus does not have.
std::optional<double> unigramLoss(const TokenWindows& windows);

// What a careful reader of the numbers would want to be told.
std::vector<std::string> inputWarnings(const ModelInfo& model, const TokenWindows& windows, const TensorCheck& check);

// A sweep takes several window lengths from one forward pass: attention is causal, so the queries and keys of a
// window's first tokens are the same whatever follows.

// Ascending, each once. Error (mismatch) naming `file` unless all are in [2, windowLength) and there are at most
// maxSweepLengths.
std::vector<int> checkedLengths(std::vector<int> lengths, int windowLength, const std::string& file);

// The window lengths that each forward pass gives, descending; the first of them is the one it runs. One pass in all,
// that of `windowLength`, but where a rotation has other frequencies at a shorter length.
std::vector<std::vector<int>> forwardPasses(const Hyperparameters& model, int windowLength,
                                            const std::vector<int>& shorter);

// The same layer at every window's first `tokens` tokens. REQUIRES tokens ≤ capture.tokens.
LayerCapture firstTokens(LayerCapture capture, int tokens);

}  // namespace rankscope
