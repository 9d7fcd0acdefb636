// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/analysis_controller.h"

#include <QDir>
#include <QFileInfo>

#include "core/analysis/analysis_input.h"
#include "core/analysis/saved_analysis.h"
#include "core/base/path_text.h"
#include "core/session_file/snapshot_writer.h"
#include "core/storage/session_lock.h"
#include "ui/request/machine_rates.h"
#include "ui/request/path_kind.h"
#include "ui/request/run_settings.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr int showIntervalMs = 80;  // small models finish hundreds of layers a second; nobody sees each of them
// At most this much work is lost if the machine goes down.
constexpr qint64 saveIntervalMs = std::chrono::milliseconds(snapshotInterval).count();

// The empty session that stands in the grid until the first layer arrives.
SessionPointer pendingSession(const RunRequest& order) {
    auto session = std::make_shared<Session>();
    if (order.model)
        session->model = modelFacts(*order.model);
    else
        session->model.name = pathText(order.request.model.filename());
    session->layers.resize(std::size_t(session->model.layers));
    session->corpus.name = corpusNameOf(order.request).toStdString();
    session->corpus.source = pathText(inputOf(order.request));
    session->corpus.control = std::string(controlInfo(order.request.control).id);
    session->corpus.windowLength = order.request.window.length;
    session->corpus.windows = order.request.window.windows;
    session->corpus.seed = order.request.seed;
    return session;
}

// "12 of 30 layers", and once a causal check has begun "12 of 40 conditions"; empty: nothing is finished.
QString finishedText(const Session& session) {
    if (session.finishedLayers() == 0)
        return {};
    if (!session.causal)
        return u"%1 of %2 layers"_s.arg(asText(session.finishedLayers()), asText(session.model.layers));
    return u"%1 of %2 conditions"_s.arg(asText(session.causal->computed()),
                                        asText(int(session.causal->conditions.size())));
}

QString summaryOf(const RunRequest& order, const Session& session) {
    const RunFacts& run = session.run;
    return u"%1: %2 s (reading %3, forward %4, spectra %5)"_s.arg(
        titleOf(order), numberText(run.totalSeconds, 1), numberText(run.loadSeconds, 1),
        numberText(run.forwardSeconds, 1), numberText(run.spectraSeconds, 1));
}

}  // namespace

AnalysisController::AnalysisController(Workspace* workspace, SessionStore* store, QObject* parent,
                                       AnalysisFunction analysis)
    : QObject(parent), m_workspace(workspace), m_store(store), m_analysis(std::move(analysis)) {
    m_showTimer.setSingleShot(true);
    m_showTimer.setInterval(showIntervalMs);
    connect(&m_showTimer, &QTimer::timeout, this, &AnalysisController::showLatest);
    connect(&m_runner, &JobRunner::progressed, this, [this](RunId id, const Progress& progress) {
        if (m_run && m_run->runId == id)
            Q_EMIT progressed(progress);
    });
}

void AnalysisController::add(const RunRequest& order) {
    RunRequest placed = order;
    if (!order.resume)
        placed.outputPath = freePath(order.outputPath);
    else if (freePath(order.outputPath) != order.outputPath)
        return;  // it is on its way
    m_queue.append(placed);
    if (!m_run)
        startNext();
}

QString AnalysisController::freePath(const QString& wanted) const {
    const auto taken = [this](const QString& path) {
        return m_queue.holdsPath(path) || (m_run && m_run->order.outputPath == path);
    };
    QString path = wanted;
    for (int number = 2; taken(path); ++number)
        path = withSuffix(wanted, QString::number(number));
    return path;
}

// The session that a run goes on with, if it is open; else a new entry.
int AnalysisController::entryFor(const RunRequest& order) {
    const SessionEntry* open = order.resume ? m_workspace->findPath(order.outputPath) : nullptr;
    return open ? open->id : m_workspace->add(pendingSession(order), {}, false);
}

