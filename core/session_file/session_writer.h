// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A session as the bytes of an HDF5 file, laid out as SESSION_FORMAT.md says. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/session/session.h"

namespace rankscope {

// Error (mismatch) naming the dataset if sizes in the session contradict each other; `file` is for errors only.
// Cancelled on a stop request.
std::vector<std::byte> sessionImage(const Session& session, const std::string& file, const JobContext& context);

}  // namespace rankscope
