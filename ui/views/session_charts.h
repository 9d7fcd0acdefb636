// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The charts over all heads of a session, each with its settings above it: by depth, as distribution, against window
// length. They mark the heads of the one selection. GUI thread.
#pragma once

#include <QObject>

#include "ui/viewmodels/depth_profile.h"
#include "ui/viewmodels/selection.h"
#include "ui/viewmodels/view_options.h"

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

    // `session` null: hints. `grid` is the session's, of the chosen measure and variants.
    void fillDepth(const SessionPointer& session, const HeadGrid& grid);
    void fillDistribution(const SessionPointer& session, const HeadGrid& grid);
    void fillLengths(const SessionPointer& session);

Q_SIGNALS:
    void sweepRequested();

private:
    QWidget* makePage(QWidget* chart, ChartPart part, QWidget* parent);
    OverHeadsChoice choiceFor(const SessionPointer& session) const;
    void followSelection();
    void showLengthHeads();

    ViewOptions* m_options;
    Selection* m_selection;
    DepthView* m_depth;
    DistributionView* m_distribution;
    LengthView* m_lengths;
    QWidget *m_depthPage, *m_distributionPage, *m_lengthPage;
    SessionPointer m_swept;  // whose lengths are shown
};

}  // namespace rankscope
