// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/file_commands.h"

#include <QDir>
#include <QFileInfo>
#include <QMessageBox>

#include "core/base/path_text.h"
#include "ui/export/table_dialog.h"
#include "ui/run/run_dialog.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/file_dialogs.h"
#include "ui/window/bars.h"
#include "ui/window/session_list.h"

namespace rankscope {

FileCommands::~FileCommands() {
    delete m_runDialog;
}

void FileCommands::addMenu(CommandMenus& menus, Command figure) {
    const auto shown = [this] { return m_parts.session() != nullptr; };
    const auto numbers = [this] { return m_parts.session() && m_parts.session()->finishedLayers() > 0; };
    QMenu* menu = menus.addMenu(
        u"&File"_s,
        {{"openModel",
          u"Open &Model…"_s,
          QKeySequence::Open,
          u"A model folder, a .gguf or a .safetensors file"_s,
          [this] { askForModel(m_parts.window, [this](const QString& path) { openRunDialog(path); }); },
          {},
          "open-model"},
         {"openCorpus",
          u"Open &Corpus…"_s,
          Qt::CTRL | Qt::SHIFT | Qt::Key_O,
          u"A UTF-8 text, or a .json list of token ids"_s,
          [this] {
              askForCorpus(m_parts.window,
                           [this](const QStringList& paths) { openRunDialog({}, corpusOfPaths(paths)); });
          },
          {},
          "open-corpus"},
         {"openSession",
          u"Open &Session…"_s,
          Qt::CTRL | Qt::Key_L,
          u"A saved analysis"_s,
          [this] { askForSession(m_parts.window, [this](const QString& path) { m_parts.store->open(path); }); },
          {},
          "open-session"}});
    QMenu* recent = menu->addMenu(u"Open &Recent"_s);
    connect(recent, &QMenu::aboutToShow, this, [this, recent] { fillRecentMenu(recent); });
    menus.add(menu,
              {{},
               {"saveSession", u"Save Session &As…"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_S,
                u"Write the shown session to a file"_s, [this] { saveSessionAs(m_parts.shown); }, numbers},
               std::move(figure),
               {"exportTable", u"Export &Table…"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_T,
                u"Numbers per head, layer or model: CSV, LaTeX or JSON"_s, [this] { exportTable(); }, numbers},
               {},
               {"closeSession", u"C&lose Session"_s, Qt::CTRL | Qt::Key_W, u"Close the shown session"_s,
                [this] { closeSession(m_parts.shown); }, shown},
               {"quit", u"&Quit"_s, Qt::CTRL | Qt::Key_Q, u"Close the window"_s, [this] { m_parts.window->close(); }}});
    menus.action("quit")->setMenuRole(QAction::QuitRole);
}

std::vector<Command> FileCommands::analysisCommands() {
    return {
        {"run", u"&Run…"_s, Qt::Key_F5, u"Analyse a model on a corpus"_s, [this] { openRunDialog(); }, {}, "run"},
        {"causalCheck",
         u"Causal C&heck…"_s,
         Qt::Key_F6,
         u"Measure what the next token costs when heads keep fewer directions"_s,
         [this] { openCausalDialog(); },
         {},
         "run"},
        {"resume", u"Res&ume"_s, Qt::SHIFT | Qt::Key_F5, u"Go on with the shown session, which is not finished"_s,
         [this] { resumeSession(m_parts.shown); }, [this] { return m_parts.entry() && mayResume(*m_parts.entry()); }},
        {"cancel", u"&Cancel"_s, Qt::CTRL | Qt::Key_Period, u"Stop the analysis and keep the finished layers"_s,
         [this] { m_parts.analysis->cancel(); }, [this] { return m_parts.analysis->running(); }, "cancel"}};
}

void FileCommands::openPaths(const QStringList& paths) {
    m_parts.store->plan(paths, [this](const OpenPlan& plan) {
        plan.refusal.isEmpty() ? follow(plan) : m_parts.showError(plan.refusal);
    });
}

void FileCommands::follow(const OpenPlan& plan) {
    for (const QString& session : plan.sessions)
        m_parts.store->open(session);
    if (!plan.model.isEmpty() || !plan.corpus.isEmpty())
        openRunDialog(plan.model, plan.corpus);
}

static QString absoluteCorpus(const QString& corpus) {
    QStringList paths = corpusPaths(corpus);
    for (QString& path : paths)
        path = QFileInfo(path).absoluteFilePath();
    return corpusOfPaths(paths);
}

void FileCommands::openRunDialog(const QString& model, const QString& corpus) {
    if (!m_runDialog) {
        m_runDialog = new RunDialog(m_parts.store, m_parts.window);
        connect(m_runDialog, &RunDialog::runRequested, this, &FileCommands::run);
    }
    m_runDialog->setCausal(false);
    if (!model.isEmpty())
        m_runDialog->setModel(QFileInfo(model).absoluteFilePath());
    if (!corpus.isEmpty())
        m_runDialog->setCorpus(absoluteCorpus(corpus));
    m_runDialog->refresh();
    m_runDialog->open();
}

void FileCommands::openCausalDialog() {
    if (m_parts.session())
        openSweepDialog();
    else
        openRunDialog();
    m_runDialog->setCausal(true);
}

void FileCommands::openSweepDialog() {
    const SessionPointer session = m_parts.session();
    const QString model = toQString(session->model.source);
    QStringList corpora;
    for (const CorpusFile& file : session->corpus.files)
        corpora << toQString(file.source);
    if (corpora.isEmpty())
        corpora << toQString(session->corpus.source);
    corpora.removeIf([](const QString& path) { return !QFileInfo::exists(path); });
    openRunDialog(QFileInfo::exists(model) ? model : QString(), corpusOfPaths(corpora));
}

void FileCommands::run(const RunRequest& order) {
    m_parts.recent->add(RecentFiles::Kind::model, toQString(pathText(order.request.model)));
    m_parts.messages->hide();
    const bool first = !m_parts.analysis->running();
    m_parts.analysis->add(order);
    if (first && m_parts.analysis->running())
        m_parts.sessions->select(m_parts.analysis->sessionId());
}

void FileCommands::fillRecentMenu(QMenu* menu) {
    menu->clear();
    bool any = false;
    for (const auto kind : {RecentFiles::Kind::session, RecentFiles::Kind::model}) {
        const QStringList paths = m_parts.recent->list(kind);
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
            menu->addAction(text, this, [this, path] { openPaths({path}); })->setToolTip(plainTip(path));
        }
    }
    if (!any)
        menu->addAction(u"Nothing yet"_s)->setEnabled(false);
    menu->addSeparator();
    menu->addAction(u"&Clear List"_s, m_parts.recent, &RecentFiles::clear)->setEnabled(any);
    menu->setToolTipsVisible(true);
    m_parts.store->dropDeadEntries();  // for the next time
}

