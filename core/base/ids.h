// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Index types that cannot be mixed up. All count from 0.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rankscope {

template <typename Tag>
struct StrongIndex {
    int value = 0;
    constexpr StrongIndex() = default;
    constexpr explicit StrongIndex(int v) : value(v) {}
    auto operator<=>(const StrongIndex&) const = default;
};

using LayerIndex = StrongIndex<struct LayerTag>;
using HeadIndex = StrongIndex<struct HeadTag>;      // a query head
using KvHeadIndex = StrongIndex<struct KvHeadTag>;  // a key/value head
using TokenId = std::int32_t;                       // an index into the vocabulary

// One query head of the model.
struct HeadRef {
    LayerIndex layer;
    HeadIndex head;
    auto operator<=>(const HeadRef&) const = default;
};

// The key/value head that query head `head` reads: head / (heads / kvHeads). REQUIRES heads % kvHeads == 0.
constexpr KvHeadIndex kvHeadOf(HeadIndex head, int heads, int kvHeads) {
    return KvHeadIndex(head.value / (heads / kvHeads));
}

// "L05H07": at least two digits each.
std::string headName(HeadRef ref);

// Reads "L5H7", "l05h07" or "5.7"; nothing if it is none of them. Says nothing about whether the model has that head.
std::optional<HeadRef> parseHeadName(std::string_view text);

}  // namespace rankscope
