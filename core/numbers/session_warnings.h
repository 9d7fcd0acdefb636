// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Collects what a reader of a session's numbers must know. Any thread.
#pragma once

#include <string>
#include <vector>

#include "core/session/session.h"

namespace rankscope {

// Those of the run, and what the session's numbers say now: that the loss is too high, that the identity of the model
// is weak, that heads still change with the window.
std::vector<std::string> warningsOf(const Session& session);

}  // namespace rankscope
