// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/vocabulary.h"

#include <array>
#include <bit>
#include <random>

#include "core/base/error.h"
#include "core/base/utf8.h"

namespace rankscope {

namespace {

void checkText(const std::string& text, std::string_view file, const std::string& subject) {
    if (text.size() > maxTokenBytes)
        throw Error(ErrorCode::malformed, file, subject, "<= " + std::to_string(maxTokenBytes) + " bytes",
                    std::to_string(text.size()));
    if (firstInvalidUtf8(text) != text.size())
        throw Error(ErrorCode::malformed, file, subject, "UTF-8", "\"" + text + "\"");
}

constexpr char32_t firstSubstitute = 0x100;
constexpr int substitutes = 68;

constexpr bool standsForItself(int byte) {
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
    std::array<char32_t, 256> symbols{};
    std::array<std::int16_t, firstSubstitute + substitutes> bytes{};

    constexpr Alphabet() {
        bytes.fill(-1);
        char32_t next = firstSubstitute;
        for (int byte = 0; byte < 256; ++byte) {
            symbols[byte] = standsForItself(byte) ? static_cast<char32_t>(byte) : next++;
            bytes[symbols[byte]] = static_cast<std::int16_t>(byte);
        }
    }
};

constexpr Alphabet alphabet;

}  // namespace

const std::uint64_t hashSecret = [] {
    std::random_device device;
    return (std::uint64_t(device()) << 32 | device()) | 1;
}();

Vocabulary::Vocabulary(std::vector<std::string> texts, std::string_view file, std::string_view subject)
    : m_texts(std::move(texts)) {
    const auto name = [&](std::size_t id) { return std::string(subject) + "[" + std::to_string(id) + "]"; };
    if (m_texts.size() > maxVocabularySize)
        throw Error(ErrorCode::malformed, file, subject, "<= " + std::to_string(maxVocabularySize) + " tokens",
                    std::to_string(m_texts.size()));
    m_slots.resize(std::bit_ceil(2 * m_texts.size() + 2));
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t id = 0; id < m_texts.size(); ++id) {
        const std::string& text = m_texts[id];
        if (text.empty())
            continue;
        checkText(text, file, name(id));
        const std::uint64_t hash = hashBytes(text);
        const Slot own{static_cast<std::uint32_t>(hash >> 32), static_cast<TokenId>(id)};
        std::size_t slot = hash & mask;
        for (; m_slots[slot].id != noToken; slot = (slot + 1) & mask)
            if (m_slots[slot].hash == own.hash && m_texts[static_cast<std::size_t>(m_slots[slot].id)] == text) {
                m_repeated.push_back(m_slots[slot].id);
                break;
            }
        m_slots[slot] = own;
    }
}

std::string Vocabulary::repeatedNote(std::string_view subject) const {
    if (m_repeated.empty())
        return {};
    const std::string& text = m_texts[static_cast<std::size_t>(m_repeated.front())];
    return std::string(subject) + "[" + std::to_string(m_repeated.front()) + "]: " + printable("\"" + text + "\"") +
           " is also token " + std::to_string(find(text)) + ", which counts (" + std::to_string(m_repeated.size()) +
           " such in all)";
}

TokenId Vocabulary::find(std::string_view text) const {
    if (m_slots.empty() || text.empty())
        return noToken;
    const std::size_t mask = m_slots.size() - 1;
    const std::uint64_t hash = hashBytes(text);
    for (std::size_t slot = hash & mask; m_slots[slot].id != noToken; slot = (slot + 1) & mask)
        if (m_slots[slot].hash == hash >> 32 && m_texts[static_cast<std::size_t>(m_slots[slot].id)] == text)
            return m_slots[slot].id;
    return noToken;
}

char32_t symbolOfByte(std::uint8_t byte) {
    return alphabet.symbols[byte];
}

std::string symbolsOfBytes(std::string_view bytes) {
    std::string symbols;
    symbols.reserve(bytes.size() + bytes.size() / 2);
    for (const char byte : bytes)
        appendUtf8(symbols, symbolOfByte(static_cast<std::uint8_t>(byte)));
    return symbols;
}

std::optional<std::string> bytesOfSymbols(std::string_view symbols) {
    std::string bytes;
    bytes.reserve(symbols.size());
    for (std::size_t at = 0; at < symbols.size();) {
        const std::size_t length = utf8SequenceLength(symbols, at);
        const char32_t symbol = utf8CodePoint(symbols, at, length);
        if (symbol >= alphabet.bytes.size() || alphabet.bytes[symbol] < 0)
            return std::nullopt;
        bytes.push_back(static_cast<char>(alphabet.bytes[symbol]));
        at += length;
    }
    return bytes;
}

}  // namespace rankscope
