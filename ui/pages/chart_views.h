// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The charts of a session as widgets: over all heads by depth, as distribution and against window length, and the scree
// curves of some. Without curves a hint takes the chart's place. GUI thread.
#pragma once

#include <QTimer>
#include <vector>

#include "ui/charts/chart_view.h"
#include "ui/plots/depth_profile.h"
#include "ui/plots/head_distribution.h"
#include "ui/plots/length_profile.h"
#include "ui/plots/view_options.h"
#include "ui/viewmodels/selection.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/theme.h"

namespace rankscope {

class DepthView : public ChartView {
    Q_OBJECT
public:
    explicit DepthView(QWidget* parent = nullptr);
    void setProfile(const DepthProfile& profile);
    const DepthProfile& profile() const { return m_profile; }

private:
    DepthProfile m_profile;
};

class DistributionView : public ChartView {
    Q_OBJECT
public:
    explicit DistributionView(QWidget* parent = nullptr);
    void setDistribution(const HeadDistribution& distribution);
    const HeadDistribution& distribution() const { return m_distribution; }

private:
    HeadDistribution m_distribution;
};

// Without a sweep: how to get one, with a button that asks for it (hintActionRequested).
class LengthView : public ChartView {
    Q_OBJECT
public:
    explicit LengthView(QWidget* parent = nullptr);
    void setProfile(const LengthProfile& profile);
    void setHeads(std::vector<LengthHeadCurve> heads);
    const LengthProfile& profile() const { return m_profile; }

private:
    void fill();

    LengthProfile m_profile;
};

class ScreeView : public ChartView {
    Q_OBJECT
public:
    explicit ScreeView(QWidget* parent = nullptr);
    void setScree(const Scree& scree);  // without curves: a hint takes the chart's place
    const Scree& scree() const { return m_scree; }

private:
    Scree m_scree;
};

// The scree curves of the selected, hovered and pinned heads, with the choice of what is drawn above them.
class ScreePanel : public QWidget {
    Q_OBJECT
public:
    ScreePanel(ViewOptions* options, Selection* selection, QWidget* parent = nullptr);
    void setSession(SessionPointer session);
    ScreeView* view() const { return m_view; }
    QSize minimumSizeHint() const override { return {40 * spacingUnit, 29 * spacingUnit}; }

private:
    void readOptions();
    void followSelection();
    ScreeChoice choice() const;
    void refresh();

    ViewOptions* m_options;
    Selection* m_selection;
    SessionPointer m_session;
    ScreeCache m_cache;
    std::vector<HeadRef> m_heads;  // those that are drawn
    std::vector<int> m_pins;
    TextTabs* m_quantities = new TextTabs(this);
    TextButton* m_logarithmic = new TextButton(u"log"_s, this);
    ScreeView* m_view = new ScreeView(this);
    QTimer m_late;  // shows a large session some turns of the event loop later: its medians take a frame each
};

}  // namespace rankscope
