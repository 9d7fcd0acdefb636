// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Lets the caller of a long-running function stop it, hear how far it is, and say how many threads it may use. A
// JobContext may be used from any thread; the progress callback is called from one thread at a
// time.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "core/base/error.h"

namespace rankscope {

// How far a job is. `permille` covers the whole job, 0 to 1000, and never goes back.
struct Progress {
    std::string stage;  // short, lower case, for people: "opening model", "forward pass", "saving"
    int permille = 0;
    int layer = 0;              // finished layers, 0 … layers
    int layers = 0;             // 0 where the stage has no layers
    double secondsLeft = -1.0;  // negative: not known yet
};

using ProgressCallback = std::function<void(const Progress&)>;

// The number of threads a computation uses when the user names none: allowedProcessors() of core/base/machine.h.
int defaultThreadCount();

class JobContext {
public:
    JobContext() : JobContext({}, {}, 0) {}
    // `threads` 0 means defaultThreadCount().
    JobContext(std::stop_token stop, ProgressCallback progress, int threads = 0);

    int threads() const { return m_threads; }
    const std::stop_token& stopToken() const { return m_stop; }
    bool stopRequested() const { return m_stop.stop_requested(); }

    // Throws Cancelled once a stop was asked for. Call it in every loop that can take 50 ms.
    void throwIfStopped() const;

    // Tells the caller, but only when stage, layer or permille differ from the last report.
    void report(const Progress& progress) const;

private:
    struct Reported;
    std::stop_token m_stop;
    ProgressCallback m_progress;
    std::shared_ptr<Reported> m_reported;
    int m_threads;
};

// Calls task(i) for every i in [0, count) on context.threads() threads, the calling one included, and returns when all
// are done. The first exception is rethrown after the others stopped; a stop request throws Cancelled.
void parallelFor(int count, const JobContext& context, const std::function<void(int)>& task);

}  // namespace rankscope
