// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/tokenizer.h"

#include "core/base/error.h"

namespace rankscope {

std::vector<std::string> Tokenizer::notesOn(std::string_view) const {
    return {};
}

std::optional<TokenId> Tokenizer::bosFor(BosChoice choice) const {
    if (choice == BosChoice::off || (choice == BosChoice::automatic && !addsBosByDefault()))
        return std::nullopt;
    if (!bosToken())
        throw Error(ErrorCode::missing, "tokenizer", "BOS token", "present", "none");
    return bosToken();
}

}  // namespace rankscope
