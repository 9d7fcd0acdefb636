// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of the main window that deals with files: opening, dropping, saving, exporting, closing.
#include <QCloseEvent>
#include <QDir>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QStandardPaths>

#include "core/storage/atomic_file.h"
#include "ui/export/table_dialog.h"
#include "ui/request/path_kind.h"
#include "ui/run/job_bar.h"
#include "ui/run/run_dialog.h"
#include "ui/text/text.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/file_dialogs.h"
#include "ui/window/main_window.h"
#include "ui/window/session_list.h"
#include "ui/window/window_actions.h"

namespace rankscope {

void MainWindow::connectFileActions() {
    const auto on = [this](QAction* action, auto what) { connect(action, &QAction::triggered, this, what); };
    on(m_actions->openModel, [this] { askForModel(this, [this](const QString& path) { openRunDialog(path, {}); }); });
    on(m_actions->openCorpus,
       [this] { askForCorpus(this, [this](const QStringList& paths) { openRunDialog({}, corpusOfPaths(paths)); }); });
    on(m_actions->openSession, [this] { askForSession(this, [this](const QString& path) { m_store->open(path); }); });
    on(m_actions->saveSession, [this] { saveSessionAs(m_shown); });
    on(m_actions->exportTable, [this] { exportTable(); });
    on(m_actions->closeSession, [this] { closeSession(m_shown); });
    on(m_actions->quit, [this] { close(); });
}

void MainWindow::openPath(const QString& path) {
    openPaths({path});
}

void MainWindow::openPaths(const QStringList& paths) {
    m_store->plan(paths,
                  [this](const OpenPlan& plan) { plan.refusal.isEmpty() ? follow(plan) : showError(plan.refusal); });
}

void MainWindow::follow(const OpenPlan& plan) {
    for (const QString& session : plan.sessions)
        m_store->open(session);
    if (!plan.model.isEmpty() || !plan.corpus.isEmpty())
        openRunDialog(plan.model, plan.corpus);
}

static QString absoluteCorpus(const QString& corpus) {
    QStringList paths = corpusPaths(corpus);
    for (QString& path : paths)
        path = QFileInfo(path).absoluteFilePath();
    return corpusOfPaths(paths);
}

void MainWindow::openRunDialog(const QString& model, const QString& corpus) {
    if (!m_runDialog) {
        m_runDialog = new RunDialog(m_store, this);
        connect(m_runDialog, &RunDialog::runRequested, this, &MainWindow::run);
    }
    if (!model.isEmpty())
        m_runDialog->setModel(QFileInfo(model).absoluteFilePath());
    if (!corpus.isEmpty())
        m_runDialog->setCorpus(absoluteCorpus(corpus));
    m_runDialog->refresh();
    m_runDialog->open();
}

void MainWindow::fillRecentMenu() {
    QMenu* menu = m_actions->recentMenu;
    menu->clear();
    bool any = false;
    for (const auto kind : {RecentFiles::Kind::session, RecentFiles::Kind::model}) {
        const QStringList paths = m_recent->list(kind);
        if (paths.isEmpty())
            continue;
        any = true;
        menu->addSection(kind == RecentFiles::Kind::session ? u"Sessions"_s : u"Models"_s);
        int number = 0;
        for (const QString& path : paths) {
            QString name = QFileInfo(path).fileName();
            name.replace(u'&', u"&&"_s);
            // The digit is a key of the open menu only; models go on with letters of their own names.
            const QString text =
                kind == RecentFiles::Kind::session ? u"&%1  %2"_s.arg(QString::number(++number), name) : name;
            menu->addAction(text, this, [this, path] { openPath(path); })->setToolTip(plainTip(path));
        }
    }
    if (!any)
        menu->addAction(u"Nothing yet"_s)->setEnabled(false);
    menu->addSeparator();
    menu->addAction(u"&Clear List"_s, m_recent, &RecentFiles::clear)->setEnabled(any);
    menu->setToolTipsVisible(true);
    m_store->dropDeadEntries();  // for the next time
}

void MainWindow::closeSession(int id) {
    const SessionEntry* entry = m_workspace->find(id);
    if (!entry)
        return;
    if (entry->running) {
        m_analysis->cancel();
        entry = m_workspace->find(id);
    }
    if (entry && !m_store->busy() && m_workspace->isUnsaved(id)) {
        QMessageBox question(QMessageBox::Question, u"Close session"_s,
                             u"%1 on %2 is not saved. Close it and lose its numbers?"_s.arg(
                                 toQString(entry->session->model.name), toQString(entry->session->corpus.name)),
                             QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
        question.setTextFormat(Qt::PlainText);
        question.setDefaultButton(QMessageBox::Save);
        const int answer = question.exec();
        if (answer == QMessageBox::Save)
            saveSessionAs(id);
        if (answer != QMessageBox::Discard)
            return;
    }
    m_workspace->remove(id);
    if (m_shown == id)
        showSession(m_sessions->selected());
}

void MainWindow::stepSession(int step) {
    const std::vector<int> ids = m_workspace->ids();
    const auto now = std::find(ids.begin(), ids.end(), m_shown);
    if (ids.empty() || now == ids.end())
        return;
    const auto count = std::ptrdiff_t(ids.size());
    m_sessions->select(ids[std::size_t((now - ids.begin() + step + count) % count)]);
}

void MainWindow::saveSessionAs(int id) {
    const SessionEntry* entry = m_workspace->find(id);
    if (!entry)
        return;
    const CorpusFacts& corpus = entry->session->corpus;
    const QString suggestion = entry->path.isEmpty()
                                   ? SessionStore::defaultPath(toQString(entry->session->model.name),
                                                               toQString(corpus.name), corpus.windowLength)
                                   : entry->path;
    askWhereToSave(this, u"Save session as"_s, sessionFilter(), suggestion,
                   [this, id](const QString& path) { m_store->save(id, path); });
}

void MainWindow::resumeSession(int id) {
    const SessionEntry* entry = m_workspace->find(id);
    if (entry && mayResume(*entry))
        run(resumeOrder(*entry->session, entry->path));
}

void MainWindow::exportTable() {
    const SessionPointer session = shownSession();
    auto* dialog = new TableDialog(session, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &TableDialog::chosen, this, [this, session, dialog](const QString& path) {
        m_writer->compute<bool>(
            [session, path, request = dialog->request(), write = dialog->format().write](const JobContext&) {
                const Session* const one = session.get();
                const std::string text = write(TableSessions(&one, 1), request);
                writeFileAtomically(path.toStdString(), std::as_bytes(std::span(text)));
                return true;
            },
            [this, path](bool) { announce(u"Table written to %1"_s.arg(path)); },
            [this](const QString& line) { showError(line); });
    });
    dialog->open();
}

bool MainWindow::mayClose() {
    if (m_analysis->running()) {
        const int waiting = m_analysis->queue()->size();
        const QString running = u"An analysis is running. Stop it and quit? The finished layers are saved."_s;
        const QString text =
            waiting > 0 ? u"%1\n%2 waiting run(s) will not be started."_s.arg(running, asText(waiting)) : running;
        if (QMessageBox::question(this, u"Quit"_s, text, QMessageBox::Yes | QMessageBox::No, QMessageBox::No) !=
            QMessageBox::Yes)
            return false;
        m_analysis->cancelAll();
    }
    if (m_store->busy()) {  // what is being written gets to its end first
        m_closing = true;
        return false;
    }
    const auto unsaved = m_workspace->unsaved().size();
    m_closing = false;
    return unsaved == 0 || QMessageBox::question(
                               this, u"Quit"_s, u"%1 session(s) could not be saved. Quit and lose them?"_s.arg(unsaved),
                               QMessageBox::Discard | QMessageBox::Cancel, QMessageBox::Cancel) == QMessageBox::Discard;
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!mayClose()) {
        event->ignore();
        return;
    }
    saveState();
    event->accept();
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::ActivationChange && isActiveWindow())
        m_store->dropDeadEntries();
}

}  // namespace rankscope
