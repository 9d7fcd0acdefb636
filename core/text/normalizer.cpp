// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/normalizer.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/text/bpe_model.h"
#include "core/text/unicode/unicode_text.h"

namespace rankscope {

namespace {

using Changed = std::optional<std::string>;

Changed replacePattern(std::string_view text, const RegexPattern& pattern, const std::string& replacement,
                       RegexScratch& scratch, bool& keepsBeginning) {
    std::string out;
    std::size_t copied = 0, from = 0;
    while (from <= text.size()) {
        const auto match = pattern.find(text, from, scratch);
        if (!match)
            break;
        keepsBeginning = keepsBeginning && (match->begin > 0 || match->end == 0 || !replacement.empty());
        out.append(text.substr(copied, match->begin - copied)).append(replacement);
        copied = match->end;
        from = match->end;
        if (match->begin == match->end)  // an empty match: look on behind the next character
            from += from < text.size() ? utf8SequenceLength(text, from) : 1;
    }
    if (copied == 0 && out.empty())
        return std::nullopt;
    return out.append(text.substr(copied));
}

Changed strip(std::string_view text, bool left, bool right, bool& keepsBeginning) {
    const std::size_t begin = left ? leadingWhiteSpace(text) : 0;
    keepsBeginning = keepsBeginning && begin == 0;
    const std::size_t trailing = right ? trailingWhiteSpace(text.substr(begin)) : 0;
    if (begin == 0 && trailing == 0)
        return std::nullopt;
    return std::string(text.substr(begin, text.size() - begin - trailing));
}

// Two characters below U+0080 make no cluster but "\r\n".
std::size_t clusterLength(std::string_view text) {
    const bool plain = isAscii(text[0]) && text[0] != '\r' && (text.size() == 1 || isAscii(text[1]));
    return plain ? 1 : graphemeClusterLength(text);
}

Changed mapCharacters(std::string_view text, const CharacterMap& map) {
    constexpr std::size_t shortCluster = 6;
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::string_view cluster = text.substr(0, clusterLength(text));
        text.remove_prefix(cluster.size());
        const auto whole = cluster.size() < shortCluster ? map.shortestAt(cluster) : CharacterMap::Match();
        out += whole.target;
        for (std::size_t at = 0; whole.length == 0 && at < cluster.size();) {
            const std::string_view character = cluster.substr(at, utf8SequenceLength(cluster, at));
            const auto single = map.shortestAt(character);
            out += single.length > 0 ? single.target : character;
            at += character.size();
        }
    }
    return out;
}

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

// `begins`: the text is not behind an added token.
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

}  // namespace

std::optional<std::string> replacedAll(std::string_view text, std::string_view wanted, std::string_view replacement) {
    std::size_t found = text.find(wanted);
    if (found == std::string_view::npos)
        return std::nullopt;
    std::string out;
    out.reserve(text.size() + text.size() / 4);
    std::size_t at = 0;
    for (; found != std::string_view::npos; found = text.find(wanted, at)) {
        out.append(text.substr(at, found - at)).append(replacement);
        at = found + wanted.size();
    }
    return out.append(text.substr(at));
}

void Normalizer::addForm(UnicodeForm form) {
    m_steps.emplace_back([form](std::string_view text, const Context&) { return normalizedText(text, form); });
}

void Normalizer::addLowercase() {
    m_steps.emplace_back([](std::string_view text, const Context&) { return Changed(lowerCased(text)); });
}

void Normalizer::addPrepend(std::string prefix) {
    m_steps.emplace_back([prefix = std::move(prefix)](std::string_view text, const Context&) {
        return text.empty() ? Changed() : Changed(prefix + std::string(text));
    });
}

void Normalizer::addReplace(RegexPattern pattern, std::string replacement) {
    m_steps.emplace_back([pattern = std::move(pattern), replacement = std::move(replacement)](std::string_view text,
                                                                                              const Context& context) {
        return replacePattern(text, pattern, replacement, context.scratch, context.keepsBeginning);
    });
}

void Normalizer::addReplaceText(std::string wanted, std::string replacement) {
    m_steps.emplace_back([wanted = std::move(wanted), replacement = std::move(replacement)](std::string_view text,
                                                                                            const Context& context) {
        const bool dropsFirst = replacement.empty() && text.starts_with(wanted);
        context.keepsBeginning = context.keepsBeginning && !dropsFirst;
        return replacedAll(text, wanted, replacement);
    });
}

void Normalizer::addStrip(bool left, bool right) {
    m_steps.emplace_back([left, right](std::string_view text, const Context& context) {
        return strip(text, left, right, context.keepsBeginning);
    });
}

void Normalizer::addSpm(SpmNormalizerSpec spec) {
    m_steps.emplace_back([shared = std::make_shared<const SpmNormalizerSpec>(std::move(spec))](std::string_view text,
                                                                                               const Context& context) {
        return Changed(spmNormalized(text, *shared, context.keepsBeginning));
    });
}

void Normalizer::addPrecompiled(CharacterMap map) {
    m_steps.emplace_back([shared = std::make_shared<const CharacterMap>(std::move(map))](
                             std::string_view text, const Context&) { return mapCharacters(text, *shared); });
}

std::optional<std::string> Normalizer::apply(std::string_view text, RegexScratch& scratch, bool& keepsBeginning) const {
    const Context context{scratch, keepsBeginning};
    std::optional<std::string> current;
    for (const Step& step : m_steps) {
        const std::string_view input = current ? std::string_view(*current) : text;
        if (auto changed = step(input, context))
            current = std::move(changed);
    }
    return current;
}

}  // namespace rankscope
