// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Random numbers that a stored seed determines on any machine: the standard engines are defined bit by bit, the
// standard distributions are not, so the latter are written out here. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string_view>

namespace rankscope {

// Uniform in [0, bound). REQUIRES bound > 0.
std::uint64_t drawBelow(std::mt19937_64& engine, std::uint64_t bound);

// The seed of the stream of random numbers called `name`: streams with different names share nothing.
std::uint64_t seedOf(std::uint64_t seed, std::string_view name);

// Independent Gaussian values with mean 0 and the given standard deviation. The first n of them do not depend on how
// many are asked for.
void fillGaussian(std::span<float> out, double deviation, std::uint64_t seed);

}  // namespace rankscope
