// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a model folder says about its tokenizer besides the vocabulary: tokenizer_config.json, special_tokens_map.json
// and added_tokens.json. Any thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/io/json_node.h"
#include "core/text/added_tokens.h"
#include "core/text/vocabulary.h"

namespace rankscope {

struct TokenizerConfig {
    std::string tokenizerClass;   // "GPT2Tokenizer"; empty: not said
    std::string bosToken;         // empty: none named
    std::optional<bool> addsBos;  // add_bos_token
    bool followsAddBos = false;   // of a class that heeds add_bos_token
    std::optional<bool> addsPrefixSpace;
    std::optional<bool> legacy;                  // "▁" goes before what follows an added token, too
    std::set<std::string> specialTokens;         // texts
    std::map<std::string, TokenId> addedTokens;  // text to id, as added_tokens.json has them
    std::vector<AddedToken> listedTokens;        // added_tokens_decoder
    std::vector<std::string> notes;              // what is not heeded: Tokenizer::notes
};

// Files that are not there say nothing. Error if one is malformed.
TokenizerConfig readTokenizerConfig(const std::filesystem::path& folder);

// The tokens that one of these files adds to a `vocabulary` without a tokenizer.json, and those of the vocabulary that
// one of them calls special. Error if two places give a token different ids.
std::vector<AddedToken> addedTokensOf(const TokenizerConfig& config, const Vocabulary& vocabulary,
                                      std::string_view file);

}  // namespace rankscope
