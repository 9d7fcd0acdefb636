// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One piece of text to token ids by merging: byte-pair encoding with learned merges, and SentencePiece's, whose merges
// follow from its scores. BpeModel: immutable, any thread. PieceEncoder: one thread at a time.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/text/merge_table.h"
#include "core/text/vocabulary.h"

namespace rankscope {

// "▁", how SentencePiece writes a space.
inline constexpr std::string_view spaceMark = "\xE2\x96\x81";

// "<0xE2>"
std::string byteTokenText(std::uint8_t byte);

// The other way; nothing if that is not what `text` is.
std::optional<std::uint8_t> byteOfTokenText(std::string_view text);

struct BpeRules {
    Vocabulary vocabulary;
    int tokens = 0;  // ids from here on are characters that only lead to tokens, and are none themselves
    MergeTable merges;
    bool byteLevel = false;     // pieces are bytes, vocabulary texts their symbols; else pieces are characters
    bool ignoreMerges = false;  // a piece that is a token is that token
    bool byteFallback = false;  // an unknown character becomes the tokens "<0xE2>" of its bytes, if there are all
    bool fuseUnknown = false;   // neighbouring unknown characters are one
    TokenId unknown = noToken;  // none: unknown characters are dropped
    std::map<TokenId, std::vector<TokenId>>
        replacements;  // of tokens that lead to others but may not be used themselves
};

class BpeModel {
public:
    explicit BpeModel(BpeRules rules);

    const Vocabulary& vocabulary() const { return m_rules.vocabulary; }
    const BpeRules& rules() const { return m_rules; }

private:
    friend class PieceEncoder;
    void appendSymbols(std::string_view piece, std::vector<TokenId>& symbols) const;
    void appendCharacters(std::string_view piece, std::vector<TokenId>& symbols) const;
    bool appendFallback(std::string_view character, std::vector<TokenId>& symbols) const;
    void appendTokens(const std::vector<TokenId>& symbols, std::vector<TokenId>& out) const;
    void appendReplaced(const std::vector<TokenId>& symbols, std::size_t begin, std::vector<TokenId>& out) const;
    TokenId wholeToken(std::string_view piece) const;
    bool splitsAtSpaceMark() const;

    BpeRules m_rules;
    std::array<TokenId, 256> m_byteTokens{};   // by byte: its symbol's token, or its fallback's
    std::array<TokenId, 256> m_asciiTokens{};  // of one-character tokens
    bool m_splitsAtSpaceMark = false;
};

class PieceEncoder {
public:
    // REQUIRES that both outlive this. `file` is for errors.
    PieceEncoder(const BpeModel& model, std::string_view file, const JobContext& context);

    // Appends the ids of `piece`. Error if it is longer than merging has memory for.
    void encode(std::string_view piece, std::vector<TokenId>& out);

private:
    struct Entry {
        std::uint64_t hash = 0;
        std::uint32_t textBegin = 0, textLength = 0, idsBegin = 0, idsLength = 0;
    };
    void encodePart(std::string_view piece, std::vector<TokenId>& out);
    void merge(std::string_view piece, std::vector<TokenId>& out);
    void growCache();

    const BpeModel& m_model;
    const JobContext& m_context;
    std::string m_file;
    Merger m_merger;
    std::vector<TokenId> m_symbols;

    // Pieces come again and again; what they became is kept, up to a fixed number of them.
    std::vector<Entry> m_entries;
    std::string m_cachedText;
    std::vector<TokenId> m_cachedIds;
    std::size_t m_cached = 0;
    std::size_t m_untilPoll = 0;
};

}  // namespace rankscope
