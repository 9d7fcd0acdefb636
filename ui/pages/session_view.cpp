// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/session_view.h"

#include <QAction>
#include <QApplication>

#include "ui/charts/chart_menu.h"
#include "ui/charts/chart_view.h"
#include "ui/grid/grid_menus.h"
#include "ui/grid/head_grid_view.h"
#include "ui/head/head_detail_view.h"
#include "ui/pages/chart_views.h"
#include "ui/text/literals.h"
#include "ui/viewmodels/cell_text.h"
#include "ui/widgets/layouts.h"
#include "ui/widgets/theme.h"

namespace rankscope {

SessionView::SessionView(ViewOptions* options, Selection* selection, ComparisonPair* pair, QWidget* parent)
    : LineSplitter(Qt::Horizontal, parent),
      m_options(options),
      m_selection(selection),
      m_gridModel(new HeadGridModel(options, this)),
      m_grid(new HeadGridView(selection, m_centre)),
      m_gridMenus(new GridMenus(options, m_gridModel, m_grid)),
      m_depth(new DepthView),
      m_distribution(new DistributionView),
      m_lengths(new LengthView),
      m_chartPages{chartPage(m_depth, ChartPart::depth), chartPage(m_distribution, ChartPart::distribution),
                   chartPage(m_lengths, ChartPart::lengths)},
      m_comparison(new ComparisonView(pair, options, selection, m_centre)),
      m_causal(new CausalView(options, selection, m_centre)),
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
    m_pages = makePages();
    for (const SessionPage& page : m_pages) {
        m_centre->addWidget(page.widget);
        m_tabs->addTab(page.title, page.tip);
    }
    connect(m_tabs, &TextTabs::chosen, this, [this](int index) {
        showPage(index);
        if (!m_tabs->isAncestorOf(QApplication::focusWidget()))  // else arrows lead from tab to tab
            focusPage();
    });
    connect(pair, &ComparisonPair::changed, this, [this] {
        m_pages[std::size_t(comparisonPage())].stale = true;
        fillCurrentPage();
    });
    connect(options, &ViewOptions::changed, this, [this] {
        if (m_shownRevision != m_options->revision())  // else the grid has changed with it, and all is shown
            refresh();
    });
    connect(m_gridModel, &HeadGridModel::changed, this, &SessionView::showGrid);
    connect(m_intervals, &IntervalStore::ready, this, &SessionView::refill);
    connect(m_grid, &HeadGridView::fieldRequested, this, [this](HeadRef head) {
        m_selection->setCurrent(head);
        m_detail->showTab(HeadDetailView::fieldTab);
    });
    connect(m_lengths, &ChartView::hintActionRequested, this, &SessionView::sweepRequested);
    connect(m_causal, &CausalView::checkRequested, this, &SessionView::causalCheckRequested);
    connect(selection, &Selection::changed, this, &SessionView::markHeads);
    connect(selection, &Selection::hoverChanged, this, &SessionView::markHeads);
    connect(selection, &Selection::changed, this, &SessionView::followSelection);
}

QWidget* SessionView::buildCentre() {
    auto* centre = new QWidget(this);
    centre->setBackgroundRole(QPalette::Base);
    centre->setAutoFillBackground(true);
    m_tabs->setAccessibleName(u"Views"_s);
    m_tabs->layout()->setSpacing(spacingUnit / 2);  // six of them fit a window of 1024 pixels
    auto* header =
        row(nullptr, {m_tabs, spring()}, -1, {2 * spacingUnit - spacingUnit / 2, spacingUnit, spacingUnit, 0});
    column(centre, {header, {m_centre, 1}}, 0);
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
    column(page, {filter, {m_grid, 1}}, 0);
    return page;
}

// The chart below its settings.
QWidget* SessionView::chartPage(ChartView* chart, ChartPart part) {
    auto* page = new QWidget(m_centre);
    column(page, {makeChartControls(m_options, part, page), {chart, 1}}, spacingUnit / 2,
           {2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit});
    chart->linkTo(m_selection);
    return page;
}

