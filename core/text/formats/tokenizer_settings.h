// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads what a model folder says about its tokenizer besides the vocabulary (tokenizer_config.json,
// special_tokens_map.json and added_tokens.json), and tells what of it is passed over. Any thread.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/json_file.h"
#include "core/io/weight_file.h"
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

// "special", "normalized", "single_word", "lstrip" and "rstrip" of an added token, as all these files and
// tokenizer.json have them.
void readFlags(const JsonNode& entry, AddedToken& token);

// Files that are not there say nothing. Error if one is malformed.
TokenizerConfig readTokenizerConfig(const std::filesystem::path& folder);

// The tokens that one of these files adds to a `vocabulary` without a tokenizer.json, and those of the vocabulary that
// one of them calls special. Error if two places give a token different ids.
std::vector<AddedToken> addedTokensOf(const TokenizerConfig& config, const Vocabulary& vocabulary,
                                      std::string_view file);

// THE TABLE OF HARMLESS TOKENIZER KEYS: what files beside a model hold about its tokenizer that changes no id of a
// running text. Made from tokenization_utils_base.py and models/*/tokenization_*.py of transformers, from the
// serialisation of the tokenizers library, and from gguf-py/gguf/constants.py.
enum class TokenizerFile { tokenizerJson, tokenizerConfig, gguf };

// `path`: "model.dropout"; of GGUF, the key.
bool isHarmlessTokenizerKey(TokenizerFile kind, std::string_view path, const nlohmann::json& value);

// "tokenizer.json: model.dropout = 0.1 is not heeded: the ids may not be the model's", one line per key.
std::string notHeeded(std::string_view file, std::string_view path, const nlohmann::json& value);
std::vector<std::string> notHeededLines(const JsonNode& root, TokenizerFile kind);

// Which tokenizer a checkpoint has: a hash of what can change the ids of a text, and of nothing else, in the files of
// the model's folder, or of the GGUF keys about it; chat templates do not count, for no text is put into one. Empty
// where the model has none. Error if a file cannot be read.
std::string tokenizerFingerprint(const WeightFile& file);

}  // namespace rankscope
