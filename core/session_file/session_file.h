// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sessions on disk: HDF5, laid out as SESSION_FORMAT.md says. Any thread; HDF5 itself is used by one thread at a time.
#pragma once

#include <filesystem>

#include "core/base/job.h"
#include "core/session/session.h"

namespace rankscope {

// Writes the whole session: image in memory → temporary file beside `path` → fsync → rename → fsync of the folder.
// Error (writeFailed) and Cancelled leave whatever was at `path` as it was.
void saveSession(const Session& session, const std::filesystem::path& path, const JobContext& context = JobContext());

// Error (missing, unreadable, malformed, unsupported) naming the file and the dataset.
SessionPointer openSession(const std::filesystem::path& path);

// Whether the file says in its root that it is a Rankscope session, of any version, whole or damaged further down.
bool isSessionFile(const std::filesystem::path& path);

}  // namespace rankscope
