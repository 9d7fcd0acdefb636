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

#include "core/text/json_node.h"
#include "core/text/vocabulary.h"

namespace rankscope {

struct TokenizerConfig {
    std::string tokenizerClass;   // "GPT2Tokenizer"; empty: not said
    std::string bosToken;         // empty: none named
    std::optional<bool> addsBos;  // add_bos_token
    bool followsAddBos = false;   // of a class that heeds add_bos_token
    bool addsPrefixSpace = false;
    std::set<std::string> specialTokens;         // texts
    std::map<std::string, TokenId> addedTokens;  // text to id, where the folder says
};

// Files that are not there say nothing. Error if one is malformed.
TokenizerConfig readTokenizerConfig(const std::filesystem::path& folder);

}  // namespace rankscope
