// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a tokenizer does to its text before it cuts it. Immutable once built; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/regex/regex_pattern.h"
#include "core/text/spm_normalizer.h"
#include "core/text/unicode/unicode_forms.h"

namespace rankscope {

// Nothing if `wanted` does not occur. REQUIRES wanted not empty.
std::optional<std::string> replacedAll(std::string_view text, std::string_view wanted, std::string_view replacement);

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
