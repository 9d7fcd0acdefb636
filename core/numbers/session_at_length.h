// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One window length of a sweep as a session of its own, for all that draws, compares and lists sessions. Pure
// functions; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "core/session/session.h"

namespace rankscope {

// The session without its sweep where `windowLength` is its own; else the shorter one of its sweep, with what is of the
// weights alone from the whole: their spectra and baselines, and what the run was asked for. A shorter one has no loss.
// Error (missing) that names the lengths there are, on `file`, for any other.
SessionPointer sessionAtLength(const SessionPointer& session, int windowLength, std::string_view file);

// All of sessionsByLength(), each shorter one as above. The session itself is among them with its sweep and must
// outlive them.
std::vector<SessionPointer> sessionsAtLengths(const Session& session);

}  // namespace rankscope
