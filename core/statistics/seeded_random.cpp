// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/statistics/seeded_random.h"

#include <cmath>
#include <numbers>

namespace rankscope {

// Rejection keeps it unbiased.
std::uint64_t drawBelow(std::mt19937_64& engine, std::uint64_t bound) {
    const std::uint64_t limit = std::mt19937_64::max() - std::mt19937_64::max() % bound;
    std::uint64_t value = engine();
    while (value >= limit)
        value = engine();
    return value % bound;
}

// FNV-1a. Not for security.
std::uint64_t seedOf(std::uint64_t seed, std::string_view name) {
    std::uint64_t hash = seed ^ 0xCBF29CE484222325u;
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    return hash;
}

void fillGaussian(std::span<float> out, double deviation, std::uint64_t seed) {
    std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
    std::mt19937_64 engine(sequence);
    const auto uniform = [&] { return (static_cast<double>(engine() >> 11) + 0.5) * 0x1.0p-53; };  // in (0, 1)
    for (std::size_t i = 0; i < out.size(); i += 2) {  // Box and Muller 1958
        const double radius = deviation * std::sqrt(-2.0 * std::log(uniform()));
        const double angle = 2.0 * std::numbers::pi * uniform();
        out[i] = static_cast<float>(radius * std::cos(angle));
        if (i + 1 < out.size())
            out[i + 1] = static_cast<float>(radius * std::sin(angle));
    }
}

}  // namespace rankscope
