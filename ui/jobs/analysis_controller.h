// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs analyses one after the other and keeps what they find: every finished layer goes into the workspace, and the
// session is written to its file when the run ends, is cancelled or fails, and every 30 s in between, with the
// activations that it takes to go on; an order to resume goes on with its file. What was
// ordered while a run is on its way waits in the queue; a run that fails or is cancelled does not keep the next from
// its turn. GUI thread.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>
#include <functional>
#include <optional>

#include "core/causal/causal_session.h"
#include "ui/jobs/job_runner.h"
#include "ui/jobs/session_store.h"
#include "ui/request/run_queue.h"
#include "ui/request/run_request.h"
#include "ui/viewmodels/workspace.h"

namespace rankscope {

class AnalysisController : public QObject {
    Q_OBJECT
public:
    AnalysisController(Workspace* workspace, SessionStore* store, QObject* parent = nullptr,
                       AnalysisFunction analysis = runAnalysis);

    // Starts at once if nothing runs, else waits. An output path that a run before it writes to is numbered.
    void add(const RunRequest& order);
    void cancel();     // the running one, at once; its finished layers are kept, and the next begins
    void cancelAll();  // and none begins
    bool running() const { return m_run.has_value(); }
    int sessionId() const { return m_run ? m_run->sessionId : 0; }  // of the running one
    RunQueue* queue() { return &m_queue; }

Q_SIGNALS:
    void started(int sessionId, const QString& title);
    void progressed(const rankscope::Progress& progress);
    void finished(int sessionId, const QString& summary);
    void cancelled(const QString& summary);
    void failed(const QString& line);

private:
    struct Run {
        RunId runId = 0;
        int sessionId = 0;
        RunRequest order;
        SessionPointer latest;  // not yet shown
        ResumePoint point;      // of `latest` or of what is shown
        bool received = false;  // anything that its file does not hold
    };

    QString freePath(const QString& wanted) const;
    void startNext();
    int entryFor(const RunRequest& order);
    void receive(SessionPointer session);
    void showLatest();
    Run takeRun();  // the running one, which runs no more
    void end();
    void rememberSpeed(const RunRequest& order, const Session& session) const;
    QString keepFinished();  // says what; the entry goes if there is nothing
    void fail(const QString& line);

    Workspace* m_workspace;
    SessionStore* m_store;
    AnalysisFunction m_analysis;
    RunQueue m_queue;
    std::optional<Run> m_run;
    QTimer m_showTimer;
    QElapsedTimer m_sinceSave;
    JobRunner m_runner;
};

}  // namespace rankscope
