// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/ids.h"

#include <charconv>
#include <cstdio>

namespace rankscope {

std::string headName(HeadRef ref) {
    char name[32];
    std::snprintf(name, sizeof name, "L%02dH%02d", ref.layer.value, ref.head.value);
    return name;
}

std::optional<HeadRef> parseHeadName(std::string_view text) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    const bool named = !text.empty() && lower(text.front()) == 'l';
    if (named)
        text.remove_prefix(1);
    int layer = 0, head = 0;
    const char* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, layer);
    if (first.ec != std::errc() || first.ptr == end || lower(*first.ptr) != (named ? 'h' : '.'))
        return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, head);
    if (second.ec != std::errc() || second.ptr != end || layer < 0 || head < 0)
        return std::nullopt;
    return HeadRef{LayerIndex(layer), HeadIndex(head)};
}

}  // namespace rankscope
