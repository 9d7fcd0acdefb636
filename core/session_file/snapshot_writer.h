// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Saves an analysis while it goes on, in a thread of its own: the newest that it was given, at most once in an
// interval. What is on disk stays until the next is safe there. All members from one thread; none of them waits for the
// disk but stop(), and that only for a step of a save that it ends.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "core/session_file/snapshot.h"

namespace rankscope {

inline constexpr std::chrono::seconds snapshotInterval{30};

class SnapshotWriter {
public:
    // Why a save failed, one line, from the writer's thread; the next interval tries again. Not twice in a row the
    // same.
    using Failure = std::function<void(const std::string& line)>;

    // `from`: where a resumed analysis began; it stands until another point is offered.
    SnapshotWriter(std::filesystem::path path, std::chrono::milliseconds interval, ResumePoint from, Failure failed);
    ~SnapshotWriter() { stop(); }

    void offer(SessionPointer session);  // one more layer is done
    void offer(SessionPointer session, ResumePoint point);

    // Ends a save that is on its way, and the thread. Returns the newest that was offered.
    Snapshot stop();

    int saves() const;  // so far

private:
    void work(const std::stop_token& stop);
    void save(const Snapshot& snapshot, const std::stop_token& stop);

    const std::filesystem::path m_path;
    const std::chrono::milliseconds m_interval;
    const Failure m_failed;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    Snapshot m_newest;
    bool m_new = false;  // not on disk yet
    int m_saves = 0;
    std::string m_lastFailure;  // the writer's thread only
    std::jthread m_thread;
};

}  // namespace rankscope
