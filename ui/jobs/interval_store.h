// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The intervals of sessions under the choices that are shown, computed off the GUI thread and kept for a while. GUI
// thread.
#pragma once

#include <QObject>
#include <deque>
#include <memory>

#include "ui/jobs/job_runner.h"
#include "ui/viewmodels/uncertainty_text.h"

namespace rankscope {

using IntervalsPointer = std::shared_ptr<const SessionIntervals>;

class IntervalStore : public QObject {
    Q_OBJECT
public:
    explicit IntervalStore(QObject* parent = nullptr);

    // What the shown session is set against: its control or its text; null without.
    void setPartner(SessionPointer partner) { m_partner = std::move(partner); }

    // Null while they are not known: then `ready` says when they are, unless others are asked for before.
    IntervalsPointer find(const SessionPointer& session, const GridChoice& choice);

Q_SIGNALS:
    void ready();

private:
    struct Entry {
        std::weak_ptr<const Session> session, partner;  // a session that is closed is not kept for its intervals
        GridChoice choice;
        IntervalsPointer intervals;  // null: on their way
    };
    Entry* known(const SessionPointer& session, const SessionPointer& partner, const GridChoice& choice);
    void compute(const SessionPointer& session, const GridChoice& choice);

    JobRunner* m_runner;
    RunId m_running = 0;
    SessionPointer m_partner;
    std::deque<Entry> m_entries;  // the newest first
};

}  // namespace rankscope