void FileCommands::closeSession(int id) {
    const SessionEntry* entry = m_parts.workspace->find(id);
    if (!entry)
        return;
    if (entry->running) {
        m_parts.analysis->cancel();
        entry = m_parts.workspace->find(id);
    }
    if (entry && !m_parts.store->busy() && m_parts.workspace->isUnsaved(id)) {
        QMessageBox question(QMessageBox::Question, u"Close session"_s,
                             u"%1 on %2 is not saved. Close it and lose its numbers?"_s.arg(
                                 toQString(entry->session->model.name), toQString(entry->session->corpus.name)),
                             QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, m_parts.window);
        question.setTextFormat(Qt::PlainText);
        question.setDefaultButton(QMessageBox::Save);
        const int answer = question.exec();
        if (answer == QMessageBox::Save)
            saveSessionAs(id);
        if (answer != QMessageBox::Discard)
            return;
    }
    m_parts.workspace->remove(id);
    if (m_parts.shown == id)
        Q_EMIT shownClosed();
}

void FileCommands::saveSessionAs(int id) {
    const SessionEntry* entry = m_parts.workspace->find(id);
    if (!entry)
        return;
    const CorpusFacts& corpus = entry->session->corpus;
    const QString suggestion = entry->path.isEmpty()
                                   ? SessionStore::defaultPath(toQString(entry->session->model.name),
                                                               toQString(corpus.name), corpus.windowLength)
                                   : entry->path;
    askWhereToSave(m_parts.window, u"Save session as"_s, sessionFilter(), suggestion,
                   [this, id](const QString& path) { m_parts.store->save(id, path); });
}

void FileCommands::resumeSession(int id) {
    const SessionEntry* entry = m_parts.workspace->find(id);
    if (entry && mayResume(*entry))
        run(resumeOrder(*entry->session, entry->path));
}

void FileCommands::exportTable() {
    const SessionPointer session = m_parts.session();
    auto* dialog = new TableDialog(session, m_parts.window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &TableDialog::chosen, this, [this, session, dialog](const QString& path) {
        m_parts.write(
            path,
            [session, request = dialog->request(), write = dialog->format().write] {
                const Session* const one = session.get();
                return write(TableSessions(&one, 1), request);
            },
            u"Table written to %1"_s.arg(path));
    });
    dialog->open();
}

bool FileCommands::mayClose() {
    QMainWindow* window = m_parts.window;
    if (m_parts.analysis->running()) {
        const int waiting = m_parts.analysis->queue()->size();
        const QString running = u"An analysis is running. Stop it and quit? The finished layers are saved."_s;
        const QString text =
            waiting > 0 ? u"%1\n%2 waiting run(s) will not be started."_s.arg(running, asText(waiting)) : running;
        if (QMessageBox::question(window, u"Quit"_s, text, QMessageBox::Yes | QMessageBox::No, QMessageBox::No) !=
            QMessageBox::Yes)
            return false;
        m_parts.analysis->cancelAll();
    }
    m_closing = m_parts.store->busy();  // what is being written gets to its end first
    if (m_closing)
        return false;
    const auto unsaved = m_parts.workspace->unsaved().size();
    return unsaved == 0 ||
           QMessageBox::question(
               window, u"Quit"_s, u"%1 session(s) could not be saved. Quit and lose them?"_s.arg(unsaved),
               QMessageBox::Discard | QMessageBox::Cancel, QMessageBox::Cancel) == QMessageBox::Discard;
}

}  // namespace rankscope
