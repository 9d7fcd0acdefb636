// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/spm_tokenizer.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/base/error.h"
#include "core/base/utf8.h"

namespace rankscope {

namespace {

// Whether merging may make the piece, as a result or on the way to one.
bool isMergeable(PieceType type) {
    return type == PieceType::normal || type == PieceType::userDefined || type == PieceType::unused;
}

std::vector<std::size_t> characterStarts(std::string_view text) {
    std::vector<std::size_t> starts;
    for (std::size_t at = 0; at < text.size(); at += utf8SequenceLength(text, at))
        starts.push_back(at);
    return starts;
}

void checkPieces(const ScoredPieces& pieces, std::string_view file, std::string_view subject) {
    const auto name = [&](std::size_t id) { return std::string(subject) + "[" + std::to_string(id) + "]"; };
    // Finding how pieces come about takes time that grows with the square of their lengths.
    constexpr std::uint64_t maxSquares = std::uint64_t(1) << 28;
    std::uint64_t squares = 0;
    std::vector<bool> bytes(256);
    for (std::size_t id = 0; id < pieces.texts.size(); ++id) {
        if (firstInvalidUtf8(pieces.texts[id]) != pieces.texts[id].size())
            throw Error(ErrorCode::malformed, file, name(id), "UTF-8", "\"" + pieces.texts[id] + "\"");
        if (std::isnan(pieces.scores[id]))
            throw Error(ErrorCode::malformed, file, name(id) + " score", "number", "NaN");
        squares += std::uint64_t(pieces.texts[id].size()) * pieces.texts[id].size();
        if (squares > maxSquares)
            throw Error(ErrorCode::malformed, file, name(id),
                        "squared lengths of <= " + std::to_string(maxSquares) + " in all pieces", "more");
        if (pieces.types[id] != PieceType::byte)
            continue;
        const auto value = byteOfTokenText(pieces.texts[id]);
        if (!value)
            throw Error(ErrorCode::malformed, file, name(id), "<0x00>..<0xFF>", "\"" + pieces.texts[id] + "\"");
        bytes[*value] = true;
    }
    const auto count = std::count(bytes.begin(), bytes.end(), true);
    if (pieces.byteFallback && count != 256)
        throw Error(ErrorCode::malformed, file, subject, "256 byte pieces", std::to_string(count));
}

// Characters that occur in longer pieces without being one: merging starts from them.
void appendLinkingCharacters(std::vector<std::string>& texts, const std::vector<PieceType>& types) {
    std::vector<bool> occurs(0x110000), isPiece(0x110000);
    for (std::size_t id = 0; id < types.size(); ++id) {
        const std::string& text = texts[id];
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t length = utf8SequenceLength(text, at);
            const char32_t code = utf8CodePoint(text, at, length);
            if (length == text.size())
                isPiece[code] = true;
            else if (isMergeable(types[id]))
                occurs[code] = true;
            at += length;
        }
    }
    for (char32_t code = 0; code < occurs.size(); ++code) {
        if (!occurs[code] || isPiece[code])
            continue;
        texts.emplace_back();
        appendUtf8(texts.back(), code);
    }
}

class RulesBuilder {
public:
    RulesBuilder(BpeRules& rules, const ScoredPieces& pieces) : m_rules(rules), m_pieces(pieces) {
        std::vector<float> scores = pieces.scores;
        std::sort(scores.begin(), scores.end(), std::greater<>());
        scores.erase(std::unique(scores.begin(), scores.end()), scores.end());
        m_scores = std::move(scores);
    }

    void addMerges() {
        for (TokenId id = 0; id < m_rules.tokens; ++id)
            if (isMergeable(m_pieces.types[static_cast<std::size_t>(id)]) &&
                m_rules.vocabulary.find(m_rules.vocabulary.text(id)) == id)  // else a later piece has the same text
                addMergesTo(id);
    }

