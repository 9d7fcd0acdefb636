// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Work off the GUI thread: one std::jthread at a time, jobs in the order they were started. All members are called from
// the GUI thread; what a job delivers comes back to the GUI thread as an event and is dropped if the job was cancelled.
#pragma once

#include <QObject>
#include <QString>
#include <deque>
#include <functional>
#include <optional>
#include <thread>

#include "core/base/job.h"

namespace rankscope {

using RunId = quint64;

class JobRunner : public QObject {
    Q_OBJECT
public:
    using Delivery = std::function<void()>;         // runs in the GUI thread
    using Publish = std::function<void(Delivery)>;  // from the working thread: results on the way
    using Work = std::function<Delivery(const JobContext&, const Publish&)>;
    using Failure = std::function<void(const QString& line)>;

    explicit JobRunner(QObject* parent = nullptr);
    ~JobRunner() override;  // asks the running job to stop and waits for it; the queue is dropped

    // `work` runs in the thread; what it returns, or `failed` with one line for the user, runs in the GUI thread.
    RunId start(Work work, Failure failed, int threads = 0);

    // A job that only makes one result.
    template <typename Result>
    RunId compute(std::function<Result(const JobContext&)> work, std::function<void(Result)> done, Failure failed) {
        return start(
            [work = std::move(work), done = std::move(done)](const JobContext& context, const Publish&) -> Delivery {
                return [done, result = work(context)] { done(result); };
            },
            std::move(failed));
    }

    // Nothing of this job is delivered any more, from this call on; its thread stops at its next check.
    void cancel(RunId id);

    bool busy() const { return m_running.has_value() || !m_queue.empty(); }
    bool isActive(RunId id) const;  // queued or running, and not cancelled

Q_SIGNALS:
    void started(rankscope::RunId id);
    void progressed(rankscope::RunId id, const rankscope::Progress& progress);
    void ended(rankscope::RunId id);  // after its last delivery; for a cancelled job once its thread has stopped

private:
    struct Job {
        RunId id = 0;
        Work work;
        Failure failed;
        int threads = 0;
    };

    void startNext();
    void runInThread(const Job& job, const std::stop_token& stop);
    void post(RunId id, Delivery delivery);
    void finish(RunId id);

    RunId m_lastId = 0;
    std::deque<Job> m_queue;
    std::optional<RunId> m_running;
    bool m_cancelled = false;  // the running job was
    std::jthread m_thread;
};

}  // namespace rankscope
