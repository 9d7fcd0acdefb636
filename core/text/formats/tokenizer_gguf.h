// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The vocabulary inside a GGUF file: byte-level BPE ("gpt2") and SentencePiece ("llama"). Any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "core/text/tokenizer.h"

namespace rankscope {

// Needs no weights. Error naming the key that is missing, malformed or not supported.
std::unique_ptr<Tokenizer> openGgufTokenizer(const std::filesystem::path& path);

}  // namespace rankscope
