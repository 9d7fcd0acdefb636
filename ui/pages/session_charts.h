// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The charts over all heads of a session, each with its settings above it: by depth, as distribution, against window
// length. They mark the heads of the one selection. GUI thread.
#pragma once

#include <QObject>

#include "ui/jobs/interval_store.h"
#include "ui/plots/depth_profile.h"
#include "ui/plots/view_options.h"
#include "ui/viewmodels/selection.h"

class QWidget;

namespace rankscope {

class DepthView;
class DistributionView;
class LengthView;

class SessionCharts : public QObject {
    Q_OBJECT
public:
    SessionCharts(ViewOptions* options, Selection* selection, QWidget* parent);

    DepthView* depth() const { return m_depth; }
    DistributionView* distribution() const { return m_distribution; }
    LengthView* lengths() const { return m_lengths; }

    // Pages to be shown somewhere: the chart below its settings.
    QWidget* depthPage() const { return m_depthPage; }
    QWidget* distributionPage() const { return m_distributionPage; }
    QWidget* lengthPage() const { return m_lengthPage; }

    // Where intervals are asked for; without it charts have none. Must outlive this.
    void setIntervals(IntervalStore* intervals) { m_intervals = intervals; }

    // `session` null: hints. `grid` is the session's, of the chosen measure and variants.
    void fillDepth(const SessionPointer& session, const HeadGrid& grid);
    void fillDistribution(const SessionPointer& session, const HeadGrid& grid);
    void fillLengths(const SessionPointer& session);

Q_SIGNALS:
    void sweepRequested();

private:
    QWidget* makePage(QWidget* chart, ChartPart part, QWidget* parent);
    IntervalsPointer intervalsOf(const SessionPointer& session) const;
    OverHeadsChoice choiceFor(const SessionPointer& session) const;
    void followSelection();
    void showLengthHeads();

    ViewOptions* m_options;
    Selection* m_selection;
    DepthView* m_depth;
    DistributionView* m_distribution;
    LengthView* m_lengths;
    QWidget *m_depthPage, *m_distributionPage, *m_lengthPage;
    IntervalStore* m_intervals = nullptr;
    SessionPointer m_swept;  // whose lengths are shown
};

}  // namespace rankscope
