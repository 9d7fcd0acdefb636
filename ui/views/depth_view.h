// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The chart of effective rank by depth as a widget. GUI thread.
#pragma once

#include "ui/views/chart_view.h"
#include "ui/views/depth_chart.h"

namespace rankscope {

class DepthView : public ChartView {
    Q_OBJECT

public:
    explicit DepthView(QWidget* parent = nullptr);

    void setProfile(const DepthProfile& profile);  // without curves: a hint takes the chart's place
    void setSelectedLayer(std::optional<int> layer);

protected:
    void restyle() override;

private:
    QString spokenSummary() const;

    DepthProfile m_profile;
};

}  // namespace rankscope
