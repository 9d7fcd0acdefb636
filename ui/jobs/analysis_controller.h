// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs analyses one after the other and keeps what they find: every finished layer goes into the workspace, and the
// session is written to its file when the run ends, is cancelled or fails, and once a minute in between. GUI thread.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>
#include <functional>
#include <memory>
#include <optional>

#include "core/model/model_info.h"
#include "core/spectra/analysis.h"
#include "ui/jobs/job_runner.h"
#include "ui/jobs/session_store.h"
#include "ui/viewmodels/workspace.h"

namespace rankscope {

struct RunOrder {
    AnalysisRequest request;
    int threads = 0;  // 0: as many as there are cores
    QString outputPath;
    std::shared_ptr<const ModelInfo> model;  // what inspectModel said: the grid's shape before the first layer is done
};

// What an analysis is: the core's analyze, or another function of the same shape in a test.
using AnalysisFunction =
    std::function<SessionPointer(const AnalysisRequest&, const JobContext&, const SessionCallback&)>;

class AnalysisController : public QObject {
    Q_OBJECT
public:
    AnalysisController(Workspace* workspace, SessionStore* store, QObject* parent = nullptr,
                       AnalysisFunction analysis = analyze);

    void run(const RunOrder& order);  // a run in progress is cancelled first; its finished layers are kept
    void cancel();                    // takes effect at once
    bool running() const { return m_run.has_value(); }

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
        QString outputPath;
        SessionPointer latest;  // not yet shown
    };

    void receive(SessionPointer session);
    void showLatest();
    void end();
    int keepFinishedLayers();  // how many; the entry goes if there are none
    void fail(const QString& line);

    Workspace* m_workspace;
    SessionStore* m_store;
    AnalysisFunction m_analysis;
    std::optional<Run> m_run;
    QTimer m_showTimer;
    QElapsedTimer m_sinceSave;
    JobRunner m_runner;
};

}  // namespace rankscope
