// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/job.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/machine.h"

namespace rankscope {

struct JobContext::Reported {
    std::mutex mutex;
    Progress last;
    bool any = false;
};

int defaultThreadCount() {
    static const int count = allowedProcessors();  // it reads a dozen small files
    return count;
}

JobContext::JobContext(std::stop_token stop, ProgressCallback progress, int threads)
    : m_stop(std::move(stop)),
      m_progress(std::move(progress)),
      m_reported(std::make_shared<Reported>()),
      m_threads(threads > 0 ? threads : defaultThreadCount()) {}

void JobContext::throwIfStopped() const {
    if (m_stop.stop_requested())
        throw Cancelled();
}

void JobContext::report(const Progress& progress) const {
    if (!m_progress)
        return;
    const std::lock_guard lock(m_reported->mutex);
    const Progress& last = m_reported->last;
    if (m_reported->any && last.permille >= progress.permille && last.stage == progress.stage &&
        last.layer == progress.layer)
        return;
    Progress next = progress;
    next.permille = std::clamp(next.permille, m_reported->any ? last.permille : 0, 1000);
    m_reported->last = next;
    m_reported->any = true;
    m_progress(next);
}

void parallelFor(int count, const JobContext& context, const std::function<void(int)>& task) {
    std::atomic<int> next{0};
    std::exception_ptr failure;
    std::mutex mutex;
    const auto work = [&] {
        try {
            for (int i = next++; i < count; i = next++) {
                context.throwIfStopped();
                task(i);
            }
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!failure)
                failure = std::current_exception();
            next = count;
        }
    };
    {
        std::vector<std::jthread> helpers;
        for (int i = 1; i < std::min(context.threads(), count); ++i)
            helpers.emplace_back(work);
        work();
    }
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace rankscope
