// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace rankscope {

// Error "offset 12: expected UTF-8, found 0xFF", naming `file`, unless all of `text` is valid.
void requireUtf8(std::string_view text, std::string_view file);

inline constexpr std::uint64_t maxCorpusBytes = 1u << 30;  // longer texts are refused

// What of a text file is not UTF-8: how many bytes, and the line of requireUtf8 about the first; none of a valid text.
// Error: as readTextFile, but for the encoding.
struct InvalidText {
    std::size_t bytes = 0;
    std::string line;
};
InvalidText findInvalidText(const std::filesystem::path& path);

}  // namespace rankscope
