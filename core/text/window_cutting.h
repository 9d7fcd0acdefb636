// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Token ids cut into windows: of one text, or of documents that no window goes across. Pure but for the notes that they
// add; any thread.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/text/corpus.h"

namespace rankscope {

// How a window is filled.
struct WindowLayout {
    int length = 0, stride = 0;
    std::optional<TokenId> bos{};

    std::int64_t own() const { return length - (bos ? 1 : 0); }  // tokens of the text in a window
    // Windows that so many tokens have room for.
    std::int64_t room(std::int64_t tokens) const { return tokens < own() ? 0 : (tokens - own()) / stride + 1; }
    // Tokens that so many windows take.
    std::int64_t tokensOf(std::int64_t windows) const { return (windows - 1) * stride + own(); }
};

// Error (unsupported) naming `file` where the request cannot be met.
WindowLayout layoutOf(const WindowRequest& request, std::optional<TokenId> bos, std::string_view file);

// The ids behind those that are `bos`: a text's own one is not repeated.
std::span<const TokenId> withoutBos(std::span<const TokenId> ids, std::optional<TokenId> bos);

// Windows 0, 1, … of one text. Error: "corpus: expected >= 512 tokens, found 40".
void cutText(TokenWindows& out, std::span<const TokenId> ids, const WindowLayout& layout, int atMost,
             std::string_view file);

// Windows of documents, in their order. Every document gives as many as every other, as far as it has room; what is
// left over goes to documents spread evenly over the list, and so do all where there are fewer windows than documents:
// then the next one that is long enough stands in for one that is not, and the others are not looked at.
// `idsOf(i)`: tokens of document i without a BOS of its own, at least as many as `atMost` windows take; called once.
// Error: "documents: expected >= 512 tokens in one of them, found 40 in the longest of 12 …".
void cutDocuments(TokenWindows& out, std::span<const WindowDocument> documents,
                  const std::function<std::vector<TokenId>(std::size_t)>& idsOf, const WindowLayout& layout, int atMost,
                  std::string_view file);

}  // namespace rankscope
