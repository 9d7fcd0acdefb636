// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Changes a text as a tokenizer does before it cuts it. Immutable once built; any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/added_tokens.h"
#include "core/text/regex/regex_pattern.h"
#include "core/text/unicode/character_map.h"
#include "core/text/unicode/unicode_text.h"

namespace rankscope {

// Nothing if `wanted` does not occur. REQUIRES wanted not empty.
std::optional<std::string> replacedAll(std::string_view text, std::string_view wanted, std::string_view replacement);

// SentencePiece's normalizer_spec, with its values for what a file leaves out: pieces that a user defined stay as they
// are, the character map replaces the longest key at each place, and spaces are dropped, put in front and written as
// "▁".
struct SpmNormalizerSpec {
    std::shared_ptr<const CharacterMap> characterMap;  // null: the identity
    AddedTokens userDefined;                           // looked for before the map
    bool addDummyPrefix = true;
    bool removeExtraWhitespaces = true;  // none at the ends, one where there are several
    bool escapeWhitespaces = true;
    bool prefixesBeginningOnly = false;  // not what comes behind an added token: "legacy" of tokenizer_config.json
};

class Normalizer {
public:
    void addForm(UnicodeForm form);
    void addLowercase();
    void addPrepend(std::string prefix);  // unless the text is empty
    // The replacement is put as it is, without references to groups.
    void addReplace(RegexPattern pattern, std::string replacement);
    void addReplaceText(std::string text, std::string replacement);  // REQUIRES text not empty
    void addStrip(bool left, bool right);                            // white space
    void addSpm(SpmNormalizerSpec spec);                             // all that SentencePiece does
    // As the tokenizers library reads a character map: the first key that a short grapheme cluster begins with stands
    // for all of the cluster; where none does, characters are looked up one by one.
    void addPrecompiled(CharacterMap map);

    // Nothing if the text stays as it is. REQUIRES valid UTF-8. `keepsBeginning` becomes false if the first characters
    // were taken away; else it stays.
    std::optional<std::string> apply(std::string_view text, RegexScratch& scratch, bool& keepsBeginning) const;

private:
    struct Context {
        RegexScratch& scratch;
        bool& keepsBeginning;
    };
    using Step = std::function<std::optional<std::string>(std::string_view, const Context&)>;
    std::vector<Step> m_steps;
};

}  // namespace rankscope
