// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/encodings.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "core/base/error.h"

namespace rankscope {

std::string sha256Hex(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1)
        throw Error(ErrorCode::unsupported, "OpenSSL", "SHA-256", "available", "refused by the library");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < length; ++i)
        text.append({digits[digest[i] >> 4], digits[digest[i] & 0xF]});
    return text;
}

std::optional<std::string> bytesOfBase64(std::string_view text) {
    const auto* const from = reinterpret_cast<const unsigned char*>(text.data());
    const int size = static_cast<int>(text.size());
    std::vector<unsigned char> bytes(text.size() / 4 * 3 + 1), again(text.size() + 4);
    if (text.size() > INT32_MAX / 2 || EVP_DecodeBlock(bytes.data(), from, size) < 0)
        return std::nullopt;
    const int padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    bytes.resize(text.size() / 4 * 3 - padding);
    // The library reads white space, padding in the middle and bits left over, too. It writes none of them.
    const int written = EVP_EncodeBlock(again.data(), bytes.data(), static_cast<int>(bytes.size()));
    if (written != size || !std::equal(again.begin(), again.begin() + written, from))
        return std::nullopt;
    return std::string(bytes.begin(), bytes.end());
}

}  // namespace rankscope
