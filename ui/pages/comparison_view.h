// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The page that sets sessions against each other: who is A and who is B, what they say together in words, and the
// difference grid, the curves by depth, the distributions or the spectra of one head. It shares the selection with
// every other view. GUI thread.
#pragma once

#include <QComboBox>
#include <QMenu>
#include <QStackedWidget>
#include <array>

#include "ui/jobs/job_runner.h"
#include "ui/plots/comparison_pair.h"
#include "ui/plots/view_options.h"
#include "ui/viewmodels/selection.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/theme.h"

namespace rankscope {

class ChartView;
class HeadGridView;

enum class ComparisonPage { difference, depth, distribution, head };

// The choices of a comparison, in the order of ComparisonPage and of GridQuantity.
struct ComparisonEntry {
    QString tab, menu, tip;
};
const std::array<ComparisonEntry, 4>& comparisonPages();
const std::array<ComparisonEntry, 3>& comparedMatrices();

class ComparisonView : public QWidget {
    Q_OBJECT
public:
    ComparisonView(ComparisonPair* pair, ViewOptions* options, Selection* selection, QWidget* parent = nullptr);

    void fill();                                     // from the pair and the options
    void setOffers(const QList<QAction*>& actions);  // where there is nothing to compare with

    ComparisonPage page() const { return ComparisonPage(m_pageTabs->current()); }
    void setPage(ComparisonPage page);
    GridQuantity quantity() const { return m_quantity; }
    void setQuantity(GridQuantity quantity);
    void chooseB();  // opens the list of sessions
    void swap();

    const ComparisonText& text() const { return m_text; }
    HeadGridView* grid() const { return m_grid; }
    ChartView* plot() const { return m_plot; }
    QMenu* othersMenu() const { return m_others; }

Q_SIGNALS:
    void aRequested(int id);  // show this session
    void changed();           // page, quantity or text

private:
    using Data = std::shared_ptr<const ComparisonData>;

    QLayout* buildHeader();
    void buildText();
    QLayout* buildPages();
    void fillChoosers();
    void fillMatrixTabs(const Session& a);
    void fillOthers();
    ComparisonChoice choiceFor(const Session& a, const Session& b) const;
    void show(Data data);
    void showHint(const QString& text);
    void showContent();
    void showText();
    void showPlot(ChartModel plot, const QString& hint);
    void followSelection();

    ComparisonPair* m_pair;
    ViewOptions* m_options;
    Selection* m_selection;
    GridQuantity m_quantity = GridQuantity::field;
    Data m_data;  // what is shown; null: nothing yet
    ComparisonText m_text;
    JobRunner* m_runner = new JobRunner(this);
    RunId m_run = 0;

    QComboBox *m_chooseA, *m_chooseB;
    QToolButton* m_swap = new QToolButton(this);
    QToolButton* m_more = new QToolButton(this);
    QMenu* m_others = new QMenu(this);
    TextTabs* m_pageTabs = new TextTabs(this);
    TextTabs* m_matrixTabs = new TextTabs(this);
    QLabel *m_sentence, *m_paired, *m_warning;
    QStackedWidget* m_states = new QStackedWidget(this);
    QStackedWidget* m_contents = new QStackedWidget(this);
    QWidget* m_offers = new QWidget(this);
    QLabel* m_hint;
    HeadGridView* m_grid;
    ChartView* m_plot;
};

}  // namespace rankscope
