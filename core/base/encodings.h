// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bytes as text, by OpenSSL's libcrypto. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rankscope {

// SHA-256 as lower-case hexadecimal. Error only where the system's OpenSSL has it switched off.
std::string sha256Hex(std::string_view bytes);

// The bytes of RFC 4648 with padding; nothing if that is not what `text` is: no line breaks, no bits left over.
std::optional<std::string> bytesOfBase64(std::string_view text);

}  // namespace rankscope
