// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// XXH3 with 128 bits, by libxxhash: tells contents apart as fast as memory is read. It does not withstand somebody who
// looks for two contents with one hash: where that matters, see sha256.h. Values: any thread; a ContentHash: one thread
// at a time.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

struct XXH3_state_s;

namespace rankscope {

class FileReader;

struct Hash128 {
    std::uint64_t high = 0, low = 0;
    auto operator<=>(const Hash128&) const = default;
};
std::string hexText(const Hash128& hash);                      // 32 digits
std::optional<Hash128> hashOfHex(std::string_view hexDigits);  // nothing unless it is 32 lower-case digits

// What a fingerprint made of such hashes begins with: "xxh128:0123…".
inline constexpr std::string_view contentPrefix = "xxh128:";

// Hash of bytes that come in pieces.
class ContentHash {
public:
    ContentHash();

    void add(std::span<const std::byte> bytes);
    // With its length, so that fields cannot run into each other.
    void addField(std::string_view text);
    // `bytes` of a file from `offset`; less once a stop was requested. `subject` is for errors. Error as
    // FileReader::read.
    void addStretch(const FileReader& file, std::uint64_t offset, std::uint64_t bytes, std::string_view subject,
                    const std::stop_token& stop = {});

    Hash128 value() const;  // of everything so far
    std::string fingerprint() const { return std::string(contentPrefix) + hexText(value()); }

private:
    std::unique_ptr<XXH3_state_s, void (*)(XXH3_state_s*)> m_state;
};

}  // namespace rankscope
