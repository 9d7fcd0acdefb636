// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What SentencePiece does to a text before it cuts it: pieces that a user defined stay as they are, the character map
// replaces the longest key at each place, and spaces are dropped, put in front and written as "▁". Any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/text/added_tokens.h"
#include "core/text/unicode/character_map.h"

namespace rankscope {

// normalizer_spec, with SentencePiece's values for what a file leaves out.
struct SpmNormalizerSpec {
    std::shared_ptr<const CharacterMap> characterMap;  // null: the identity
    AddedTokens userDefined;                           // looked for before the map
    bool addDummyPrefix = true;
    bool removeExtraWhitespaces = true;  // none at the ends, one where there are several
    bool escapeWhitespaces = true;
    bool prefixesBeginningOnly = false;  // not what comes behind an added token: "legacy" of tokenizer_config.json
};

// REQUIRES valid UTF-8. `begins`: the text is not behind an added token.
std::string spmNormalized(std::string_view text, const SpmNormalizerSpec& spec, bool begins = true);

}  // namespace rankscope
