// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/interval_store.h"

#include <algorithm>
#include <utility>

namespace rankscope {

namespace {

constexpr std::size_t mostEntries = 16;

}  // namespace

IntervalStore::IntervalStore(QObject* parent) : QObject(parent), m_runner(new JobRunner(this)) {}

IntervalStore::Entry* IntervalStore::known(const SessionPointer& session, const SessionPointer& partner,
                                           const GridChoice& choice) {
    const auto found = std::ranges::find_if(m_entries, [&](const Entry& entry) {
        return entry.session.lock() == session && entry.partner.lock() == partner && entry.choice == choice;
    });
    return found == m_entries.end() ? nullptr : &*found;
}

IntervalsPointer IntervalStore::find(const SessionPointer& session, const GridChoice& choice) {
    if (const Entry* entry = known(session, m_partner, choice))
        return entry->intervals;
    // One of another choice that is on its way is not waited for: nobody sees it any more.
    if (m_runner->isActive(m_running))
        m_runner->cancel(m_running);
    std::erase_if(m_entries, [](const Entry& entry) { return !entry.intervals; });
    m_entries.push_front({session, m_partner, choice, nullptr});
    if (m_entries.size() > mostEntries)
        m_entries.pop_back();
    compute(session, choice);
    return nullptr;
}

void IntervalStore::compute(const SessionPointer& session, const GridChoice& choice) {
    m_running = m_runner->compute<IntervalsPointer>(
        [session, partner = m_partner, choice](const JobContext&) {
            return std::make_shared<const SessionIntervals>(intervalsOf(*session, choice, partner.get()));
        },
        [this, session, partner = m_partner, choice](IntervalsPointer intervals) {
            if (Entry* entry = known(session, partner, choice))
                entry->intervals = std::move(intervals);
            Q_EMIT ready();
        },
        [](const QString&) {});  // nothing in it fails on a session that could be opened
}

}  // namespace rankscope
