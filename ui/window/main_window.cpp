// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/main_window.h"

#include <QActionGroup>
#include <QApplication>
#include <QDesktopServices>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

#include "core/base/path_text.h"
#include "ui/charts/chart_menu.h"
#include "ui/grid/grid_menus.h"
#include "ui/grid/head_grid_view.h"
#include "ui/head/head_detail_view.h"
#include "ui/jobs/interval_store.h"
#include "ui/jobs/model_finder.h"
#include "ui/jobs/notifier.h"
#include "ui/pages/session_charts.h"
#include "ui/pages/session_view.h"
#include "ui/request/path_kind.h"
#include "ui/run/job_bar.h"
#include "ui/run/run_dialog.h"
#include "ui/text/text.h"
#include "ui/widgets/line_splitter.h"
#include "ui/widgets/theme.h"
#include "ui/window/activity_bar.h"
#include "ui/window/control_bar.h"
#include "ui/window/drop_target.h"
#include "ui/window/finding_bar.h"
#include "ui/window/guide_window.h"
#include "ui/window/help_dialogs.h"
#include "ui/window/message_bar.h"
#include "ui/window/session_list.h"
#include "ui/window/start_page.h"
#include "ui/window/system_theme.h"
#include "ui/window/window_actions.h"

// The resources lie in a static library: without this nothing would pull them in.
static void loadResources() {
    Q_INIT_RESOURCE(resources);
}

namespace rankscope {

MainWindow::MainWindow(AnalysisFunction analysis)
    : m_workspace(new Workspace(this)),
      m_selection(new Selection(this)),
      m_options(new ViewOptions(this)),
      m_pair(new ComparisonPair(m_workspace, this)),
      m_recent(new RecentFiles(this)),
      m_store(new SessionStore(m_workspace, m_recent, this)),
      m_analysis(new AnalysisController(m_workspace, m_store, this, std::move(analysis))),
      m_writer(new JobRunner(this)),
      m_systemTheme(new SystemTheme(this)),
      m_finder(new ModelFinder(this)),
      m_actions((loadResources(), std::make_unique<WindowActions>(this))) {
    auto* drops = new DropTarget(this, m_store);
    connect(drops, &DropTarget::dropped, this, &MainWindow::follow);
    connect(drops, &DropTarget::refused, this, &MainWindow::showError);
    new RunAnnouncer(m_analysis, this, this);
    buildCentre();
    connectActions();
    connectOptions();
    connectComparison();
    connectViews();
    connectFigures();
    connectJobs();
    restoreState();
    showSession(0);
    m_store->dropDeadEntries();
}

// Before anything else goes: the threads must not deliver into a window that is half gone.
MainWindow::~MainWindow() {
    delete m_runDialog;
    delete m_writer;
    delete m_analysis;
    delete m_store;
}

void MainWindow::buildCentre() {
    auto* centre = new QWidget(this);
    m_messages = new MessageBar(centre);
    m_controls = new ControlBar(m_options, {m_actions->openModel, m_actions->openCorpus, m_actions->run}, centre);
    m_splitter = new LineSplitter(Qt::Horizontal, centre);
    m_splitter->setObjectName(u"windowSplitter"_s);
    m_sessionPanel = new QWidget(m_splitter);
    m_sessions = new SessionList(m_workspace, m_sessionPanel);
    m_pages = new QStackedWidget(m_splitter);
    m_start = new StartPage(m_recent, m_finder,
                            {m_actions->openModel, m_actions->openCorpus, m_actions->openSession, m_actions->example},
                            m_pages);
    m_sessionView = new SessionView(m_options, m_selection, m_pair, m_pages);
    m_intervals = new IntervalStore(this);
    m_sessionView->charts()->setIntervals(m_intervals);
    m_pages->addWidget(m_start);
    m_pages->addWidget(m_sessionView);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setSizes({26 * spacingUnit, 152 * spacingUnit});
    m_sessionPanel->setBackgroundRole(QPalette::Base);
    m_sessionPanel->setAutoFillBackground(true);
    auto* heading = makeHeading(u"Sessions"_s, m_sessionPanel);
    heading->setContentsMargins(2 * spacingUnit, spacingUnit, 0, 0);
    auto* list = new QVBoxLayout(m_sessionPanel);
    list->setContentsMargins({});
    list->setSpacing(spacingUnit / 2);
    list->addWidget(heading);
    list->addWidget(m_sessions, 1);
    m_finding = new FindingBar(centre);
    m_job = new JobBar(m_analysis->queue(), centre);

    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_controls);
    layout->addWidget(makeSeparator(Qt::Horizontal, centre));
    layout->addWidget(m_messages);
    layout->addWidget(m_splitter, 1);
    layout->addWidget(makeSeparator(Qt::Horizontal, centre));
    layout->addWidget(m_finding);
    layout->addWidget(m_job);
    setCentralWidget(centre);
    m_activity = new ActivityBar(m_pages);
}

