// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tokens that are looked for in the text itself, before the rest of it is cut: special ones ("<|endoftext|>") and those
// a user added. Of several that match, the leftmost, and of those the longest. Immutable once built; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/function_ref.h"
#include "core/base/ids.h"

namespace rankscope {

struct AddedToken {
    std::string content;
    TokenId id = 0;
    bool special = false;     // left in the text as plain characters when special tokens are not matched
    bool normalized = false;  // looked for in the normalised text
    bool singleWord = false;  // only where no word character touches it
    bool leftStrip = false;   // takes the white space before it along
    bool rightStrip = false;  // and behind it
};

// Error naming `file` if finding the tokens in a text would take more memory than any model's do.
void checkAddedTokens(const std::vector<AddedToken>& tokens, std::string_view file);

class AddedTokens {
public:
    // REQUIRES contents that are not empty and differ.
    explicit AddedTokens(std::vector<AddedToken> tokens = {});

    bool empty() const { return m_tokens.empty(); }
    const std::vector<AddedToken>& tokens() const { return m_tokens; }

    // The longest that `text` has at byte `at`, flags apart; null if there is none. REQUIRES at < text.size().
    const AddedToken* longestAt(std::string_view text, std::size_t at, bool matchSpecial) const;

    // Cuts `text` in order: `onText` gets what is between tokens (never empty), `onToken` the id of each token.
    void split(std::string_view text, bool matchSpecial, FunctionRef<void(std::string_view)> onText,
               FunctionRef<void(TokenId)> onToken) const;

private:
    struct Node {
        std::int32_t token = -1;                                       // index into m_tokens of the one that ends here
        std::vector<std::pair<unsigned char, std::int32_t>> children;  // sorted
    };
    struct Found {
        std::size_t begin = 0, end = 0;
        const AddedToken* token = nullptr;
    };
    void insert(std::int32_t index);
    std::int32_t childOf(std::int32_t node, char byte) const;
    Found findFrom(std::string_view text, std::size_t from, bool matchSpecial) const;
    bool widen(std::string_view text, std::size_t taken, Found& found) const;

    std::vector<AddedToken> m_tokens;
    std::vector<Node> m_nodes;
    std::vector<std::int32_t> m_first;  // the root's child by byte, or -1
};

}  // namespace rankscope
