// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The "normalizer" and "pre_tokenizer" of a tokenizer.json. Whatever is not known is refused by name. Any thread.
#pragma once

#include "core/io/json_file.h"
#include "core/text/normalizer.h"
#include "core/text/pre_tokenizer.h"

namespace rankscope {

struct JsonStages {
    Normalizer normalizer;
    PreTokenizer preTokenizer;
    bool byteSymbols = false;      // the vocabulary is one of byte symbols
    bool spaceMarks = false;       // the vocabulary writes "▁" for a space
    bool addsPrefixSpace = false;  // a space goes in front of the text
    bool characterMap = false;     // the normaliser has a Precompiled
    bool dropsBeginning = false;   // the normaliser may drop the first characters
    bool prefixesFirst = false;    // a Metaspace puts "▁" in front of the piece that begins the text
    bool cutsBefore = false;       // a stage before that one cuts the text
};

void addNormalizer(const JsonNode& node, JsonStages& stages);
void addPreTokenizer(const JsonNode& node, JsonStages& stages);

}  // namespace rankscope
