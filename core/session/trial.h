// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Crafted metadata can crash or hang libhdf5 itself. Reading a file in a child process first keeps that away from the
// caller's work. Any thread.
#pragma once

#include <functional>
#include <string>

namespace rankscope {

// Runs `task` in a forked child under limits of time and memory. Returns when it came through, or failed in an orderly
// way: the caller's own attempt then says how. Error (malformed) "session: expected readable session, found crash
// (signal 11)" if it did not. `task` may use HDF5, but no other lock that another thread may hold, and starts no
// thread.
void requireSurvives(const std::string& file, const std::function<void()>& task, int cpuSeconds = 30);

}  // namespace rankscope
