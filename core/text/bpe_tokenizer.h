// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A tokenizer as its stages: added tokens, normaliser, pre-tokenizer, merging. Every format Rankscope reads ends in one
// of these. Immutable; any thread.
#pragma once

#include <string>

#include "core/text/added_tokens.h"
#include "core/text/bpe_model.h"
#include "core/text/normalizer.h"
#include "core/text/pre_tokenizer.h"
#include "core/text/tokenizer.h"

namespace rankscope {

// How the vocabulary writes the bytes of a token.
enum class TokenSpelling {
    plain,        // as they are
    byteSymbols,  // byte_alphabet.h
    spaceMarks,   // "▁" for a space
};

struct TokenizerParts {
    std::string kind;               // "byte-level BPE, smollm"
    std::string file;               // where it comes from, for errors
    std::vector<AddedToken> added;  // the normalised ones with their content as it looks once normalised
    Normalizer normalizer;
    PreTokenizer preTokenizer;
    BpeRules rules;
    std::optional<TokenId> bos;
    bool addsBos = false;
    TokenSpelling spelling = TokenSpelling::plain;
    bool addsPrefixSpace = false;    // the first space of what tokens spell is not part of the text
    std::string composingNote;       // Tokenizer::notesOn a text that NFC changes
    std::vector<std::string> notes;  // Tokenizer::notes
};

class BpeTokenizer : public Tokenizer {
public:
    // Error if the BOS id is not one of the vocabulary's.
    explicit BpeTokenizer(TokenizerParts parts);

    int vocabularySize() const override { return m_size; }
    std::string_view kind() const override { return m_kind; }
    std::vector<TokenId> encode(std::string_view text, const EncodeOptions& options,
                                const JobContext& context) const override;
    using Tokenizer::encode;
    std::vector<std::string> notesOn(std::string_view text) const override;
    std::string decode(std::span<const TokenId> ids) const override;
    std::string piece(TokenId id) const override;
    std::optional<TokenId> bosToken() const override { return m_bos; }
    bool addsBosByDefault() const override { return m_addsBos; }

private:
    // The bytes of one token, nothing if there is none with that id.
    std::optional<std::string> bytesOf(TokenId id) const;

    std::string m_kind, m_file, m_composingNote;
    AddedTokens m_added, m_normalizedAdded;
    std::map<TokenId, std::string> m_addedContents;
    Normalizer m_normalizer;
    PreTokenizer m_preTokenizer;
    BpeModel m_model;
    std::optional<TokenId> m_bos;
    TokenSpelling m_spelling;
    bool m_addsBos, m_addsPrefixSpace;
    int m_size = 0;
};

}  // namespace rankscope
