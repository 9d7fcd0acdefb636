// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads a session file that may be hostile: nothing is believed before it was checked. Any thread.
#pragma once

#include <filesystem>

#include "core/session/session.h"

namespace rankscope {

// Errors: those of openSession.
SessionPointer readSession(const std::filesystem::path& path);

// Whether the root has the mark of a session. False, not Error, for anything that cannot be read.
bool hasSessionMark(const std::filesystem::path& path);

}  // namespace rankscope
