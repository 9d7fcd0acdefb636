// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// vocab.json and merges.txt, as the first byte-level models were published. Any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "core/text/tokenizer.h"

namespace rankscope {

// `folder` holds both; tokenizer_config.json, special_tokens_map.json and added_tokens.json are read where they are.
// Error naming what is malformed, or a tokenizer_class that cuts text in a way that these files do not say.
std::unique_ptr<Tokenizer> openVocabTokenizer(const std::filesystem::path& folder);

}  // namespace rankscope
