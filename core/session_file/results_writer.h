// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The results of one window length in a session file: /status, /spectra, /ranks, /keys and /baseline, or the same below
// /sweep/T00064. Any thread.
#pragma once

#include <string>

#include "core/session/session.h"
#include "core/session_file/session_image.h"

namespace rankscope {

// `prefix`: "" or the path of an existing group. Error (mismatch) if sizes in the session contradict each other.
void writeResults(const Session& session, const std::string& prefix, SessionImage& file);

}  // namespace rankscope
