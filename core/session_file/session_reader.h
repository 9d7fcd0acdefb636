// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads a session file that may be hostile: nothing is believed before it was checked. Any thread.
#pragma once

#include <filesystem>

#include "core/session/session.h"

namespace rankscope {

// `image` holds the bytes of the file. Errors: those of openSession, naming `path`.
SessionPointer readSession(const std::filesystem::path& path, std::string_view image);

// Whether the root has the mark of a session. False, not Error, for anything that cannot be read.
bool hasSessionMark(const std::filesystem::path& path, std::string_view image);

}  // namespace rankscope
