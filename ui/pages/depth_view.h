// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The chart of effective rank by depth as a widget. GUI thread.
#pragma once

#include "ui/charts/chart_view.h"
#include "ui/plots/depth_profile.h"

namespace rankscope {

class DepthView : public ChartView {
    Q_OBJECT

public:
    explicit DepthView(QWidget* parent = nullptr);

    void setProfile(const DepthProfile& profile);  // without curves: a hint takes the chart's place
    const DepthProfile& profile() const { return m_profile; }

private:
    DepthProfile m_profile;
};

}  // namespace rankscope
