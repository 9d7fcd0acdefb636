// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF NAMED PRE-TOKENIZERS: what a GGUF file means by tokenizer.ggml.pre, written out as the tokenizer files
// of those models have it. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/pre_tokenizer.h"

namespace rankscope {

// The pattern of ByteLevel pre-tokenizers.
extern const std::string_view gpt2Pattern;

struct KnownPreTokenizer {
    std::vector<std::string_view> names;
    std::vector<std::string_view> patterns;        // each cuts what the one before it leaves; matches are isolated
    std::vector<std::string_view> symbolPatterns;  // the same, on byte symbols
    bool nfc = false;  // llama.cpp never normalises: only where transformers' own tokenizer is known to
    bool ignoreMerges = false;
    bool addsBos = false;            // unless the file says otherwise
    bool nfcInTransformers = false;  // where llama.cpp is followed, which tests its own tokens for this name
};

std::span<const KnownPreTokenizer> knownPreTokenizers();

// Null if there is none of that name.
const KnownPreTokenizer* findPreTokenizer(std::string_view name);

// The stages of `known`, byte symbols at the end. `file` is for errors.
PreTokenizer makePreTokenizer(const KnownPreTokenizer& known, std::string_view file);

}  // namespace rankscope
