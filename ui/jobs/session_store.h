// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Everything that touches files on behalf of the window: opens and saves sessions, looks into models. Sessions are read
// and written in one thread, so that HDF5 is only ever used by that; whether files are there and what they are is asked
// in another, so that a network drive that does not answer keeps no session from being saved. GUI thread.
#pragma once

#include <QObject>
#include <QTemporaryDir>
#include <functional>
#include <memory>
#include <optional>

#include "core/model/model_info.h"
#include "core/session_file/snapshot.h"
#include "ui/jobs/job_runner.h"
#include "ui/request/path_kind.h"
#include "ui/request/recent_files.h"
#include "ui/viewmodels/workspace.h"

namespace rankscope {

class SessionStore : public QObject {
    Q_OBJECT
public:
    SessionStore(Workspace* workspace, RecentFiles* recent, QObject* parent = nullptr);

    void open(const QString& path);  // a session that is open already is shown again, not read again
    void openExample();
    static bool hasExample();

    // With `point`: as a snapshot of a run, with the activations that it can be gone on from; those are removed once it
    // is finished.
    void save(int id, const QString& path, const std::optional<ResumePoint>& point = std::nullopt);

    using Inspected = std::function<void(const std::shared_ptr<const ModelInfo>&)>;
    RunId inspect(const QString& modelPath, Inspected done, JobRunner::Failure failed);
    using Planned = std::function<void(const OpenPlan&)>;
    RunId plan(const QStringList& paths, Planned done);  // what can be done with them
    void cancel(RunId id) { m_looks.cancel(id); }        // what inspect or plan returned

    void dropDeadEntries();                        // of the recent files
    bool busy() const { return m_runner.busy(); }  // reading or writing a session

    // Where runs are saved unless another place is named: the folder that the user chose last for one, at first a
    // folder of the program's own.
    static QString defaultFolder();
    static void setDefaultFolder(const QString& folder);

    // "<default folder>/<model>-<corpus>-<length>.h5"; in the program's own folder numbered if it is taken.
    static QString defaultPath(const QString& model, const QString& corpus, int length);

Q_SIGNALS:
    void started(const QString& what);  // reading or writing: "Opening a.h5…"
    void opened(int id);
    void saved(int id, const QString& path);
    void failed(const QString& line);
    void idle();  // nothing left to read or write

private:
    static QString ownFolder();
    void read(const QString& file, const QString& shownPath);

    Workspace* m_workspace;
    RecentFiles* m_recent;
    std::unique_ptr<QTemporaryDir> m_exampleFolder;
    JobRunner m_looks;  // the last two: their threads end before what they use goes away
    JobRunner m_runner;
};

}  // namespace rankscope
