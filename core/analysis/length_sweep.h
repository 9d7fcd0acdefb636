// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Several window lengths from one forward pass: attention is causal, so the queries and keys of a window's first tokens
// are the same whatever follows. Pure functions; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/forward/transformer.h"
#include "core/model/hyperparameters.h"
#include "core/session/session.h"

namespace rankscope {

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
