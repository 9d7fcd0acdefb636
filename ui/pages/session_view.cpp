// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/session_view.h"

#include <QAction>
#include <QApplication>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/charts/chart_view.h"
#include "ui/grid/grid_filter_bar.h"
#include "ui/grid/grid_menus.h"
#include "ui/grid/head_grid_view.h"
#include "ui/head/head_detail_view.h"
#include "ui/pages/comparison_view.h"
#include "ui/pages/scree_panel.h"
#include "ui/pages/session_charts.h"
#include "ui/text/literals.h"
#include "ui/viewmodels/cell_text.h"
#include "ui/widgets/text_tabs.h"
#include "ui/widgets/theme.h"

namespace rankscope {

SessionView::SessionView(ViewOptions* options, Selection* selection, ComparisonPair* pair, QWidget* parent)
    : LineSplitter(Qt::Horizontal, parent),
      m_options(options),
      m_selection(selection),
      m_tabs(new TextTabs(this)),
      m_centre(new QStackedWidget(this)),
      m_gridModel(new HeadGridModel(options, this)),
      m_grid(new HeadGridView(selection, m_centre)),
      m_gridMenus(new GridMenus(options, m_gridModel, m_grid)),
      m_charts(new SessionCharts(options, selection, m_centre)),
      m_comparison(new ComparisonView(pair, options, selection, m_centre)),
      m_side(new LineSplitter(Qt::Vertical, this)),
      m_scree(new ScreePanel(options, selection, m_side)),
      m_detail(new HeadDetailView(m_side)) {
    setObjectName(u"sessionSplitter"_s);
    m_side->setObjectName(u"sideSplitter"_s);
    insertWidget(0, buildCentre());
    m_side->setBackgroundRole(QPalette::Base);
    m_side->setAutoFillBackground(true);
    setStretchFactor(0, 3);
    setStretchFactor(1, 2);
    setSizes({100 * spacingUnit, 54 * spacingUnit});
    m_side->setStretchFactor(0, 1);
    m_side->setStretchFactor(1, 1);
    m_side->setSizes({50 * spacingUnit, 50 * spacingUnit});
    addPages();
    connect(m_tabs, &TextTabs::chosen, this, [this](int index) {
        showPage(index);
        if (!m_tabs->isAncestorOf(QApplication::focusWidget()))  // else arrows lead from tab to tab
            focusPage();
    });
    connect(pair, &ComparisonPair::changed, this, [this] {
        m_pages[std::size_t(m_comparisonPage)].stale = true;
        fillCurrentPage();
    });
    connect(options, &ViewOptions::changed, this, [this] {
        if (m_shownRevision != m_options->revision())  // else the grid has changed with it, and all is shown
            refresh();
    });
    connect(m_gridModel, &HeadGridModel::changed, this, &SessionView::showGrid);
    connect(m_grid, &HeadGridView::fieldRequested, this, [this](HeadRef head) {
        m_selection->setCurrent(head);
        m_detail->showTab(HeadDetailView::fieldTab);
    });
    connect(selection, &Selection::changed, this, &SessionView::followSelection);
}

QWidget* SessionView::buildCentre() {
    auto* centre = new QWidget(this);
    centre->setBackgroundRole(QPalette::Base);
    centre->setAutoFillBackground(true);
    m_tabs->setAccessibleName(u"Views"_s);
    auto* header = new QHBoxLayout;
    header->setContentsMargins(2 * spacingUnit - spacingUnit / 2, spacingUnit, spacingUnit, 0);
    header->addWidget(m_tabs);
    header->addStretch(1);
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(header);
    layout->addWidget(m_centre, 1);
    return centre;
}

QWidget* SessionView::buildOverview() {
    m_grid->setOptions(m_options->grid());
    m_grid->setTooltips(
        [this](HeadRef cell, GridQuantity quantity) {
            return cellText(*m_session, m_gridModel->choice(), cell, quantity);
        },
        [this](GridQuantity quantity) { return panelText(*m_session, m_gridModel->choice(), quantity); });
    m_grid->setMenuFiller([this](QMenu* menu) { m_gridMenus->addTo(menu); });
    auto* page = new QWidget;
    auto* filter = new GridFilterBar(m_options->grid(), m_gridModel, page);
    connect(m_gridMenus->filter(), &QAction::triggered, this, [this, filter] {
        showPage(0);
        filter->open();
    });
    connect(filter, &GridFilterBar::closed, m_grid, [this] { m_grid->setFocus(Qt::ShortcutFocusReason); });
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(filter);
    layout->addWidget(m_grid, 1);
    return page;
}

void SessionView::addPages() {
    // The grid is always filled.
    addPage(u"Overview"_s, buildOverview(), u"Every head of every layer"_s, [] {});
    addPage(u"By depth"_s, m_charts->depthPage(), u"Every head, the median and the quartiles of each layer"_s,
            [this] { m_charts->fillDepth(m_session, m_grid->grid()); });
    addPage(u"Distribution"_s, m_charts->distributionPage(), u"How heads are distributed over the values"_s,
            [this] { m_charts->fillDistribution(m_session, m_grid->grid()); });
    addPage(u"Context length"_s, m_charts->lengthPage(), u"Effective rank against the length of the window"_s,
            [this] { m_charts->fillLengths(m_session); });
    m_comparisonPage =
        addPage(u"Compare"_s, m_comparison, u"This session beside another, head by head and as a whole"_s,
                [this] { m_comparison->fill(); });
}

int SessionView::addPage(const QString& title, QWidget* page, const QString& tooltip, std::function<void()> fill) {
    m_centre->addWidget(page);
    m_tabs->addTab(title, tooltip);
    m_pages.push_back({title, tooltip, std::move(fill)});
    return pageCount() - 1;
}

int SessionView::currentPage() const {
    return m_centre->currentIndex();
}

void SessionView::showPage(int index) {
    if (index < 0 || index >= pageCount() || index == currentPage())
        return;
    m_tabs->setCurrent(index);
    m_selection->setHovered({});
    m_centre->setCurrentIndex(index);
    fillCurrentPage();
    Q_EMIT pageChanged(index);
}

void SessionView::focusPage() {
    const QWidget* page = m_centre->currentWidget();
    QWidget* first = nullptr;
    for (QWidget* widget : page->findChildren<QWidget*>()) {
        if (!widget->isVisibleTo(page) || !widget->isEnabled() || !(widget->focusPolicy() & Qt::TabFocus))
            continue;
        if (qobject_cast<HeadGridView*>(widget) || qobject_cast<ChartView*>(widget))
            return widget->setFocus(Qt::OtherFocusReason);
        if (!first)
            first = widget;
    }
    if (first)
        first->setFocus(Qt::OtherFocusReason);
}

void SessionView::fillCurrentPage() {
    Page& page = m_pages[std::size_t(currentPage())];
    if (!std::exchange(page.stale, false))
        return;
    page.fill();
    followSelection();
}

void SessionView::setSession(SessionPointer session) {
    m_session = std::move(session);
    if (m_session)
        m_selection->restrictTo(m_session->model.layers, m_session->model.heads);
    m_scree->setSession(m_session);
    m_gridModel->setSession(m_session);
    refresh();
}

void SessionView::showGrid() {
    m_grid->setGrid(m_gridModel->grid());
    refresh();
}

void SessionView::refresh() {
    m_shownRevision = m_options->revision();
    refill();
}

void SessionView::refill() {
    for (Page& page : m_pages)
        page.stale = true;
    fillCurrentPage();
}

void SessionView::followSelection() {
    m_detail->setHead(m_session, m_selection->current(), m_session ? m_options->gridChoice(*m_session) : GridChoice());
}

}  // namespace rankscope
