// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_runner.h"

#include <QMetaObject>
#include <algorithm>
#include <new>

#ifdef __linux__
#include <sys/resource.h>

#include "ui/text/literals.h"
#endif

namespace rankscope {

namespace {

// A window that is painted waits for Qt's own painting threads: they must not stand in line behind the computation. On
// Linux this is the priority of the calling thread and of the threads that it starts, not of the process.
void yieldToTheWindow() {
#ifdef __linux__
    constexpr int niceness = 10;
    setpriority(PRIO_PROCESS, 0, niceness);
#endif
}

}  // namespace

JobRunner::JobRunner(QObject* parent) : QObject(parent) {}

JobRunner::~JobRunner() {
    m_queue.clear();
    m_cancelled = true;
    m_thread = {};  // requests the stop and joins
}

RunId JobRunner::start(Work work, Failure failed, int threads) {
    const RunId id = ++m_lastId;
    m_queue.push_back({id, std::move(work), std::move(failed), threads});
    if (!m_running)
        startNext();
    return id;
}

void JobRunner::startNext() {
    if (m_queue.empty())
        return;
    Job job = std::move(m_queue.front());
    m_queue.pop_front();
    m_running = job.id;
    m_cancelled = false;
    // The previous thread posted its end as its last act, so this assignment does not wait.
    m_thread = std::jthread([this, job](const std::stop_token& stop) { runInThread(job, stop); });
    Q_EMIT started(job.id);
}

void JobRunner::post(RunId id, Delivery delivery) {
    QMetaObject::invokeMethod(
        this,
        [this, id, delivery = std::move(delivery)] {
            if (m_running == id && !m_cancelled)
                delivery();
        },
        Qt::QueuedConnection);
}

void JobRunner::runInThread(const Job& job, const std::stop_token& stop) {
    const auto progress = [this, id = job.id](const Progress& now) {
        post(id, [this, id, now] { Q_EMIT progressed(id, now); });
    };
    const auto fail = [&](const QString& line) { post(job.id, [failed = job.failed, line] { failed(line); }); };
    yieldToTheWindow();
    try {
        const JobContext context(stop, progress, job.threads);
        post(job.id, job.work(context, [&](Delivery delivery) { post(job.id, std::move(delivery)); }));
    } catch (const Cancelled&) {
        // cancel() has already told the user
    } catch (const std::bad_alloc&) {
        fail(u"Not enough memory for this job."_s);
    } catch (const std::exception& error) {
        fail(QString::fromUtf8(error.what()));
    }
    QMetaObject::invokeMethod(
        this, [this, id = job.id] { finish(id); }, Qt::QueuedConnection);
}

void JobRunner::finish(RunId id) {
    m_running.reset();
    Q_EMIT ended(id);
    if (!m_running)
        startNext();
}

void JobRunner::cancel(RunId id) {
    if (m_running == id) {
        m_cancelled = true;
        m_thread.request_stop();
        return;
    }
    const auto queued = std::find_if(m_queue.begin(), m_queue.end(), [id](const Job& job) { return job.id == id; });
    if (queued == m_queue.end())
        return;
    m_queue.erase(queued);
    Q_EMIT ended(id);
}

bool JobRunner::isActive(RunId id) const {
    if (m_running == id)
        return !m_cancelled;
    return std::any_of(m_queue.begin(), m_queue.end(), [id](const Job& job) { return job.id == id; });
}

}  // namespace rankscope
