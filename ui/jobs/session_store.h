// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Everything that touches files on behalf of the window: opens and saves sessions, looks into models. One job at a time
// in a thread of its own, so that HDF5 is only ever used by one thread and the window never waits for a disk. GUI
// thread.
#pragma once

#include <QObject>
#include <QTemporaryDir>
#include <functional>
#include <memory>

#include "core/model/model_info.h"
#include "ui/jobs/job_runner.h"
#include "ui/viewmodels/recent_files.h"
#include "ui/viewmodels/workspace.h"

namespace rankscope {

class SessionStore : public QObject {
    Q_OBJECT
public:
    SessionStore(Workspace* workspace, RecentFiles* recent, QObject* parent = nullptr);

    void open(const QString& path);  // a session that is open already is shown again, not read again
    void openExample();
    static bool hasExample();

    void save(int id, const QString& path);

    using Inspected = std::function<void(const std::shared_ptr<const ModelInfo>&)>;
    RunId inspect(const QString& modelPath, Inspected done, JobRunner::Failure failed);
    void cancel(RunId id) { m_runner.cancel(id); }

    void dropDeadEntries();  // of the recent files
    bool busy() const { return m_runner.busy(); }

    // "<data folder>/sessions/<model>-<corpus>-<length>.h5", numbered if it is taken.
    static QString defaultPath(const QString& model, const QString& corpus, int length);

Q_SIGNALS:
    void opened(int id);
    void saved(int id, const QString& path);
    void failed(const QString& line);
    void idle();  // nothing left to do

private:
    void read(const QString& file, const QString& shownPath);

    Workspace* m_workspace;
    RecentFiles* m_recent;
    std::unique_ptr<QTemporaryDir> m_exampleFolder;
    JobRunner m_runner;  // last: its thread ends before what it uses goes away
};

}  // namespace rankscope
