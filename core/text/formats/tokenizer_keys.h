// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF HARMLESS TOKENIZER KEYS: what files beside a model hold about its tokenizer that changes no id of a
// running text. Made from tokenization_utils_base.py and models/*/tokenization_*.py of transformers, from the
// serialisation of the tokenizers library, and from gguf-py/gguf/constants.py. Any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/json_node.h"

namespace rankscope {

enum class TokenizerFile { tokenizerJson, tokenizerConfig, gguf };

// `path`: "model.dropout"; of GGUF, the key.
bool isHarmlessTokenizerKey(TokenizerFile kind, std::string_view path, const nlohmann::json& value);

// "tokenizer.json: model.dropout = 0.1 is not heeded: the ids may not be the model's", one line per key.
std::string notHeeded(std::string_view file, std::string_view path, const nlohmann::json& value);
std::vector<std::string> notHeededLines(const JsonNode& root, TokenizerFile kind);

}  // namespace rankscope
