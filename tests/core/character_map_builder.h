// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Small character maps, whole or damaged. Every node has a block of 256 units of its own: large, but plain.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/core/checkpoint_writer.h"

namespace rankscope::test {

struct CharacterMapBuilder {
    std::vector<std::uint32_t> units = std::vector<std::uint32_t>(256);  // [block · 256 + byte]
    std::string targets;

    static constexpr std::uint32_t leaf = 1u << 31, endsKey = 1u << 8;

    static std::uint32_t unit(std::uint32_t byte, std::uint32_t offset) { return byte | offset << 10; }

    CharacterMapBuilder& add(std::string_view key, std::string_view target) {
        std::uint32_t block = 0, place = 0;
        for (const char c : key) {
            const auto byte = static_cast<unsigned char>(c);
            place = block * 256 + byte;
            if (units[place] == 0) {
                units[place] = unit(byte, place ^ static_cast<std::uint32_t>(units.size()));
                units.resize(units.size() + 256);
            }
            block = (place ^ (units[place] >> 10)) / 256;
        }
        units[place] |= endsKey;
        units[block * 256] = leaf | static_cast<std::uint32_t>(targets.size());
        targets += std::string(target) + '\0';
        return *this;
    }

    std::string build() const {
        return bytesOf(static_cast<std::uint32_t>(4 * units.size())) + bytesOf(units) + targets;
    }
};

}  // namespace rankscope::test
