// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE LIMITS of a session, for whoever writes, joins or reads one: what can be written can be read. Asked before a run
// begins, so that no hours end in a file that nobody opens. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/session/session.h"

namespace rankscope::limits {

// Far above any model; a header beyond them is damaged. Layers have numbers in attributes, which HDF5 keeps below 64
// KiB.
inline constexpr std::int64_t maxLayers = 8'000, maxHeads = 100'000, maxHeadSize = 1 << 20, maxWindows = 1 << 20,
                              maxWindowLength = 1 << 24, maxTensors = 1'000'000, maxCorpusFiles = 1'000'000;
inline constexpr std::size_t maxConditions = 1'000'000;  // of a causal check
inline constexpr std::size_t maxNotes = 4'000;           // likewise: each takes 16 bytes there
inline constexpr std::size_t maxPieceBytes = 1'000;      // how a token is shown: all of them are as wide as the longest

// Of the file. It is built and read in memory.
inline constexpr std::uint64_t maxFileBytes = std::uint64_t(64) << 30;

// What the file of the finished run takes if nothing in it can be packed. REQUIRES run.scope.
std::uint64_t plannedBytes(const Session& session);

// Error (unsupported) if the finished run would be beyond one of the limits: "session: windows: expected 1 to 1048576,
// found 2000000". Looks at no results. REQUIRES run.scope.
void requireStorable(const Session& session);

}  // namespace rankscope::limits
