// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whether two sessions are of one model. Its identity is a hash of every byte that can change a number; files of
// older versions hold a digest of samples of the weights only, by which an edited model cannot be told from the
// original. Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/session/session.h"

namespace rankscope {

enum class SameModel {
    yes,
    no,
    unknown,  // one is known by samples only, or neither is hashed far enough
};
SameModel sameModel(const ModelFacts& a, const ModelFacts& b);

// Whether a model is known by samples of its weights only.
bool isSampled(const ModelFacts& model);

// What differs, as people need to know it.
struct ModelDifference {
    std::string_view what;  // "model configuration"
    std::string a, b;
};
// The first of configuration, weights and tokenizer that differs or cannot be compared; nothing where all that is known
// of both agrees.
std::optional<ModelDifference> modelDifference(const ModelFacts& a, const ModelFacts& b);

}  // namespace rankscope
