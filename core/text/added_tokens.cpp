// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/added_tokens.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/text/unicode/unicode_text.h"

namespace rankscope {

void checkAddedTokens(const std::vector<AddedToken>& tokens, std::string_view file) {
    constexpr std::size_t maxBytes = 8u << 20;  // each of which is looked for with memory of its own
    std::size_t bytes = 0;
    for (const AddedToken& token : tokens)
        bytes += token.content.size();
    if (bytes > maxBytes)
        throw Error(ErrorCode::malformed, file, "added tokens", "<= " + std::to_string(maxBytes) + " bytes in all",
                    std::to_string(bytes));
}

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : m_tokens(std::move(tokens)), m_nodes(1), m_first(256, -1) {
    for (std::size_t i = 0; i < m_tokens.size(); ++i)
        insert(static_cast<std::int32_t>(i));
    for (const auto& [byte, node] : m_nodes.front().children)
        m_first[byte] = node;
}

void AddedTokens::insert(std::int32_t index) {
    std::int32_t node = 0;
    for (const char c : m_tokens[static_cast<std::size_t>(index)].content) {
        const auto byte = static_cast<unsigned char>(c);
        auto& children = m_nodes[static_cast<std::size_t>(node)].children;
        const auto place = std::lower_bound(children.begin(), children.end(), std::pair(byte, std::int32_t{-1}));
        if (place != children.end() && place->first == byte) {
            node = place->second;
            continue;
        }
        node = static_cast<std::int32_t>(m_nodes.size());
        children.insert(place, {byte, node});
        m_nodes.emplace_back();
    }
    m_nodes[static_cast<std::size_t>(node)].token = index;
}

std::int32_t AddedTokens::childOf(std::int32_t node, char byte) const {
    const auto& children = m_nodes[static_cast<std::size_t>(node)].children;
    const auto key = static_cast<unsigned char>(byte);
    const auto place = std::lower_bound(children.begin(), children.end(), std::pair(key, std::int32_t{-1}));
    return place != children.end() && place->first == key ? place->second : -1;
}

const AddedToken* AddedTokens::longestAt(std::string_view text, std::size_t at, bool matchSpecial) const {
    const AddedToken* longest = nullptr;
    for (std::int32_t node = m_first[static_cast<unsigned char>(text[at++])]; node >= 0;
         node = at < text.size() ? childOf(node, text[at++]) : -1) {
        const std::int32_t token = m_nodes[static_cast<std::size_t>(node)].token;
        if (token >= 0 && (matchSpecial || !m_tokens[static_cast<std::size_t>(token)].special))
            longest = &m_tokens[static_cast<std::size_t>(token)];
    }
    return longest;
}

AddedTokens::Found AddedTokens::findFrom(std::string_view text, std::size_t from, bool matchSpecial) const {
    for (std::size_t at = from; at < text.size(); ++at) {
        if (m_first[static_cast<unsigned char>(text[at])] < 0)
            continue;
        if (const AddedToken* token = longestAt(text, at, matchSpecial))
            return {at, at + token->content.size(), token};
    }
    return {};
}

// Applies the token's flags; false if it does not count here. `taken`: the end of the token before it. As in the
// reference, a token inside the white space that the one before it took along counts once more.
bool AddedTokens::widen(std::string_view text, std::size_t taken, Found& found) const {
    if (found.token->singleWord &&
        (endsWithWord(text.substr(0, found.begin)) || startsWithWord(text.substr(found.end))))
        return false;
    if (found.token->leftStrip)
        found.begin = std::max(taken, found.begin - trailingWhiteSpace(text.substr(0, found.begin)));
    if (found.token->rightStrip)
        found.end += leadingWhiteSpace(text.substr(found.end));
    return true;
}

void AddedTokens::split(std::string_view text, bool matchSpecial, FunctionRef<void(std::string_view)> onText,
                        FunctionRef<void(TokenId)> onToken) const {
    std::size_t taken = 0;
    if (!m_tokens.empty()) {
        Found found = findFrom(text, 0, matchSpecial);
        while (found.token != nullptr) {
            const std::size_t matchEnd = found.end;
            if (widen(text, taken, found)) {
                if (found.begin > taken)
                    onText(text.substr(taken, found.begin - taken));
                if (found.end > found.begin)
                    onToken(found.token->id);
                taken = found.end;
            }
            found = findFrom(text, matchEnd, matchSpecial);
        }
    }
    if (taken < text.size())
        onText(text.substr(taken));
}

}  // namespace rankscope
