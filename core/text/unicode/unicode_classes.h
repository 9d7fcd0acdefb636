// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// White space and word characters, as the reference tokenizers see them. REQUIRES valid UTF-8. Any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace rankscope {

// Bytes of white space at an end.
std::size_t leadingWhiteSpace(std::string_view text);
std::size_t trailingWhiteSpace(std::string_view text);

// A letter, mark, decimal digit or connector.
bool startsWithWord(std::string_view text);
bool endsWithWord(std::string_view text);

}  // namespace rankscope
