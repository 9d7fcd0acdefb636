// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Normal forms, case, white space, words and clusters of Unicode text. All REQUIRE valid UTF-8. Time is O(n log n)
// whatever the text. Any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rankscope {

enum class UnicodeForm { nfc, nfd, nfkc, nfkd };

// Nothing if `text` already has that form.
std::optional<std::string> normalizedText(std::string_view text, UnicodeForm form);

// Every character's own lower case, without regard to its neighbours.
std::string lowerCased(std::string_view text);

// Bytes of white space at an end.
std::size_t leadingWhiteSpace(std::string_view text);
std::size_t trailingWhiteSpace(std::string_view text);

// A letter, mark, decimal digit, connector or joiner, as the reference tokenizers see them.
bool startsWithWord(std::string_view text);
bool endsWithWord(std::string_view text);

// Bytes of the extended grapheme cluster (Unicode Standard Annex 29), what a reader takes for one character, that
// `text` begins with. REQUIRES that it is not empty and that a cluster begins there.
std::size_t graphemeClusterLength(std::string_view text);

}  // namespace rankscope
