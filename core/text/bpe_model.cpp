// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/bpe_model.h"

#include <algorithm>
#include <charconv>

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/text/vocabulary.h"

namespace rankscope {

namespace {

constexpr std::size_t longestCachedPiece = 64;
constexpr std::size_t firstCacheSlots = 1u << 10, maxCacheSlots = 1u << 17;  // half of them are used
constexpr std::size_t bytesPerPoll = 1u << 16;

}  // namespace

std::string byteTokenText(std::uint8_t byte) {
    return "<0x" + hexText(byte) + ">";
}

std::optional<std::uint8_t> byteOfTokenText(std::string_view text) {
    std::uint8_t byte = 0;
    if (text.size() != 6 || std::from_chars(text.data() + 3, text.data() + 5, byte, 16).ptr != text.data() + 5 ||
        text != byteTokenText(byte))
        return std::nullopt;
    return byte;
}

BpeModel::BpeModel(BpeRules rules) : m_rules(std::move(rules)) {
    const Vocabulary& vocabulary = m_rules.vocabulary;
    for (int byte = 0; byte < 256; ++byte) {
        std::string symbol;
        appendUtf8(symbol, symbolOfByte(static_cast<std::uint8_t>(byte)));
        const auto index = static_cast<std::size_t>(byte);
        m_byteTokens[index] =
            vocabulary.find(m_rules.byteLevel ? symbol : byteTokenText(static_cast<std::uint8_t>(byte)));
        m_asciiTokens[index] = byte < 128 ? vocabulary.find(std::string(1, static_cast<char>(byte))) : noToken;
    }
    m_splitsAtSpaceMark = splitsAtSpaceMark();
}

// Where no token has a space mark behind another character, merging never crosses the place before such a mark, and a
// text may be cut there. That makes short pieces of a text that nothing else cuts.
bool BpeModel::splitsAtSpaceMark() const {
    const auto crosses = [](const std::string& text) {
        for (std::size_t at = text.find(spaceMark); at != std::string::npos; at = text.find(spaceMark, at + 1))
            if (at > 0 && !std::string_view(text).substr(0, at).ends_with(spaceMark))
                return true;
        return false;
    };
    const auto& texts = m_rules.vocabulary.texts();
    const TokenId mark = m_rules.vocabulary.find(spaceMark);
    if (m_rules.byteLevel || m_rules.ignoreMerges || mark == noToken || mark >= m_rules.tokens ||
        m_rules.replacements.contains(mark))
        return false;
    // An unknown character that vanishes would make neighbours of what is on its two sides.
    const bool allBytes = std::find(m_byteTokens.begin(), m_byteTokens.end(), noToken) == m_byteTokens.end();
    if (m_rules.unknown == noToken && !(m_rules.byteFallback && allBytes))
        return false;
    return std::none_of(texts.begin(), texts.end(), crosses);
}

TokenId BpeModel::wholeToken(std::string_view piece) const {
    const TokenId id =
        m_rules.byteLevel ? m_rules.vocabulary.find(symbolsOfBytes(piece)) : m_rules.vocabulary.find(piece);
    return id < m_rules.tokens ? id : noToken;
}

bool BpeModel::appendFallback(std::string_view character, std::vector<TokenId>& symbols) const {
    if (!m_rules.byteFallback)
        return false;
    const auto tokenOf = [this](char byte) { return m_byteTokens[static_cast<unsigned char>(byte)]; };
    if (!std::all_of(character.begin(), character.end(), [&](char byte) { return tokenOf(byte) != noToken; }))
        return false;
    for (const char byte : character)
        symbols.push_back(tokenOf(byte));
    return true;
}

void BpeModel::appendCharacters(std::string_view piece, std::vector<TokenId>& symbols) const {
    // The reference holds an unknown character back until a known one comes; bytes of a fallback overtake it.
    bool unknownHeld = false;
    const auto release = [&] {
        if (unknownHeld)
            symbols.push_back(m_rules.unknown);
        unknownHeld = false;
    };
    for (std::size_t at = 0; at < piece.size();) {
        const std::size_t length = utf8SequenceLength(piece, at);
        const std::string_view character = piece.substr(at, length);
        at += length;
        const TokenId id = length == 1 ? m_asciiTokens[static_cast<unsigned char>(character.front())]
                                       : m_rules.vocabulary.find(character);
        if (id != noToken) {
            release();
            symbols.push_back(id);
        } else if (!appendFallback(character, symbols) && m_rules.unknown != noToken) {
            if (!m_rules.fuseUnknown)
                release();
            unknownHeld = true;
        }
    }
    release();
}

void BpeModel::appendSymbols(std::string_view piece, std::vector<TokenId>& symbols) const {
    if (!m_rules.byteLevel) {
        appendCharacters(piece, symbols);
        return;
    }
    for (const char byte : piece) {
        const TokenId id = m_byteTokens[static_cast<unsigned char>(byte)];
        if (id != noToken || m_rules.unknown != noToken)
            symbols.push_back(id != noToken ? id : m_rules.unknown);
    }
}

void BpeModel::appendTokens(const std::vector<TokenId>& symbols, std::vector<TokenId>& out) const {
    if (m_rules.tokens == m_rules.vocabulary.size() && m_rules.replacements.empty()) {
        out.insert(out.end(), symbols.begin(), symbols.end());
        return;
    }
    appendReplaced(symbols, out.size(), out);
}

// `begin`: where the tokens of this piece begin in `out`.
void BpeModel::appendReplaced(const std::vector<TokenId>& symbols, std::size_t begin, std::vector<TokenId>& out) const {
    for (const TokenId symbol : symbols) {
        if (const auto other = m_rules.replacements.find(symbol); other != m_rules.replacements.end())
            appendReplaced(other->second, begin, out);
        else if (symbol < m_rules.tokens && symbol != m_rules.unknown)
            out.push_back(symbol);
        else if (symbol >= m_rules.tokens && appendFallback(m_rules.vocabulary.text(symbol), out))
            continue;
        else if (m_rules.unknown != noToken)
            if (!m_rules.fuseUnknown || out.size() == begin || out.back() != m_rules.unknown)
                out.push_back(m_rules.unknown);
    }
}

PieceEncoder::PieceEncoder(const BpeModel& model, std::string_view file, const JobContext& context)
    : m_model(model), m_context(context), m_file(file), m_merger(model.rules().merges) {}

void PieceEncoder::encode(std::string_view piece, std::vector<TokenId>& out) {
    if (!m_model.m_splitsAtSpaceMark) {
        encodePart(piece, out);
        return;
    }
    while (!piece.empty()) {
        std::size_t cut = 0;
        while (piece.substr(cut).starts_with(spaceMark))
            cut += spaceMark.size();
        cut = std::min(piece.find(spaceMark, cut), piece.size());
        encodePart(piece.substr(0, cut), out);
        piece.remove_prefix(cut);
    }
}

void PieceEncoder::encodePart(std::string_view piece, std::vector<TokenId>& out) {
    m_untilPoll -= std::min(m_untilPoll, piece.size());
    if (m_untilPoll == 0) {
        m_context.throwIfStopped();
        m_untilPoll = bytesPerPoll;
    }
    if (piece.size() > longestCachedPiece) {
        merge(piece, out);
        return;
    }
    if (2 * m_cached >= m_entries.size())
        growCache();
    const std::uint64_t hash = hashBytes(piece);
    const std::size_t mask = m_entries.size() - 1;
    std::size_t slot = hash & mask;
    for (; m_entries[slot].textLength != 0; slot = (slot + 1) & mask) {
        const Entry& entry = m_entries[slot];
        if (entry.hash != hash || entry.textLength != piece.size() ||
            std::memcmp(m_cachedText.data() + entry.textBegin, piece.data(), piece.size()) != 0)
            continue;
        for (std::uint32_t i = 0; i < entry.idsLength; ++i)
            out.push_back(m_cachedIds[entry.idsBegin + i]);
        return;
    }
    const std::size_t begin = out.size();
    merge(piece, out);
    m_entries[slot] = {hash, static_cast<std::uint32_t>(m_cachedText.size()), static_cast<std::uint32_t>(piece.size()),
                       static_cast<std::uint32_t>(m_cachedIds.size()), static_cast<std::uint32_t>(out.size() - begin)};
    m_cachedText += piece;
    m_cachedIds.insert(m_cachedIds.end(), out.begin() + static_cast<std::ptrdiff_t>(begin), out.end());
    ++m_cached;
}

// Twice the slots, or an empty cache once there are as many as it may have.
void PieceEncoder::growCache() {
    if (m_entries.size() >= maxCacheSlots) {
        std::fill(m_entries.begin(), m_entries.end(), Entry());
        m_cachedText.clear();
        m_cachedIds.clear();
        m_cached = 0;
        return;
    }
    std::vector<Entry> old(std::max(firstCacheSlots, 2 * m_entries.size()));
    old.swap(m_entries);
    const std::size_t mask = m_entries.size() - 1;
    for (const Entry& entry : old) {
        if (entry.textLength == 0)
            continue;
        std::size_t slot = entry.hash & mask;
        while (m_entries[slot].textLength != 0)
            slot = (slot + 1) & mask;
        m_entries[slot] = entry;
    }
}

void PieceEncoder::merge(std::string_view piece, std::vector<TokenId>& out) {
    if (m_model.m_rules.ignoreMerges && piece.size() <= maxTokenBytes) {
        if (const TokenId id = m_model.wholeToken(piece); id != noToken) {
            out.push_back(id);
            return;
        }
    }
    if (piece.size() > 4 * Merger::maxSymbols)
        throw Error(ErrorCode::unsupported, m_file, "text",
                    "<= " + std::to_string(4 * Merger::maxSymbols) + " bytes without a place to cut",
                    std::to_string(piece.size()));
    m_symbols.clear();
    m_model.appendSymbols(piece, m_symbols);
    if (m_symbols.size() > Merger::maxSymbols)
        throw Error(ErrorCode::unsupported, m_file, "text",
                    "<= " + std::to_string(Merger::maxSymbols) + " symbols without a place to cut",
                    std::to_string(m_symbols.size()));
    m_merger.merge(m_symbols, m_context);
    m_model.appendTokens(m_symbols, out);
}

}  // namespace rankscope
