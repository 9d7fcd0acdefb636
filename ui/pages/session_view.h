// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One session on screen: pages in the middle (the grid, the depth chart, …), the scree curves and the head panel beside
// them, all following one selection. GUI thread.
#pragma once

#include <functional>
#include <vector>

#include "ui/plots/view_options.h"
#include "ui/viewmodels/selection.h"
#include "ui/widgets/line_splitter.h"

class QStackedWidget;

namespace rankscope {

class ComparisonPair;
class ComparisonView;
class HeadDetailView;
class GridMenus;
class HeadGridModel;
class HeadGridView;
class ScreePanel;
class SessionCharts;
class TextTabs;

class SessionView : public LineSplitter {
    Q_OBJECT
public:
    SessionView(ViewOptions* options, Selection* selection, ComparisonPair* pair, QWidget* parent = nullptr);
    void setSession(SessionPointer session);
    const SessionPointer& session() const { return m_session; }
    HeadGridView* grid() const { return m_grid; }
    SessionCharts* charts() const { return m_charts; }
    ScreePanel* scree() const { return m_scree; }
    HeadGridModel* gridModel() const { return m_gridModel; }
    GridMenus* gridMenus() const { return m_gridMenus; }
    ComparisonView* comparison() const { return m_comparison; }
    HeadDetailView* detail() const { return m_detail; }
    QSplitter* side() const { return m_side; }

    // A page of the middle, at the end of the row of tabs. `fill` gives it its data: it is called when session or
    // options have changed, but only once the page is in sight. Returns its index.
    int addPage(const QString& title, QWidget* page, const QString& tooltip, std::function<void()> fill);
    int pageCount() const { return int(m_pages.size()); }
    QString pageTitle(int index) const { return m_pages.at(std::size_t(index)).title; }
    QString pageTooltip(int index) const { return m_pages.at(std::size_t(index)).tooltip; }
    int currentPage() const;
    int comparisonPage() const { return m_comparisonPage; }
    void showPage(int index);
    void refill();     // with data that have become known meanwhile
    void focusPage();  // for keys to mean what the page shows

Q_SIGNALS:
    void pageChanged(int index);

private:
    struct Page {
        QString title, tooltip;
        std::function<void()> fill;
        bool stale = true;
    };

    QWidget* buildCentre();
    QWidget* buildOverview();
    void showGrid();
    void addPages();
    void refresh();
    void fillCurrentPage();
    void followSelection();

    ViewOptions* m_options;
    Selection* m_selection;
    SessionPointer m_session;
    TextTabs* m_tabs;
    QStackedWidget* m_centre;
    std::vector<Page> m_pages;
    int m_comparisonPage = 0;
    int m_shownRevision = -1;  // of the options
    HeadGridModel* m_gridModel;
    HeadGridView* m_grid;
    GridMenus* m_gridMenus;
    SessionCharts* m_charts;
    ComparisonView* m_comparison;
    QSplitter* m_side;
    ScreePanel* m_scree;
    HeadDetailView* m_detail;
};

}  // namespace rankscope
