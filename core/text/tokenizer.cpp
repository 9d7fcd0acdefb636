// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/tokenizer.h"

#include <algorithm>
#include <array>

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/text/text_check.h"
#include "core/text/vocabulary.h"

namespace rankscope {

namespace {

std::vector<AddedToken> selected(const std::vector<AddedToken>& tokens, bool normalized) {
    std::vector<AddedToken> result;
    std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(result),
                 [normalized](const AddedToken& token) { return token.normalized == normalized; });
    return result;
}

// Bytes as a reader sees them.
std::string visible(std::string_view bytes) {
    std::string shown;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = utf8SequenceLength(bytes, at);
        const auto byte = static_cast<unsigned char>(bytes[at]);
        if (byte == ' ')
            shown += "·";
        else if (byte == '\n')
            shown += "⏎";
        else if (byte == '\t')
            shown += "⇥";
        else if (byte == '\r')
            shown += "␍";
        else if (length == 0 || byte < 0x20 || byte == 0x7F)
            shown += byteTokenText(byte);
        else
            shown += bytes.substr(at, length);
        at += std::max<std::size_t>(length, 1);
    }
    return shown;
}

}  // namespace

Tokenizer::Tokenizer(TokenizerParts parts) : m_parts(std::move(parts)), m_model(std::move(m_parts.rules)) {
    checkAddedTokens(m_parts.added, m_parts.file);
    m_added = AddedTokens(selected(m_parts.added, false));
    m_normalizedAdded = AddedTokens(selected(m_parts.added, true));
    m_size = m_model.rules().tokens;
    for (AddedToken& token : m_parts.added) {
        m_size = std::max(m_size, token.id + 1);
        m_addedContents.emplace(token.id, std::move(token.content));
    }
    m_parts.added.clear();
    const std::optional<TokenId> bos = m_parts.bos;
    if (bos && (*bos < 0 || *bos >= m_size))
        throw Error(ErrorCode::mismatch, m_parts.file, "bos_token_id", "< " + std::to_string(m_size),
                    std::to_string(*bos));
    if (m_parts.addsBos && !bos)
        throw Error(ErrorCode::missing, m_parts.file, "bos_token_id", "present, as a BOS is to be added", "none");
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, const EncodeOptions& options,
                                       const JobContext& context) const {
    requireUtf8(text, "text");
    std::vector<TokenId> ids;
    RegexScratch scratch;
    PieceEncoder encoder(m_model, m_parts.file, context);
    const auto onToken = [&](TokenId id) { ids.push_back(id); };
    const auto onText = [&](std::string_view segment) {
        bool first = segment.data() == text.data();
        const std::optional<std::string> normalized = m_parts.normalizer.apply(segment, scratch, first);
        const auto onNormalized = [&](std::string_view part) {
            const bool partFirst = first && part.data() == (normalized ? normalized->data() : segment.data());
            m_parts.preTokenizer.split({part, partFirst}, scratch,
                                       [&](const TextPiece& piece) { encoder.encode(piece.text, ids); });
        };
        m_normalizedAdded.split(normalized ? std::string_view(*normalized) : segment, options.matchSpecialTokens,
                                onNormalized, onToken);
    };
    m_added.split(text, options.matchSpecialTokens, onText, onToken);
    return ids;
}

std::vector<std::string> Tokenizer::notesOn(std::string_view text) const {
    if (m_parts.composingNote.empty() || !normalizedText(text, UnicodeForm::nfc))
        return {};
    return {m_parts.composingNote};
}

std::optional<std::string> Tokenizer::bytesOf(TokenId id) const {
    if (const auto added = m_addedContents.find(id); added != m_addedContents.end())
        return added->second;
    if (id >= m_model.rules().tokens || !m_model.vocabulary().contains(id))
        return std::nullopt;
    const std::string& text = m_model.vocabulary().text(id);
    if (m_model.rules().byteFallback)
        if (const auto byte = byteOfTokenText(text))
            return std::string(1, static_cast<char>(*byte));
    switch (m_parts.spelling) {
        case TokenSpelling::spaceMarks:
            return replacedAll(text, spaceMark, " ").value_or(text);
        case TokenSpelling::byteSymbols:
            return bytesOfSymbols(text).value_or(text);
        case TokenSpelling::plain:
            break;
    }
    return text;
}

std::string Tokenizer::decode(std::span<const TokenId> ids) const {
    std::string text;
    for (const TokenId id : ids)
        text += bytesOf(id).value_or("");
    if (m_parts.addsPrefixSpace && text.starts_with(' '))
        text.erase(0, 1);
    return text;
}

std::string Tokenizer::piece(TokenId id) const {
    const std::optional<std::string> bytes = bytesOf(id);
    return bytes ? visible(*bytes) : "[" + std::to_string(id) + "]";
}

std::optional<TokenId> Tokenizer::bosFor(BosChoice choice) const {
    if (choice == BosChoice::off || (choice == BosChoice::automatic && !addsBosByDefault()))
        return std::nullopt;
    if (!bosToken())
        throw Error(ErrorCode::missing, "tokenizer", "BOS token", "present", "none");
    return bosToken();
}

}  // namespace rankscope
