// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The tokenizer of a model, in whichever format it is stored. Any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "core/text/tokenizer.h"

namespace rankscope {

// Opens tokenizer.json (or a folder that holds it), the vocabulary of a .gguf file, which needs no weights, or the
// tokenizer of what the path means as a model (core/io/model_path.h).
// Error naming what is missing or unsupported: an unknown piece is refused, never skipped.
std::unique_ptr<Tokenizer> openTokenizer(const std::filesystem::path& path);

}  // namespace rankscope
