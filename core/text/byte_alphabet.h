// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The printable stand-ins that byte-level vocabularies write for bytes: 0x21–7E, A1–AC and AE–FF stand for themselves,
// the other 68, in order, for U+0100 … U+0143. A space is written "Ġ", a newline "Ċ". Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rankscope {

char32_t symbolOfByte(std::uint8_t byte);

// Every byte of `bytes` as its symbol, in UTF-8.
std::string symbolsOfBytes(std::string_view bytes);

// The bytes that `symbols` stand for; nothing if it holds a character outside the alphabet. REQUIRES valid UTF-8.
std::optional<std::string> bytesOfSymbols(std::string_view symbols);

}  // namespace rankscope