void MainWindow::connectActions() {
    const auto on = [this](QAction* action, auto what) { connect(action, &QAction::triggered, this, what); };
    connectFileActions();
    on(m_actions->copyFinding, [this] { m_finding->copy(); });
    on(m_actions->findHead, [this] { m_controls->startFinding(); });
    on(m_actions->pinHead, [this] { m_selection->togglePin(*m_selection->current()); });
    on(m_actions->unpinHead, [this] { m_selection->unpin(); });
    on(m_actions->nextSession, [this] { stepSession(1); });
    on(m_actions->previousSession, [this] { stepSession(-1); });
    on(m_actions->run, [this] { openRunDialog({}, {}); });
    on(m_actions->resume, [this] { resumeSession(m_shown); });
    on(m_actions->cancel, [this] { m_analysis->cancel(); });
    on(m_actions->example, [this] { m_store->openExample(); });
    auto* help = new GuideHelp(this);
    on(m_actions->guide, [help] { help->showFor(QApplication::focusWidget()); });
    on(m_actions->tour, [help] { help->show(u"tour.html"_s); });
    on(m_actions->definitions, [help] { help->show(u"definitions.html"_s); });
    on(m_actions->shortcuts, [this] { makeShortcutsDialog(*menuBar(), this)->show(); });
    on(m_actions->about, [this] { makeAboutDialog(this)->open(); });
    connect(m_actions->recentMenu, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
    m_actions->example->setEnabled(SessionStore::hasExample());
}

void MainWindow::connectOptions() {
    for (int page = 0; page < m_sessionView->pageCount(); ++page)
        m_actions->addPage(page, m_sessionView->pageTitle(page), m_sessionView->pageTooltip(page));
    m_actions->viewMenu->addSeparator();
    m_actions->viewMenu->addAction(m_sessionView->detail()->enlargeAction());
    connect(m_actions->pages, &QActionGroup::triggered, this, [this](QAction* action) {
        m_sessionView->showPage(action->data().toInt());
        m_sessionView->focusPage();
    });
    connect(m_sessionView, &SessionView::pageChanged, this, &MainWindow::refreshActions);
    connect(m_actions->measures, &QActionGroup::triggered, this, [this](QAction* action) {
        MeasureChoice measure = parseMeasure(action->data().toString().toStdString());
        if (!measure.measure->usesThreshold)
            measure.threshold = m_options->measure().threshold;
        m_options->setMeasure(measure);
    });
    connect(m_actions->fields, &QActionGroup::triggered, this,
            [this](QAction* action) { m_options->setField(Variant(action->data().toInt())); });
    connect(m_actions->quantities, &QActionGroup::triggered, this,
            [this](QAction* action) { m_options->setQuantity(ScreeQuantity(action->data().toInt())); });
    connect(m_actions->logarithmic, &QAction::toggled, m_options, &ViewOptions::setLogarithmic);
    addChartSettings(m_actions->chartMenu, m_options);
    connect(m_actions->themes, &QActionGroup::triggered, this, [this](QAction* action) {
        QSettings().setValue(u"theme"_s, action->data());
        applyChosenTheme();
    });
    connect(m_systemTheme, &SystemTheme::changed, this, &MainWindow::applyChosenTheme);
    connect(m_sessionView->gridModel(), &HeadGridModel::changed, this, &MainWindow::refreshFinding);
    connect(m_intervals, &IntervalStore::ready, this, &MainWindow::refreshFinding);
    connect(m_intervals, &IntervalStore::ready, m_sessionView, &SessionView::refill);
    connect(m_options, &ViewOptions::changed, this, &MainWindow::fillFieldMenu);
    connect(m_options, &ViewOptions::changed, this, &MainWindow::refreshActions);
    connect(m_selection, &Selection::changed, this, &MainWindow::refreshActions);
}

void MainWindow::connectViews() {
    connect(m_sessions, &SessionList::chosen, this, &MainWindow::showSession);
    connect(m_sessions, &SessionList::closeRequested, this, &MainWindow::closeSession);
    connect(m_sessions, &SessionList::saveRequested, this, &MainWindow::saveSessionAs);
    connect(m_sessions, &SessionList::resumeRequested, this, &MainWindow::resumeSession);
    connect(m_sessions, &SessionList::revealRequested, this, [this](const QString& path) {
        const QFileInfo file(path);
        if (!QDesktopServices::openUrl(QUrl::fromLocalFile(file.isDir() ? path : file.path())))
            showError(u"%1: file manager: expected one to show the folder, found none"_s.arg(path));
    });
    connect(m_workspace, &QAbstractItemModel::dataChanged, this, &MainWindow::refreshSession);
    m_sessionView->gridMenus()->addTo(m_actions->viewMenu, m_actions->quantityMenu->menuAction());
    connect(m_controls, &ControlBar::headFound, this, [this](HeadRef head) {
        m_selection->setCurrent(head);
        m_sessionView->grid()->setFocus(Qt::ShortcutFocusReason);
    });
    connect(m_controls, &ControlBar::findAbandoned, this,
            [this] { m_sessionView->grid()->setFocus(Qt::ShortcutFocusReason); });
    connect(m_sessionView->charts(), &SessionCharts::sweepRequested, this, [this] {
        const SessionPointer session = shownSession();
        const QString model = toQString(session->model.source);
        QStringList corpora{toQString(session->corpus.source)};
        if (!session->corpus.files.empty())
            corpora.clear();
        for (const CorpusFile& file : session->corpus.files)
            corpora << toQString(file.source);
        corpora.removeIf([](const QString& path) { return !QFileInfo::exists(path); });
        openRunDialog(QFileInfo::exists(model) ? model : QString(), corpusOfPaths(corpora));
    });
    connect(m_start, &StartPage::sessionChosen, this, &MainWindow::openPath);
    connect(m_start, &StartPage::modelChosen, this, &MainWindow::openPath);
}

void MainWindow::connectJobs() {
    connect(m_store, &SessionStore::opened, this, [this](int id) {
        m_messages->hide();
        m_sessions->select(id);
    });
    connect(m_store, &SessionStore::started, m_activity, &ActivityBar::start);
    connect(m_store, &SessionStore::failed, this, &MainWindow::showError);
    connect(m_store, &SessionStore::idle, this, [this] {
        m_activity->finish();
        if (m_closing)
            close();
    });
    connect(m_analysis, &AnalysisController::started, this, [this](int id, const QString& title) {
        m_job->start(title);
        if (!shownSession())  // one that is being looked at stays
            m_sessions->select(id);
        refreshActions();
    });
    connect(m_analysis, &AnalysisController::progressed, this, [this](const Progress& progress) {
        m_job->setProgress(progress);
        m_progress = u"(%1 %) "_s.arg(progress.permille / 10);
        refreshTitle();
    });
    const auto finish = [this](const QString& summary) {
        m_job->finish(summary);
        m_progress.clear();
        refreshTitle();
        refreshActions();
    };
    connect(m_analysis, &AnalysisController::finished, this,
            [finish](int, const QString& summary) { finish(summary); });
    connect(m_analysis, &AnalysisController::cancelled, this, finish);
    connect(m_analysis, &AnalysisController::failed, this, [this, finish](const QString& line) {
        finish({});
        showError(line);
    });
    connect(m_job, &JobBar::cancelRequested, m_analysis, &AnalysisController::cancel);
    connect(m_job, &JobBar::cancelAllRequested, m_analysis, &AnalysisController::cancelAll);
}

SessionPointer MainWindow::shownSession() const {
    const SessionEntry* entry = m_workspace->find(m_shown);
    return entry ? entry->session : nullptr;
}

void MainWindow::showSession(int id) {
    m_shown = id;
    m_pair->setA(id);
    m_selection->setHovered({});
    refreshSession();
}

void MainWindow::refreshSession() {
    const SessionPointer session = shownSession();
    if (session == m_sessionView->session() && session)
        return refreshActions();
    m_sessionView->setSession(session);
    m_controls->setSession(session);
    const bool first = session && m_pages->currentWidget() != m_sessionView;
    m_pages->setCurrentWidget(session ? static_cast<QWidget*>(m_sessionView) : m_start);
    if (first)  // the focus goes with the start page, and would fall on whatever comes next
        m_sessionView->focusPage();
    m_sessionPanel->setVisible(session != nullptr);
    m_finding->setVisible(session != nullptr);
    refreshTitle();
    refreshFinding();
    fillFieldMenu();
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
    const GridChoice choice = m_sessionView->gridModel()->choice();
    m_intervals->setPartner(partner);
    const IntervalsPointer intervals = m_intervals->find(session, choice);
    m_finding->setFinding(
        makeFinding(*session, choice, m_sessionView->gridModel()->grid(), partner.get(), intervals.get()));
}

SessionPointer MainWindow::controlPartner() const {
    const SessionPointer session = shownSession(), other = m_pair->sessionB();
    const bool related = session && other && (isControlOf(*other, *session) || isControlOf(*session, *other));
    return related ? other : nullptr;
}

void MainWindow::fillFieldMenu() {
    const SessionPointer session = shownSession();
    const std::vector<Variant> fields =
        session ? fieldVariants(*session, m_options->headsFor(*session)) : std::vector<Variant>();
    m_actions->fieldMenu->setEnabled(!fields.empty());
    if (fields.size() == std::size_t(m_actions->fields->actions().size()) &&
        std::equal(fields.begin(), fields.end(), m_actions->fields->actions().begin(),
                   [](Variant variant, const QAction* action) { return action->data().toInt() == int(variant); }))
        return;
    m_actions->fieldMenu->clear();
    for (const Variant variant : fields) {
        QAction* action = m_actions->fieldMenu->addAction(variantName(variant));
        action->setCheckable(true);
        action->setData(int(variant));
        action->setToolTip(variantTooltip(variant));
        action->setActionGroup(m_actions->fields);
    }
}

void MainWindow::refreshActions() {
    const SessionPointer session = shownSession();
    const bool some = session && session->finishedLayers() > 0;
    for (QAction* action : {m_actions->saveSession, m_actions->exportFigure, m_actions->exportTable,
                            m_actions->copyFinding, m_actions->copyFigure, m_actions->copyCaption})
        action->setEnabled(some);
    for (QAction* action : {m_actions->closeSession, m_actions->findHead})
        action->setEnabled(session != nullptr);
    m_actions->pinHead->setEnabled(session && m_selection->current());
    m_actions->unpinHead->setEnabled(!m_selection->pinned().empty());
    m_actions->cancel->setEnabled(m_analysis->running());
    const SessionEntry* entry = m_workspace->find(m_shown);
    m_actions->resume->setEnabled(entry && mayResume(*entry));
    refreshComparison();
    const bool several = m_workspace->ids().size() > 1;
    m_actions->nextSession->setEnabled(several);
    m_actions->previousSession->setEnabled(several);
    m_actions->pages->setEnabled(session != nullptr);
    for (QAction* action : m_actions->pages->actions())
        action->setChecked(action->data().toInt() == m_sessionView->currentPage());
    const QString measure = toQString(m_options->measure().id());
    for (QAction* action : m_actions->measures->actions())
        action->setChecked(action->data().toString() == measure);
    for (QAction* action : m_actions->fields->actions())
        action->setChecked(session && action->data().toInt() == int(m_options->fieldFor(*session)));
    for (QAction* action : m_actions->quantities->actions())
        action->setChecked(action->data().toInt() == int(m_options->quantity()));
    m_actions->logarithmic->setChecked(m_options->logarithmic());
    m_actions->logarithmic->setEnabled(m_options->quantity() != ScreeQuantity::cumulative);
}

void MainWindow::showError(const QString& line) {
    m_messages->showMessage(line);
}

void MainWindow::run(const RunRequest& order) {
    m_recent->add(RecentFiles::Kind::model, toQString(pathText(order.request.model)));
    m_messages->hide();
    const bool first = !m_analysis->running();
    m_analysis->add(order);
    if (first && m_analysis->running())
        m_sessions->select(m_analysis->sessionId());
}

}  // namespace rankscope
