// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of the main window that compares sessions: the Compare menu and what it does.
#include <QActionGroup>
#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>

#include "core/reports/comparison_table.h"
#include "core/storage/atomic_file.h"
#include "ui/pages/comparison_view.h"
#include "ui/pages/session_view.h"
#include "ui/run/job_bar.h"
#include "ui/text/file_name.h"
#include "ui/text/text.h"
#include "ui/widgets/file_dialogs.h"
#include "ui/window/main_window.h"
#include "ui/window/session_list.h"
#include "ui/window/window_actions.h"

namespace rankscope {

void MainWindow::connectComparison() {
    ComparisonView* view = m_sessionView->comparison();
    view->setOffers({m_actions->openSession, m_actions->run});
    const auto show = [this] {
        m_sessionView->showPage(m_sessionView->comparisonPage());
        m_sessionView->focusPage();
    };
    const auto on = [this](QAction* action, auto what) { connect(action, &QAction::triggered, this, what); };
    on(m_actions->compareWith, [view, show] {
        show();
        view->chooseB();
    });
    on(m_actions->swapCompared, [view] { view->swap(); });
    on(m_actions->copyComparison, [view] { QGuiApplication::clipboard()->setText(view->text().plain); });
    on(m_actions->saveComparison, [this] { saveComparison(); });
    connect(m_actions->comparisonPages, &QActionGroup::triggered, this, [view, show](QAction* action) {
        view->setPage(ComparisonPage(action->data().toInt()));
        show();
    });
    connect(m_actions->comparedMatrices, &QActionGroup::triggered, this, [view, show](QAction* action) {
        view->setQuantity(GridQuantity(action->data().toInt()));
        show();
    });
    connect(m_sessions, &SessionList::compareRequested, this, [this, show](int id) {
        m_pair->setB(id);
        show();
    });
    connect(view, &ComparisonView::aRequested, this, [this](int id) { m_sessions->select(id); });
    connect(view, &ComparisonView::changed, this, &MainWindow::refreshComparison);
    connect(m_pair, &ComparisonPair::changed, this, &MainWindow::refreshComparison);
    connect(m_pair, &ComparisonPair::changed, this, &MainWindow::refreshFinding);
}

void MainWindow::refreshComparison() {
    const ComparisonView* view = m_sessionView->comparison();
    const bool possible = m_pair->complete();
    for (QAction* action : {m_actions->compareWith, m_actions->swapCompared, m_actions->saveComparison})
        action->setEnabled(possible);
    m_actions->copyComparison->setEnabled(possible && !view->text().plain.isEmpty());
    m_actions->comparisonPages->setEnabled(possible);
    m_actions->comparedMatrices->setEnabled(possible);
    for (QAction* action : m_actions->comparisonPages->actions())
        action->setChecked(action->data().toInt() == int(view->page()));
    for (QAction* action : m_actions->comparedMatrices->actions())
        action->setChecked(action->data().toInt() == int(view->quantity()));
}

void MainWindow::saveComparison() {
    const SessionPointer a = m_pair->sessionA(), b = m_pair->sessionB();
    const std::vector<QString> names = sessionNames({a, b});
    const QString suggestion = cleanFileName(u"%1-%2.csv"_s.arg(names[0], names[1]));
    askWhereToSave(this, u"Save differences as"_s, u"Tables (*.csv)"_s, suggestion,
                   [this, a, b, measure = m_options->measure()](const QString& path) {
                       m_writer->compute<bool>(
                           [=](const JobContext&) {
                               const std::string csv = csvText(makeComparisonTable(*a, *b, std::span(&measure, 1)));
                               writeFileAtomically(path.toStdString(), std::as_bytes(std::span(csv)));
                               return true;
                           },
                           [this, path](bool) { announce(u"Differences written to %1"_s.arg(path)); },
                           [this](const QString& line) { showError(line); });
                   });
}

}  // namespace rankscope
