// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What opens as a tokenizer must also take text apart and put it together again.
#pragma once

#include <string_view>

#include "core/text/tokenizer.h"

namespace rankscope::fuzz {

inline void useTokenizer(const Tokenizer& tokenizer) {
    for (const std::string_view text :
         {"Two words, 3 numbers: \xC3\xA4.", "  \r\n\t<s> aaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
        const auto ids = tokenizer.encode(text);
        tokenizer.decode(ids);
        for (const TokenId id : ids)
            tokenizer.piece(id);
    }
}

}  // namespace rankscope::fuzz
