// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Replaces a file as a whole or not at all. Any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <span>

#include "core/base/job.h"

namespace rankscope {

// Temporary file in the same folder → fsync → rename → fsync of the folder. A symbolic link is followed, permissions of
// an existing file are kept. Error (writeFailed) or Cancelled: whatever was at `path` is as it was, and no temporary
// file remains.
void writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes,
                         const JobContext& context = JobContext());
// The same with the parts one after the other.
void writeFileAtomically(const std::filesystem::path& path, std::initializer_list<std::span<const std::byte>> parts,
                         const JobContext& context = JobContext());

// Error (writeFailed) if `path` cannot be written: no such folder, a folder itself, no permission. Writes nothing.
void requireWritable(const std::filesystem::path& path);

}  // namespace rankscope
