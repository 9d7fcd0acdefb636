// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One session on screen: pages in the middle (the grid, the depth chart, …), the scree curves and the head panel beside
// them, all following one selection. GUI thread.
#pragma once

#include <QStackedWidget>
#include <array>
#include <functional>
#include <vector>

#include "ui/figures/figure_request.h"
#include "ui/jobs/interval_store.h"
#include "ui/pages/causal_view.h"
#include "ui/pages/chart_views.h"
#include "ui/pages/comparison_view.h"
#include "ui/plots/depth_profile.h"
#include "ui/widgets/line_splitter.h"

namespace rankscope {

class DepthView;
class DistributionView;
class GridMenus;
class HeadDetailView;
class HeadGridModel;
class HeadGridView;
class LengthView;

using FigureViews = std::vector<std::pair<QWidget*, FigureKind>>;  // views, and the figures that they are

// A page of the middle: a row of SessionView::makePages(). Its chapter of the guide is in the table of guide.cpp.
struct SessionPage {
    QString title, tip;
    QWidget* widget;
    std::function<void()> fill;  // with what session and options say; called once the page is in sight
    FigureViews figures;         // in it
    bool stale = true;           // session or options have changed since it was filled
};

class SessionView : public LineSplitter {
    Q_OBJECT
public:
    SessionView(ViewOptions* options, Selection* selection, ComparisonPair* pair, QWidget* parent = nullptr);
    void setSession(SessionPointer session);
    const SessionPointer& session() const { return m_session; }
    HeadGridView* grid() const { return m_grid; }
    DepthView* depth() const { return m_depth; }
    ScreePanel* scree() const { return m_scree; }
    HeadGridModel* gridModel() const { return m_gridModel; }
    GridMenus* gridMenus() const { return m_gridMenus; }
    ComparisonView* comparison() const { return m_comparison; }
    CausalView* causal() const { return m_causal; }
    HeadDetailView* detail() const { return m_detail; }
    IntervalStore* intervals() const { return m_intervals; }
    QSplitter* side() const { return m_side; }

    int pageCount() const { return int(m_pages.size()); }
    QString pageTitle(int index) const { return m_pages.at(std::size_t(index)).title; }
    QString pageTooltip(int index) const { return m_pages.at(std::size_t(index)).tip; }
    int currentPage() const { return m_centre->currentIndex(); }
    int comparisonPage() const { return m_centre->indexOf(m_comparison); }
    void showPage(int index);
    void focusPage();  // for keys to mean what the page shows

    // All that can be figures: the pages come before the panels beside them.
    FigureViews figureViews() const;

Q_SIGNALS:
    void pageChanged(int index);
    void sweepRequested();
    void causalCheckRequested();

private:
    QWidget* buildCentre();
    QWidget* buildOverview();
    QWidget* chartPage(ChartView* chart, ChartPart part);
    std::vector<SessionPage> makePages();
    OverHeadsChoice overHeads() const;
    void fillDepth();
    void fillDistribution();
    void fillLengths();
    void showLengthHeads();
    void showGrid();
    void refresh();
    void refill();
    void fillCurrentPage();
    void markHeads();
    void followSelection();

    ViewOptions* m_options;
    Selection* m_selection;
    SessionPointer m_session;
    IntervalStore* m_intervals = new IntervalStore(this);
    int m_shownRevision = -1;  // of the options

    // Tab goes through them in the order in which they are made.
    TextTabs* m_tabs = new TextTabs(this);
    QStackedWidget* m_centre = new QStackedWidget(this);
    HeadGridModel* m_gridModel;
    HeadGridView* m_grid;
    GridMenus* m_gridMenus;
    DepthView* m_depth;
    DistributionView* m_distribution;
    LengthView* m_lengths;
    std::array<QWidget*, 3> m_chartPages;
    ComparisonView* m_comparison;
    CausalView* m_causal;
    QSplitter* m_side = new LineSplitter(Qt::Vertical, this);
    ScreePanel* m_scree;
    HeadDetailView* m_detail;
    std::vector<SessionPage> m_pages;
};

}  // namespace rankscope
