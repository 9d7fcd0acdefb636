// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The tokens of a model: id to text, as its file spells it, and back. Immutable; any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"

namespace rankscope {

// More tokens or longer ones than any real vocabulary has are refused before anything is built from them.
inline constexpr std::size_t maxVocabularySize = 4u << 20;
inline constexpr std::size_t maxTokenBytes = 1u << 16;
inline constexpr TokenId noToken = -1;

// An odd number, another in every process: without knowing it, nobody can make a file whose tokens all fall on one
// place of a hash table, which would take hours to build.
extern const std::uint64_t hashSecret;

inline std::uint64_t hashNumber(std::uint64_t number) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(number) * hashSecret;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t hashBytes(std::string_view text) {
    std::uint64_t hash = text.size() * 0x9E3779B97F4A7C15u;
    const auto mix = [&hash](std::uint64_t block) { hash = hashNumber(hash ^ block); };
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t block = 0;
        std::memcpy(&block, text.data() + at, 8);
        mix(block);
    }
    if (at < text.size()) {
        std::uint64_t block = 0;
        std::memcpy(&block, text.data() + at, text.size() - at);
        mix(block);
    }
    return hash;
}

class Vocabulary {
public:
    Vocabulary() = default;

    // The index is the id; an empty text is an id that no token has. Error, naming `file` and "SUBJECT[id]", if a text
    // is too long or is not UTF-8. Of ids with the same text find() knows the last, as in llama.cpp's llama-vocab.cpp.
    Vocabulary(std::vector<std::string> texts, std::string_view file, std::string_view subject);

    int size() const { return static_cast<int>(m_texts.size()); }
    bool contains(TokenId id) const { return id >= 0 && id < size() && !m_texts[static_cast<std::size_t>(id)].empty(); }
    const std::string& text(TokenId id) const { return m_texts[static_cast<std::size_t>(id)]; }
    const std::vector<std::string>& texts() const { return m_texts; }

    // Ids with a text that a later one has, too.
    const std::vector<TokenId>& repeated() const { return m_repeated; }
    // "tokens[5]: "a" is also token 9, which counts (2 such in all)"; empty if there are none.
    std::string repeatedNote(std::string_view subject) const;

    // The id of `text`, or noToken.
    TokenId find(std::string_view text) const;

private:
    std::vector<std::string> m_texts;
    std::vector<TokenId> m_repeated;
    struct Slot {
        std::uint32_t hash = 0;  // upper half, so that other texts are seldom looked at
        TokenId id = noToken;
    };
    std::vector<Slot> m_slots;  // open addressing, a power of two of them
};

// The printable stand-ins that byte-level vocabularies write for bytes: 0x21–7E, A1–AC and AE–FF stand for themselves,
// the other 68, in order, for U+0100 … U+0143. A space is written "Ġ", a newline "Ċ".
char32_t symbolOfByte(std::uint8_t byte);

// Every byte of `bytes` as its symbol, in UTF-8.
std::string symbolsOfBytes(std::string_view bytes);

// The bytes that `symbols` stand for; nothing if it holds a character outside the alphabet. REQUIRES valid UTF-8.
std::optional<std::string> bytesOfSymbols(std::string_view symbols);

}  // namespace rankscope
