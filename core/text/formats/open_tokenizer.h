// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The tokenizer of a model, in whichever format it is stored. To add a format: a file that makes TokenizerParts of it,
// its function here, and where open_tokenizer.cpp looks for it. Error naming what is malformed, missing or not
// supported: an unknown piece is refused, never skipped. Any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "core/text/tokenizer.h"

namespace rankscope {

// Opens tokenizer.json (or a folder that holds it), the vocabulary of a .gguf file, which needs no weights, or the
// tokenizer of what the path means as a model (core/io/model_path.h).
std::unique_ptr<Tokenizer> openTokenizer(const std::filesystem::path& path);

// tokenizer.json, the Hugging Face tokenizers library's format. Reads tokenizer_config.json and special_tokens_map.json
// beside it too, where they are, for the name of the BOS token.
std::unique_ptr<Tokenizer> openJsonTokenizer(const std::filesystem::path& path);

// vocab.json and merges.txt in `folder`, as the first byte-level models were published; tokenizer_config.json,
// special_tokens_map.json and added_tokens.json are read where they are. Error also of a tokenizer_class that cuts text
// in a way that these files do not say.
std::unique_ptr<Tokenizer> openVocabTokenizer(const std::filesystem::path& folder);

// tokenizer.model, SentencePiece's own format: byte-pair encoding behind any normaliser. As SentencePiece does it:
// control pieces ("<s>") in a text are plain characters, pieces that a user defined are kept whole.
std::unique_ptr<Tokenizer> openModelTokenizer(const std::filesystem::path& path);

// The vocabulary inside a GGUF file: byte-level BPE ("gpt2") and SentencePiece ("llama"). Needs no weights.
std::unique_ptr<Tokenizer> openGgufTokenizer(const std::filesystem::path& path);

}  // namespace rankscope
