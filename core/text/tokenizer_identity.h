// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which tokenizer a checkpoint has: what can change the ids of a text, and nothing else. Any thread.
#pragma once

#include <string>

#include "core/io/weight_file.h"

namespace rankscope {

// Of the tokenizer's files in the model's folder, or of the GGUF keys about it; chat templates do not count, for no
// text is put into one. Empty where the model has none. Error if a file cannot be read.
std::string tokenizerFingerprint(const WeightFile& file);

}  // namespace rankscope