void AnalysisController::startNext() {
    const std::optional<RunRequest> order = m_queue.takeFirst();
    if (!order)
        return;
    const int sessionId = entryFor(*order);
    m_workspace->setRunning(sessionId, true);
    const auto work = [this, order = *order, analysis = m_analysis](
                          const JobContext& context, const JobRunner::Publish& publish) -> JobRunner::Delivery {
        QDir().mkpath(QFileInfo(order.outputPath).absolutePath());
        const auto lock = SessionLock::ifPossible(toPath(order.outputPath));
        AnalysisRequest request = order.request;
        if (order.resume)
            takeUp(request, toPath(order.outputPath));
        publish([this, point = request.resume.point] { m_run->point = point; });
        request.onPoint = [&](const SessionPointer& session, const ResumePoint& point) {
            publish([this, session, point] {
                m_run->point = point;
                receive(session);
            });
        };
        const auto onLayer = [&](const SessionPointer& session) { publish([this, session] { receive(session); }); };
        const SessionPointer session = analysis(request, context, onLayer);
        return [this, session] {
            receive(session);
            end();
        };
    };
    const RunId runId = m_runner.start(
        work, [this](const QString& line) { fail(line); }, order->request.threads);
    m_run = Run{runId, sessionId, *order, nullptr, {}, false};
    m_sinceSave.start();
    Q_EMIT started(sessionId, titleOf(*order));
}

void AnalysisController::receive(SessionPointer session) {
    m_run->latest = std::move(session);
    m_run->received = true;
    if (!m_showTimer.isActive())
        m_showTimer.start();
}

void AnalysisController::showLatest() {
    if (!m_run || !m_run->latest)
        return;
    m_workspace->setSession(m_run->sessionId, std::exchange(m_run->latest, nullptr));
    if (m_sinceSave.elapsed() < saveIntervalMs)
        return;
    m_sinceSave.restart();
    m_store->save(m_run->sessionId, m_run->order.outputPath, m_run->point);
}

AnalysisController::Run AnalysisController::takeRun() {
    showLatest();
    Run run = *std::exchange(m_run, std::nullopt);
    m_showTimer.stop();
    m_workspace->setRunning(run.sessionId, false);
    return run;
}

void AnalysisController::end() {
    const Run run = takeRun();
    m_store->save(run.sessionId, run.order.outputPath, run.point);
    const SessionPointer session = m_workspace->find(run.sessionId)->session;
    rememberSpeed(run.order, *session);
    Q_EMIT finished(run.sessionId, summaryOf(run.order, *session));
    startNext();
}

void AnalysisController::rememberSpeed(const RunRequest& order, const Session& session) const {
    if (!order.model || session.run.device != "cpu")
        return;
    AnalysisRequest request = order.request;  // a list of windows may have had another length
    request.window.length = session.corpus.windowLength;
    rememberRates(ratesOfRun(costOf(*order.model, request, session.corpus.windows), session.run));
}

QString AnalysisController::keepFinished() {
    const Run run = takeRun();
    const SessionEntry* entry = m_workspace->find(run.sessionId);
    const QString kept = entry ? finishedText(*entry->session) : QString();
    if (run.received && !kept.isEmpty())
        m_store->save(run.sessionId, run.order.outputPath, run.point);
    else if (!run.order.resume)
        m_workspace->remove(run.sessionId);
    return kept;
}

void AnalysisController::cancel() {
    if (!m_run)
        return;
    m_runner.cancel(m_run->runId);
    const QString kept = keepFinished();
    Q_EMIT cancelled(kept.isEmpty() ? u"Cancelled"_s : u"Cancelled; %1 kept"_s.arg(kept));
    startNext();
}

void AnalysisController::cancelAll() {
    m_queue.clear();
    cancel();
}

void AnalysisController::fail(const QString& line) {
    const QString kept = keepFinished();
    Q_EMIT failed(kept.isEmpty() ? line : u"%1 (%2 kept)"_s.arg(line, kept));
    startNext();
}

}  // namespace rankscope