std::vector<SessionPage> SessionView::makePages() {
    return {
        // The grid is always filled.
        {u"Overview"_s, u"Every head of every layer"_s, buildOverview(), [] {}, {{m_grid, FigureKind::grid}}},
        {u"By depth"_s,
         u"Every head, the median and the quartiles of each layer"_s,
         m_chartPages[0],
         [this] { fillDepth(); },
         {{m_depth, FigureKind::depth}}},
        {u"Distribution"_s,
         u"How heads are distributed over the values"_s,
         m_chartPages[1],
         [this] { fillDistribution(); },
         {{m_distribution, FigureKind::distribution}}},
        {u"Context length"_s,
         u"Effective rank against the length of the window"_s,
         m_chartPages[2],
         [this] { fillLengths(); },
         {{m_lengths, FigureKind::length}}},
        {u"Compare"_s,
         u"This session beside another, head by head and as a whole"_s,
         m_comparison,
         [this] { m_comparison->fill(); },
         {{m_comparison->grid(), FigureKind::comparison}, {m_comparison->plot(), FigureKind::comparison}}},
        {u"Causal"_s,
         u"What the next token costs when heads keep fewer directions of their keys"_s,
         m_causal,
         [this] { m_causal->setSession(m_session); },
         {{m_causal->curves(), FigureKind::causal}, {m_causal->ranks(), FigureKind::causalRank}}},
    };
}

FigureViews SessionView::figureViews() const {
    FigureViews views;
    for (const SessionPage& page : m_pages)
        views.insert(views.end(), page.figures.begin(), page.figures.end());
    views.emplace_back(m_scree->view(), FigureKind::scree);
    return views;
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
    SessionPage& page = m_pages[std::size_t(currentPage())];
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
    for (SessionPage& page : m_pages)
        page.stale = true;
    fillCurrentPage();
}

// REQUIRES a session.
OverHeadsChoice SessionView::overHeads() const {
    const GridChoice choice = m_options->gridChoice(*m_session);
    const IntervalsPointer intervals = m_intervals->find(m_session, choice);
    return overHeadsChoice(*m_session, choice, m_options->charts(),
                           intervals ? intervals->layers : std::vector<std::optional<Interval>>());
}

void SessionView::fillDepth() {
    m_depth->setProfile(m_session ? makeDepthProfile(m_grid->grid(), overHeads()) : DepthProfile());
    m_depth->setMarks(m_selection->marked());
}

void SessionView::fillDistribution() {
    m_distribution->setDistribution(
        m_session ? makeHeadDistribution(m_grid->grid(), overHeads(), m_options->charts().form) : HeadDistribution());
    m_distribution->setMarks(m_selection->marked());
}

void SessionView::fillLengths() {
    if (!m_session)
        return m_lengths->setProfile({});
    const GridChoice choice = m_options->gridChoice(*m_session);
    const IntervalsPointer intervals = m_intervals->find(m_session, choice);
    m_lengths->setProfile(makeLengthProfile(*m_session, choice, m_options->charts(),
                                            intervals ? intervals->lengths : std::vector<std::optional<Interval>>()));
    showLengthHeads();
}

void SessionView::showLengthHeads() {
    if (m_session && m_lengths->profile().swept())
        m_lengths->setHeads(lengthHeadCurves(*m_session, m_options->gridChoice(*m_session), m_selection->marked()));
}

void SessionView::markHeads() {
    if (m_depth->isVisible())
        m_depth->setMarks(m_selection->marked());
    if (m_distribution->isVisible())
        m_distribution->setMarks(m_selection->marked());
    if (m_lengths->isVisible())
        showLengthHeads();
    if (m_causal->isVisible())
        m_causal->markHeads();
}

void SessionView::followSelection() {
    m_detail->setHead(m_session, m_selection->current(), m_session ? m_options->gridChoice(*m_session) : GridChoice());
}

}  // namespace rankscope
