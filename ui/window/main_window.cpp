// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QFileInfo>
#include <QMenuBar>

#include "ui/grid/head_grid_model.h"
#include "ui/grid/head_grid_view.h"
#include "ui/jobs/notifier.h"
#include "ui/pages/session_view.h"
#include "ui/run/job_bar.h"
#include "ui/widgets/layouts.h"
#include "ui/window/bars.h"
#include "ui/window/comparison_commands.h"
#include "ui/window/drop_target.h"
#include "ui/window/figure_commands.h"
#include "ui/window/file_commands.h"
#include "ui/window/help.h"
#include "ui/window/session_list.h"
#include "ui/window/start_page.h"
#include "ui/window/view_bar.h"
#include "ui/window/view_commands.h"
#include "ui/window/window_state.h"

// The resources lie in a static library: without this nothing would pull them in.
static void loadResources() {
    Q_INIT_RESOURCE(resources);
}

namespace rankscope {

MainWindow::MainWindow(AnalysisFunction analysis)
    : m_parts((loadResources(), this), std::move(analysis)),
      m_files(new FileCommands(m_parts)),
      m_figures(new FigureCommands(m_parts)),
      m_comparisons(new ComparisonCommands(m_parts)),
      m_views(new ViewCommands(m_parts)),
      m_menus(std::make_unique<CommandMenus>(menuBar())) {
    auto* drops = new DropTarget(this, m_parts.store);
    connect(drops, &DropTarget::dropped, m_files, &FileCommands::follow);
    connect(drops, &DropTarget::refused, this, &MainWindow::showError);
    new RunAnnouncer(m_parts.analysis, this, this);
    buildMenus();
    buildCentre();
    m_views->addPages(*m_menus);
    m_figures->connectViews();
    m_comparisons->connectViews();
    connectOptions();
    connectSessions();
    connectStore();
    connectAnalysis();
    WindowState(m_parts).restore();
    showSession(0);
    m_parts.store->dropDeadEntries();
}

// Before anything else goes: the threads must not deliver into a window that is half gone.
MainWindow::~MainWindow() {
    delete m_files;
    delete m_parts.writer;
    delete m_parts.analysis;
    delete m_parts.store;
}

void MainWindow::buildMenus() {
    const auto shown = [this] { return shownSession() != nullptr; };
    Selection* selection = m_parts.selection;
    m_files->addMenu(*m_menus, m_figures->command(FigureCommands::exportFigure));
    m_menus->addMenu(u"&Edit"_s,
                     {{"copyFinding", u"&Copy Finding"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_C,
                       u"The finding in words, to the clipboard"_s, [this] { m_finding->copy(); },
                       [this] { return shownSession() && shownSession()->finishedLayers() > 0; }, "copy"},
                      m_figures->command(FigureCommands::copyFigure),
                      m_figures->command(FigureCommands::copyCaption),
                      {"findHead", u"&Find Head"_s, QKeySequence::Find, u"Go to a head by name, such as L5H7"_s,
                       [this] { m_bar->startFinding(); }, shown, "find"},
                      {},
                      {"pinHead", u"&Pin Head"_s, Qt::CTRL | Qt::Key_D, u"Keep the selected head in the scree curves"_s,
                       [selection] { selection->togglePin(*selection->current()); },
                       [shown, selection] { return shown() && selection->current(); }, "pin"},
                      {"unpinHead", u"&Unpin Head"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_D, u"Let a pinned head go"_s,
                       [selection] { selection->unpin(); }, [selection] { return !selection->pinned().empty(); }}});
    m_views->addMenu(*m_menus);
    m_menus->addMenu(u"&Analysis"_s, m_files->analysisCommands());
    m_comparisons->addMenu(*m_menus);
    auto* help = new GuideHelp(this);
    m_menus->addMenu(
        u"&Help"_s,
        {{"example",
          u"Open &Example Session"_s,
          {},
          u"A computed session that comes with Rankscope"_s,
          [this] { m_parts.store->openExample(); },
          SessionStore::hasExample},
         {"tour",
          u"&First Tour"_s,
          {},
          u"Ten minutes with the example session"_s,
          [help] { help->show(u"tour.html"_s); }},
         {"guide", u"&Guide"_s, QKeySequence::HelpContents,
          u"How to read what you are looking at, and everything else"_s,
          [help] { help->showFor(QApplication::focusWidget()); }},
         {"definitions",
          u"&Definitions"_s,
          {},
          u"What every number is"_s,
          [help] { help->show(u"definitions.html"_s); }},
         {"shortcuts", u"&Keyboard Shortcuts"_s, Qt::CTRL | Qt::Key_Slash, u"Every key of the menus and the views"_s,
          [this] { makeShortcutsDialog(*menuBar(), this)->show(); }},
         {},
         {"about", u"&About Rankscope"_s, {}, u"Versions and licence"_s, [this] { makeAboutDialog(this)->open(); }}});
    m_menus->action("about")->setMenuRole(QAction::AboutRole);
}

void MainWindow::buildCentre() {
    auto* centre = new QWidget(this);
    m_parts.messages = new MessageBar(centre);
    m_bar = new ViewBar(m_parts.options, m_menus->actions({"openModel", "openCorpus", "run"}), centre);
    m_parts.splitter = new LineSplitter(Qt::Horizontal, centre);
    m_parts.splitter->setObjectName(u"windowSplitter"_s);
    m_sessionPanel = buildSessionPanel();
    m_pages = new QStackedWidget(m_parts.splitter);
    m_start =
        new StartPage(m_parts.recent, m_parts.finder,
                      m_menus->actions({"openModel", "openCorpus", "openSession", "causalCheck", "example"}), m_pages);
    m_parts.view = new SessionView(m_parts.options, m_parts.selection, m_parts.pair, m_pages);
    m_parts.view->comparison()->setOffers(m_menus->actions({"openSession", "run"}));
    m_pages->addWidget(m_start);
    m_pages->addWidget(m_parts.view);
    m_parts.splitter->setStretchFactor(1, 1);
    m_parts.splitter->setSizes({26 * spacingUnit, 152 * spacingUnit});
    m_finding = new FindingBar(centre);
    m_parts.job = new JobBar(m_parts.analysis->queue(), centre);
    column(centre,
           {m_bar,
            makeSeparator(Qt::Horizontal, centre),
            m_parts.messages,
            {m_parts.splitter, 1},
            makeSeparator(Qt::Horizontal, centre),
            m_finding,
            m_parts.job},
           0);
    setCentralWidget(centre);
    m_activity = new ActivityBar(m_pages);
}

QWidget* MainWindow::buildSessionPanel() {
    auto* panel = new QWidget(m_parts.splitter);
    m_parts.sessions = new SessionList(m_parts.workspace, panel);
    panel->setBackgroundRole(QPalette::Base);
    panel->setAutoFillBackground(true);
    auto* heading = makeHeading(u"Sessions"_s, panel);
    heading->setContentsMargins(2 * spacingUnit, spacingUnit, 0, 0);
    column(panel, {heading, {m_parts.sessions, 1}}, spacingUnit / 2);
    return panel;
}

void MainWindow::connectOptions() {
    connect(m_parts.view->gridModel(), &HeadGridModel::changed, this, &MainWindow::refreshFinding);
    connect(m_parts.view->intervals(), &IntervalStore::ready, this, &MainWindow::refreshFinding);
    connect(m_parts.view, &SessionView::pageChanged, this, &MainWindow::refreshActions);
    connect(m_parts.view, &SessionView::sweepRequested, m_files, &FileCommands::openSweepDialog);
    connect(m_parts.view, &SessionView::causalCheckRequested, m_files, &FileCommands::openCausalDialog);
    connect(m_parts.view->comparison(), &ComparisonView::changed, this, &MainWindow::refreshActions);
    connect(m_parts.pair, &ComparisonPair::changed, this, &MainWindow::refreshActions);
    connect(m_parts.pair, &ComparisonPair::changed, this, &MainWindow::refreshFinding);
    connect(m_parts.options, &ViewOptions::changed, this, &MainWindow::refreshActions);
    connect(m_parts.selection, &Selection::changed, this, &MainWindow::refreshActions);
    const auto toGrid = [this] { m_parts.view->grid()->setFocus(Qt::ShortcutFocusReason); };
    connect(m_bar, &ViewBar::headFound, this, [this, toGrid](HeadRef head) {
        m_parts.selection->setCurrent(head);
        toGrid();
    });
    connect(m_bar, &ViewBar::findAbandoned, this, toGrid);
}

void MainWindow::connectSessions() {
    SessionList* list = m_parts.sessions;
    connect(list, &SessionList::chosen, this, &MainWindow::showSession);
    connect(list, &SessionList::closeRequested, m_files, &FileCommands::closeSession);
    connect(list, &SessionList::saveRequested, m_files, &FileCommands::saveSessionAs);
    connect(list, &SessionList::resumeRequested, m_files, &FileCommands::resumeSession);
    connect(list, &SessionList::revealRequested, this, [this](const QString& path) {
        const QFileInfo file(path);
        if (!QDesktopServices::openUrl(QUrl::fromLocalFile(file.isDir() ? path : file.path())))
            showError(u"%1: file manager: expected one to show the folder, found none"_s.arg(path));
    });
    connect(m_files, &FileCommands::shownClosed, this, [this] { showSession(m_parts.sessions->selected()); });
    connect(m_parts.workspace, &QAbstractItemModel::dataChanged, this, &MainWindow::refreshSession);
    connect(m_start, &StartPage::sessionChosen, this, &MainWindow::openPath);
    connect(m_start, &StartPage::modelChosen, this, &MainWindow::openPath);
}

void MainWindow::connectStore() {
    connect(m_parts.store, &SessionStore::opened, this, [this](int id) {
        m_parts.messages->hide();
        m_parts.sessions->select(id);
    });
    connect(m_parts.store, &SessionStore::started, m_activity, &ActivityBar::start);
    connect(m_parts.store, &SessionStore::failed, this, &MainWindow::showError);
    connect(m_parts.store, &SessionStore::idle, this, [this] {
        m_activity->finish();
        if (m_files->isClosing())
            close();
    });
}

void MainWindow::connectAnalysis() {
    AnalysisController* analysis = m_parts.analysis;
    connect(analysis, &AnalysisController::started, this, [this](int id, const QString& title) {
        m_parts.job->start(title);
        if (!shownSession())  // one that is being looked at stays
            m_parts.sessions->select(id);
        refreshActions();
    });
    connect(analysis, &AnalysisController::progressed, this, [this](const Progress& progress) {
        m_parts.job->setProgress(progress);
        m_progress = u"(%1 %) "_s.arg(progress.permille / 10);
        refreshTitle();
    });
    const auto finish = [this](const QString& summary) {
        m_parts.job->finish(summary);
        m_progress.clear();
        refreshTitle();
        refreshActions();
    };
    connect(analysis, &AnalysisController::finished, this, [finish](int, const QString& summary) { finish(summary); });
    connect(analysis, &AnalysisController::cancelled, this, finish);
    connect(analysis, &AnalysisController::failed, this, [this, finish](const QString& line) {
        finish({});
        showError(line);
    });
    connect(m_parts.job, &JobBar::cancelRequested, analysis, &AnalysisController::cancel);
    connect(m_parts.job, &JobBar::cancelAllRequested, analysis, &AnalysisController::cancelAll);
}

void MainWindow::openPaths(const QStringList& paths) {
    m_files->openPaths(paths);
}

void MainWindow::run(const RunRequest& order) {
    m_files->run(order);
}

void MainWindow::showSession(int id) {
    m_parts.shown = id;
    m_parts.pair->setA(id);
    m_parts.selection->setHovered({});
    refreshSession();
}

void MainWindow::refreshSession() {
    const SessionPointer session = shownSession();
    if (session == m_parts.view->session() && session)
        return refreshActions();
    m_parts.view->setSession(session);
    m_bar->setSession(session);
    const bool first = session && m_pages->currentWidget() != m_parts.view;
    m_pages->setCurrentWidget(session ? static_cast<QWidget*>(m_parts.view) : m_start);
    if (first)  // the focus goes with the start page, and would fall on whatever comes next
        m_parts.view->focusPage();
    m_sessionPanel->setVisible(session != nullptr);
    m_finding->setVisible(session != nullptr);
    refreshTitle();
    refreshFinding();
    refreshActions();
}

void MainWindow::refreshTitle() {
    const SessionPointer session = shownSession();
    const QString title =
        session ? u"%1 on %2 — Rankscope"_s.arg(toQString(session->model.name), toQString(session->corpus.name))
                : u"Rankscope"_s;
    setWindowTitle(m_progress + title);
}

void MainWindow::refreshFinding() {
    const SessionPointer session = shownSession(), partner = controlPartner();
    if (!session)
        return;
    const HeadGridModel& model = *m_parts.view->gridModel();
    m_parts.view->intervals()->setPartner(partner);
    const IntervalsPointer intervals = m_parts.view->intervals()->find(session, model.choice());
    m_finding->setFinding(makeFinding(*session, model.choice(), model.grid(), partner.get(), intervals.get()));
}

SessionPointer MainWindow::controlPartner() const {
    const SessionPointer session = shownSession(), other = m_parts.pair->sessionB();
    const bool related = session && other && (isControlOf(*other, *session) || isControlOf(*session, *other));
    return related ? other : nullptr;
}

void MainWindow::refreshActions() {
    m_views->follow();
    m_menus->follow();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!m_files->mayClose())
        return event->ignore();
    WindowState(m_parts).save();
    event->accept();
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::ActivationChange && isActiveWindow())
        m_parts.store->dropDeadEntries();
}

}  // namespace rankscope
