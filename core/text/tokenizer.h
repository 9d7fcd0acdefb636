// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Text to token ids and back, as the model's own tokenizer does it: added tokens, normaliser, pre-tokenizer, merging.
// Every format Rankscope reads ends in these stages. Immutable; any thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/text/added_tokens.h"
#include "core/text/bpe_model.h"
#include "core/text/normalizer.h"
#include "core/text/pre_tokenizer.h"

namespace rankscope {

enum class BosChoice { automatic, on, off };  // automatic: what the model's own tokenizer does

struct EncodeOptions {
    bool matchSpecialTokens = true;  // false: "<s>" in the text is three plain characters
};

// How the vocabulary writes the bytes of a token.
enum class TokenSpelling {
    plain,        // as they are
    byteSymbols,  // see symbolsOfBytes
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

class Tokenizer {
public:
    // Error if the BOS id is not one of the vocabulary's.
    explicit Tokenizer(TokenizerParts parts);

    int vocabularySize() const { return m_size; }
    const std::string& kind() const { return m_parts.kind; }

    // Token ids of `text`, no BOS added. Error if the text is not UTF-8; polls context.
    std::vector<TokenId> encode(std::string_view text, const EncodeOptions& options = {},
                                const JobContext& context = JobContext()) const;

    // The bytes that the tokens stand for.
    std::string decode(std::span<const TokenId> ids) const;

    // How one token is shown: its text with visible spaces ("·the", "⏎"), "<0xE2>" for a lone byte.
    std::string piece(TokenId id) const;

    std::optional<TokenId> bosToken() const { return m_parts.bos; }
    bool addsBosByDefault() const { return m_parts.addsBos; }

    // What may make its ids other than the model's: settings that were passed over, files that disagree. One line each.
    const std::vector<std::string>& notes() const { return m_parts.notes; }

    // The same about this text, on which readers of the tokenizer's file differ.
    std::vector<std::string> notesOn(std::string_view text) const;

    // The BOS id if windows must start with it under `choice`. Error if `on` is asked for and there is none.
    std::optional<TokenId> bosFor(BosChoice choice) const;

private:
    // The bytes of one token, nothing if there is none with that id.
    std::optional<std::string> bytesOf(TokenId id) const;

    TokenizerParts m_parts;  // without `rules`, which the model has
    BpeModel m_model;
    AddedTokens m_added, m_normalizedAdded;
    std::map<TokenId, std::string> m_addedContents;
    int m_size = 0;
};

}  // namespace rankscope
