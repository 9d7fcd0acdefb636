// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The page of the causal check: what it found in one sentence, the cost against the rank, and the spectrum against what
// heads need; side by side where there is room. Without a check: how to get one. GUI thread.
#pragma once

#include <QLabel>
#include <QSplitter>

#include "ui/charts/chart_view.h"
#include "ui/plots/causal_curves.h"
#include "ui/plots/causal_ranks.h"
#include "ui/plots/view_options.h"
#include "ui/viewmodels/selection.h"

namespace rankscope {

class CausalView : public QWidget {
    Q_OBJECT
public:
    CausalView(ViewOptions* options, Selection* selection, QWidget* parent = nullptr);
    void setSession(SessionPointer session);
    void markHeads();  // shows what the selection is now

    ChartView* curves() const { return m_curves; }
    ChartView* ranks() const { return m_ranks; }
    QString statement() const { return m_statement->text(); }

Q_SIGNALS:
    void checkRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* panel(ChartView* chart, ChartPart part);
    void fillCurves();
    void fillRanks();

    ViewOptions* m_options;
    Selection* m_selection;
    SessionPointer m_session;
    std::optional<HeadRef> m_shownHead;  // of the curves, where they are of its layer or of itself
    QLabel* m_statement;
    QSplitter* m_charts;
    ChartView* m_curves = new ChartView(this);
    ChartView* m_ranks = new ChartView(this);
    QWidget* m_curvesControls = nullptr;  // made with the panel
    QWidget* m_curvesPanel;
    QWidget* m_ranksPanel;
};

}  // namespace rankscope