    // An unused piece gives way to the two that it was merged from; a character, to what unknown ones become.
    void addReplacements() {
        for (TokenId id = 0; id < m_rules.tokens; ++id) {
            const std::string& text = m_rules.vocabulary.text(id);
            if (m_pieces.types[static_cast<std::size_t>(id)] != PieceType::unused || text.empty())
                continue;
            std::vector<TokenId> parts = mergedWithout(id);
            if (parts.size() == 2)
                m_rules.replacements.emplace(id, std::move(parts));
            else if (parts.size() == 1)
                m_rules.replacements.emplace(id, tokensOfUnknown(text));
        }
    }

private:
    // Of a piece or a linking character; noToken for any other.
    TokenId partOf(std::string_view text) const {
        const TokenId id = m_rules.vocabulary.find(text);
        const bool piece = id != noToken && id < m_rules.tokens;
        return piece && !isMergeable(m_pieces.types[static_cast<std::size_t>(id)]) ? noToken : id;
    }

    std::vector<TokenId> tokensOfUnknown(std::string_view character) const {
        std::vector<TokenId> tokens;
        if (m_rules.byteFallback)
            for (const char byte : character)
                tokens.push_back(m_rules.vocabulary.find(byteTokenText(static_cast<std::uint8_t>(byte))));
        else if (m_rules.unknown != noToken)
            tokens.push_back(m_rules.unknown);
        return tokens;
    }

    std::uint32_t rankOf(TokenId id) const {
        const auto place = std::lower_bound(m_scores.begin(), m_scores.end(),
                                            m_pieces.scores[static_cast<std::size_t>(id)], std::greater<>());
        return static_cast<std::uint32_t>(place - m_scores.begin());
    }

    void addMergesTo(TokenId id) {
        const std::string_view text = m_rules.vocabulary.text(id);
        for (const std::size_t cut : characterStarts(text)) {
            if (cut == 0)
                continue;
            const TokenId left = partOf(text.substr(0, cut));
            const TokenId right = left == noToken ? noToken : partOf(text.substr(cut));
            if (right != noToken)
                m_rules.merges.add(left, right, {rankOf(id), id});
        }
    }

    std::vector<TokenId> mergedWithout(TokenId excluded) const {
        const std::string_view text = m_rules.vocabulary.text(excluded);
        std::vector<TokenId> symbols;
        for (std::size_t at = 0; at < text.size(); at += utf8SequenceLength(text, at))
            symbols.push_back(partOf(text.substr(at, utf8SequenceLength(text, at))));
        for (;;) {
            const Merge* best = nullptr;
            std::size_t place = 0;
            for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
                const Merge* merge = m_rules.merges.find(symbols[i], symbols[i + 1]);
                if (merge != nullptr && merge->result != excluded && (best == nullptr || merge->rank < best->rank)) {
                    best = merge;
                    place = i;
                }
            }
            if (best == nullptr)
                return symbols;
            symbols[place] = best->result;
            symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(place) + 1);
        }
    }

    BpeRules& m_rules;
    const ScoredPieces& m_pieces;
    std::vector<float> m_scores;  // distinct, best first: the place is the rank
};

}  // namespace

BpeRules rulesOfPieces(ScoredPieces pieces, std::string_view file, std::string_view subject) {
    checkPieces(pieces, file, subject);
    BpeRules rules;
    rules.tokens = static_cast<int>(pieces.texts.size());
    rules.byteFallback = pieces.byteFallback;
    rules.fuseUnknown = true;
    const auto unknown = std::find(pieces.types.begin(), pieces.types.end(), PieceType::unknown);
    if (unknown != pieces.types.end())
        rules.unknown = static_cast<TokenId>(unknown - pieces.types.begin());
    std::vector<std::string> texts = std::move(pieces.texts);
    appendLinkingCharacters(texts, pieces.types);
    rules.vocabulary = Vocabulary(std::move(texts), file, subject);
    RulesBuilder builder(rules, pieces);
    builder.addMerges();
    builder.addReplacements();
    return rules;
}

}  // namespace rankscope
