// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// tokenizer.json, the Hugging Face tokenizers library's format. Any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "core/text/tokenizer.h"

namespace rankscope {

// Reads tokenizer_config.json and special_tokens_map.json beside it too, where they are, for the name of the BOS token.
// Error naming what is malformed or not supported.
std::unique_ptr<Tokenizer> openJsonTokenizer(const std::filesystem::path& path);

}  // namespace rankscope
