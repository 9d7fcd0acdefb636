// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of the main window that makes figures of what it shows: which view is meant, and what is to be seen in it.
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QMimeData>
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "ui/charts/chart_view.h"
#include "ui/export/export_dialog.h"
#include "ui/figures/figure_export.h"
#include "ui/grid/head_grid_view.h"
#include "ui/head/distance_view.h"
#include "ui/head/field_canvas.h"
#include "ui/head/field_view.h"
#include "ui/head/head_detail_view.h"
#include "ui/pages/comparison_view.h"
#include "ui/pages/depth_view.h"
#include "ui/pages/distribution_view.h"
#include "ui/pages/length_view.h"
#include "ui/pages/scree_panel.h"
#include "ui/pages/scree_view.h"
#include "ui/pages/session_charts.h"
#include "ui/pages/session_view.h"
#include "ui/run/job_bar.h"
#include "ui/text/literals.h"
#include "ui/window/main_window.h"
#include "ui/window/window_actions.h"

namespace rankscope {

namespace {

FieldChoice shownField(const FieldView& view) {
    const FieldCanvas& canvas = *view.canvas();
    FieldChoice choice;
    choice.part = view.part();
    choice.rank = view.rank();
    choice.outlineVisibleKeys = canvas.map().dimUnseen;
    choice.strongestCell = canvas.pixelValue() == PixelValue::peak;
    choice.wholeRange = canvas.wholeRange();
    // Queries and keys alike: the smallest stretch of the text that holds all that is visible.
    const QRectF visible = canvas.cells().visible;
    const int tokens = canvas.map().tokens;
    const double first = std::floor(std::min(visible.left(), visible.top())),
                 end = std::ceil(std::max(visible.right(), visible.bottom()));
    if (visible.isValid() && (first > 0 || end < tokens)) {
        choice.firstToken = std::max(0, int(first));
        choice.lastToken = std::min(tokens, int(end));
    }
    return choice;
}

}  // namespace

// In the order in which the menu looks for what is in sight: the pages come before the panels beside them.
void MainWindow::connectFigures() {
    const auto on = [this](QAction* action, void (MainWindow::*what)(const QWidget*)) {
        connect(action, &QAction::triggered, this, [this, what] { (this->*what)(viewInSight()); });
    };
    on(m_actions->exportFigure, &MainWindow::exportFigure);
    on(m_actions->copyFigure, &MainWindow::copyFigure);
    on(m_actions->copyCaption, &MainWindow::copyCaption);
    const SessionView& view = *m_sessionView;
    addFigureActions(view.grid(), FigureKind::grid);
    addFigureActions(view.charts()->depth(), FigureKind::depth);
    addFigureActions(view.charts()->distribution(), FigureKind::distribution);
    addFigureActions(view.charts()->lengths(), FigureKind::length);
    addFigureActions(view.comparison()->grid(), FigureKind::comparison);
    addFigureActions(view.comparison()->plot(), FigureKind::comparison);
    addFigureActions(view.scree()->view(), FigureKind::scree);
    addFigureActions(view.detail()->field()->canvas(), FigureKind::field);
    addFigureActions(view.detail()->distances(), FigureKind::distance);
    connect(view.detail(), &HeadDetailView::enlarged, this, [this](HeadDetailView* large) {
        addFigureActions(large->field()->canvas(), FigureKind::field);
        addFigureActions(large->distances(), FigureKind::distance);
    });
}

// Entries of the view's own menu. The keys stay with the menu bar.
void MainWindow::addFigureActions(QWidget* view, FigureKind kind) {
    m_figureViews.emplace_back(view, kind);
    auto* separator = new QAction(view);
    separator->setSeparator(true);
    view->addAction(separator);
    const auto add = [this, view](const QAction& model, void (MainWindow::*what)(const QWidget*)) {
        auto* action = new QAction(model.text(), view);
        action->setToolTip(model.toolTip());
        connect(action, &QAction::triggered, this, [this, view, what] { (this->*what)(view); });
        view->addAction(action);
    };
    add(*m_actions->exportFigure, &MainWindow::exportFigure);
    add(*m_actions->copyFigure, &MainWindow::copyFigure);
    add(*m_actions->copyCaption, &MainWindow::copyCaption);
}

QWidget* MainWindow::viewInSight() const {
    QWidget* first = nullptr;
    for (const auto& [view, kind] : m_figureViews) {
        if (!view || !view->isVisible() || view->window() != this)
            continue;
        const QWidget* focus = QApplication::focusWidget();
        if (view->hasFocus() || (focus && view->isAncestorOf(focus)))
            return view;
        if (!first)
            first = view;
    }
    return first;
}

FigureRequest MainWindow::shownFigure(const QWidget& view) const {
    const SessionPointer session = shownSession();
    FigureRequest request;
    for (const auto& [known, kind] : m_figureViews)
        if (known == &view)
            request.kind = kind;
    request.grid = m_options->gridChoice(*session);
    if (request.grid.positionShare && hasPositionShare(*session, request.grid.field))
        request.panels.push_back(GridQuantity::positionShare);
    request.colours = m_options->grid()->colours();
    request.order = m_options->grid()->order();
    request.filter = m_options->grid()->filter();
    request.charts = m_options->charts();
    request.scree = m_options->screeChoice(*session, m_selection->shown());
    if ((request.kind == FigureKind::field || request.kind == FigureKind::distance) &&
        m_selection->current())  // of the selected head
        request.scree.heads = {*m_selection->current()};
    for (const HeadRef head : request.scree.heads)
        request.scree.pins.push_back(m_selection->pinNumber(head));
    if (const auto* chart = qobject_cast<const ChartView*>(&view))
        request.visible = chart->visiblePart();
    const ComparisonView& comparison = *m_sessionView->comparison();
    request.comparison = ComparisonContent(int(comparison.page()));
    request.compared = comparison.quantity();
    request.others = m_pair->sessions();
    if (!request.others.empty())
        request.others.erase(request.others.begin());
    const auto* field = m_sessionView->detail()->field();
    for (const QWidget* parent = &view; parent; parent = parent->parentWidget())
        if (const auto* other = qobject_cast<const FieldView*>(parent))
            field = other;
    request.field = shownField(*field);
    return request;
}

void MainWindow::exportFigure(const QWidget* view) {
    if (!view)
        return;
    auto* dialog = new ExportDialog(shownSession(), shownFigure(*view), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const auto pathOf = [this](int id) {
        const SessionEntry* entry = m_workspace->find(id);
        return entry && entry->saved ? entry->path : QString();
    };
    QStringList others;
    for (const int id : m_pair->ids())
        if (id != m_shown)
            others << pathOf(id);
    dialog->setPaths(pathOf(m_shown), others);
    connect(dialog, &ExportDialog::written, this,
            [this](const QString& path) { announce(u"Figure written to %1"_s.arg(path)); });
    dialog->open();
}

void MainWindow::copyFigure(const QWidget* view) {
    if (!view)
        return;
    FigureRequest request = shownFigure(*view);
    recallPaper(request);
    try {
        QGuiApplication::clipboard()->setMimeData(figureMimeData(*shownSession(), request));
        announce(u"Figure copied as PDF, SVG and PNG"_s);
    } catch (const Error& error) {
        showError(QString::fromUtf8(error.what()));
    }
}

void MainWindow::copyCaption(const QWidget* view) {
    if (!view)
        return;
    FigureRequest request = shownFigure(*view);
    recallPaper(request);
    const QString problem = figureProblem(*shownSession(), request);
    if (!problem.isEmpty())
        return showError(problem);
    QGuiApplication::clipboard()->setText(figureCaption(*shownSession(), request));
    announce(u"Caption copied"_s);
}

void MainWindow::announce(const QString& line) {
    if (!m_analysis->running())
        m_job->finish(line);
}

}  // namespace rankscope
