// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The distribution of heads over the values of a measure as a widget. GUI thread.
#pragma once

#include "ui/charts/chart_view.h"
#include "ui/plots/head_distribution.h"

namespace rankscope {

class DistributionView : public ChartView {
    Q_OBJECT

public:
    explicit DistributionView(QWidget* parent = nullptr);

    void setDistribution(const HeadDistribution& distribution);  // without curves: a hint takes the chart's place
    const HeadDistribution& distribution() const { return m_distribution; }

private:
    HeadDistribution m_distribution;
};

}  // namespace rankscope
