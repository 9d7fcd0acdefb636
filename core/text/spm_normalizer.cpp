// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/spm_normalizer.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/text/bpe_model.h"

namespace rankscope {

namespace {

struct Prefix {
    std::size_t length = 0;      // bytes of the text
    std::string_view character;  // what they become
};

// REQUIRES text not empty.
Prefix takePrefix(std::string_view text, const SpmNormalizerSpec& spec) {
    if (const AddedToken* token = spec.userDefined.longestAt(text, 0, true))
        return {token->content.size(), text.substr(0, token->content.size())};
    if (spec.characterMap)
        if (const auto match = spec.characterMap->longestAt(text); match.length > 0)
            return {match.length, match.target};
    const std::size_t length = utf8SequenceLength(text, 0);
    return {length, text.substr(0, length)};
}

void dropLeadingSpaces(std::string_view& text, const SpmNormalizerSpec& spec) {
    while (!text.empty()) {
        const Prefix prefix = takePrefix(text, spec);
        if (prefix.character != " ")
            return;
        text.remove_prefix(prefix.length);
    }
}

}  // namespace

std::string spmNormalized(std::string_view text, const SpmNormalizerSpec& spec, bool begins) {
    const std::string_view space = spec.escapeWhitespaces ? spaceMark : " ";
    const bool removes = spec.removeExtraWhitespaces;
    std::string out;
    if (removes)
        dropLeadingSpaces(text, spec);
    if (text.empty())
        return out;
    out.reserve(text.size() + text.size() / 2);
    if (spec.addDummyPrefix && (begins || !spec.prefixesBeginningOnly))
        out += space;
    bool behindSpace = removes;
    while (!text.empty()) {
        auto [length, character] = takePrefix(text, spec);
        text.remove_prefix(length);
        if (behindSpace)
            character.remove_prefix(std::min(character.find_first_not_of(' '), character.size()));
        if (character.empty())
            continue;  // the space before it still counts
        behindSpace = removes && character.back() == ' ';
        for (const char c : character)
            out += c == ' ' ? space : std::string_view(&c, 1);
    }
    while (removes && out.ends_with(space))  // marks that the text itself holds go as well
        out.resize(out.size() - space.size());
    return out;
}

}  // namespace rankscope
