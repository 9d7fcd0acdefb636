// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session_file/snapshot_writer.h"

#include <algorithm>

#include "core/base/error.h"

namespace rankscope {
namespace {

constexpr std::chrono::milliseconds leastPause{10};  // also where every layer is to be saved: a full disk stays full

}  // namespace
SnapshotWriter::SnapshotWriter(std::filesystem::path path, std::chrono::milliseconds interval, ResumePoint from,
                               Failure failed)
    : m_path(std::move(path)),
      m_interval(interval),
      m_failed(std::move(failed)),
      m_newest{.session = nullptr, .point = std::move(from), .problem = {}},
      m_thread([this](const std::stop_token& stop) { work(stop); }) {}

void SnapshotWriter::offer(SessionPointer session) {
    {
        const std::lock_guard lock(m_mutex);
        m_newest.session = std::move(session);
        m_new = true;
    }
    m_changed.notify_one();
}

void SnapshotWriter::offer(SessionPointer session, ResumePoint point) {
    {
        const std::lock_guard lock(m_mutex);
        m_newest.session = std::move(session);
        m_newest.point = std::move(point);
        m_new = true;
    }
    m_changed.notify_one();
}

Snapshot SnapshotWriter::stop() {
    m_thread = {};  // requests the stop and joins
    const std::lock_guard lock(m_mutex);
    return m_newest;
}

int SnapshotWriter::saves() const {
    const std::lock_guard lock(m_mutex);
    return m_saves;
}

void SnapshotWriter::work(const std::stop_token& stop) {
    auto next = std::chrono::steady_clock::now() + m_interval;
    for (;;) {
        Snapshot snapshot;
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait_until(lock, stop, next, [] { return false; });
            if (!m_changed.wait(lock, stop, [this] { return m_new; }) || stop.stop_requested())
                return;
            snapshot = m_newest;
            m_new = false;
        }
        save(snapshot, stop);
        next = std::chrono::steady_clock::now() + std::max(m_interval, leastPause);
    }
}

void SnapshotWriter::save(const Snapshot& snapshot, const std::stop_token& stop) {
    try {
        saveSnapshot(*snapshot.session, snapshot.point, m_path, JobContext(stop, {}, 1));
        m_lastFailure.clear();
        const std::lock_guard lock(m_mutex);
        ++m_saves;
    } catch (const Cancelled&) {
        // the caller saves something newer
    } catch (const std::exception& error) {
        if (m_failed && m_lastFailure != error.what())
            m_failed(m_lastFailure = error.what());
        const std::lock_guard lock(m_mutex);
        m_new = true;
    }
}

}  // namespace rankscope
