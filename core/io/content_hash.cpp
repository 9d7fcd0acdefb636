// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/content_hash.h"

#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <new>

#include "core/io/file_reader.h"

namespace rankscope {

std::string hexText(const Hash128& hash) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint64_t half : {hash.high, hash.low})
        for (int shift = 60; shift >= 0; shift -= 4)
            text += digits[half >> shift & 0xF];
    return text;
}

std::optional<Hash128> hashOfHex(std::string_view hexDigits) {
    constexpr std::size_t half = 16;
    if (hexDigits.size() != 2 * half || hexDigits.find_first_not_of("0123456789abcdef") != std::string_view::npos)
        return std::nullopt;
    Hash128 hash;
    std::from_chars(hexDigits.data(), hexDigits.data() + half, hash.high, 16);
    std::from_chars(hexDigits.data() + half, hexDigits.data() + 2 * half, hash.low, 16);
    return hash;
}

ContentHash::ContentHash() : m_state(XXH3_createState(), [](XXH3_state_s* state) { XXH3_freeState(state); }) {
    if (!m_state)
        throw std::bad_alloc();
    XXH3_128bits_reset(m_state.get());
}

void ContentHash::add(std::span<const std::byte> bytes) {
    XXH3_128bits_update(m_state.get(), bytes.data(), bytes.size());
}

void ContentHash::addField(std::string_view text) {
    const std::string length = std::to_string(text.size()) + ":";
    add(std::as_bytes(std::span(length)));
    add(std::as_bytes(std::span(text)));
}

void ContentHash::addStretch(const FileReader& file, std::uint64_t offset, std::uint64_t bytes,
                             std::string_view subject, const std::stop_token& stop) {
    constexpr std::uint64_t step = 256 << 10;  // stays in the second-level cache from reading to hashing
    const auto buffer = std::make_unique_for_overwrite<std::byte[]>(std::min(step, bytes));
    for (std::uint64_t at = 0; at < bytes && !stop.stop_requested(); at += step) {
        const std::span<std::byte> piece(buffer.get(), std::min(step, bytes - at));
        file.read(offset + at, piece, subject);
        add(piece);
    }
}

Hash128 ContentHash::value() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(m_state.get());
    return {hash.high64, hash.low64};
}

}  // namespace rankscope
