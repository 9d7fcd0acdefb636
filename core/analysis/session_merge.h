// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One session from those of its parts: shards over windows, over layers, or over both, and of a causal check over its
// conditions. Pure function; any thread.
#pragma once

#include <span>
#include <string>

#include "core/session/session.h"

namespace rankscope {

struct SessionPart {
    SessionPointer session;
    std::string file;  // for errors
};

// What one run over all windows and layers of the parts gives, its times their sum. Error (mismatch) naming the part:
// one that is not finished, the first setting in which it differs from the first part, windows or layers that no part
// or more than one has, unless they differ in the conditions of a causal check. Errors of those: causal_merge.h.
// REQUIRES at least one part.
Session mergeSessions(std::span<const SessionPart> parts);

}  // namespace rankscope
