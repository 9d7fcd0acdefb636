// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/byte_alphabet.h"

#include <array>

#include "core/base/utf8.h"

namespace rankscope {

namespace {

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
