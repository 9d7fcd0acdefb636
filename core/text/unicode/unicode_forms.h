// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Unicode normalisation forms and case, with ICU's data. Time is O(n log n) whatever the text. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rankscope {

enum class UnicodeForm { nfc, nfd, nfkc, nfkd };

// Nothing if `text` already has that form. REQUIRES valid UTF-8.
std::optional<std::string> normalizedText(std::string_view text, UnicodeForm form);

// Every character's own lower case, without regard to its neighbours.
std::string lowerCased(std::string_view text);

}  // namespace rankscope
