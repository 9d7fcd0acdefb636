// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Arithmetic on sizes that come from a file: a result that does not fit in 64 bits is nothing, never a wrapped number.
// Any thread.
#pragma once

#include <cstdint>
#include <optional>

namespace rankscope {

constexpr std::optional<std::uint64_t> checkedAdd(std::uint64_t a, std::uint64_t b) {
    if (a > UINT64_MAX - b)
        return std::nullopt;
    return a + b;
}

constexpr std::optional<std::uint64_t> checkedMultiply(std::uint64_t a, std::uint64_t b) {
    if (b != 0 && a > UINT64_MAX / b)
        return std::nullopt;
    return a * b;
}

// The smallest multiple of `alignment` that is >= n. REQUIRES alignment > 0.
constexpr std::optional<std::uint64_t> checkedRoundUp(std::uint64_t n, std::uint64_t alignment) {
    const std::uint64_t rest = n % alignment;
    return rest == 0 ? std::optional(n) : checkedAdd(n, alignment - rest);
}

}  // namespace rankscope
