// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Serves a person at the terminal: one line of progress that is redrawn, and Ctrl-C as a stop request.
#pragma once

#include <atomic>
#include <chrono>
#include <stop_token>
#include <thread>

#include "core/base/job.h"

namespace rankscope {

// Draws progress on standard error if that is a terminal and `wanted`; otherwise does nothing. Erases its line at the
// end. show() may be called from any thread, one at a time.
class ProgressLine {
public:
    explicit ProgressLine(bool wanted);
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    ~ProgressLine() { erase(); }

    ProgressCallback callback();
    void erase();

private:
    void show(const Progress& progress);

    bool m_active;
    bool m_drawn = false;
    std::chrono::steady_clock::time_point m_last;
};

// Turns the first SIGINT, SIGTERM or SIGHUP (the terminal is gone) into a stop request; the second ends the process at
// once with status 130. A signal that the caller of the program had ignored stays ignored. One at a time in a process.
class InterruptWatch {
public:
    InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;
    ~InterruptWatch();

    std::stop_token token() const { return m_stop.get_token(); }

private:
    void watch();

    std::stop_source m_stop;
    std::atomic<bool> m_over{false};
    std::thread m_thread;
};

}  // namespace rankscope
