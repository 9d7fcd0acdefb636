// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The distribution of heads over the values of a measure as a widget. GUI thread.
#pragma once

#include <vector>

#include "ui/charts/chart_view.h"
#include "ui/plots/head_distribution.h"
#include "ui/viewmodels/selection.h"

namespace rankscope {

class DistributionView : public ChartView {
    Q_OBJECT

public:
    explicit DistributionView(QWidget* parent = nullptr);

    void setDistribution(const HeadDistribution& distribution);  // without curves: a hint takes the chart's place
    void setMarks(const std::vector<MarkedHead>& marks);
    const HeadDistribution& distribution() const { return m_distribution; }

protected:
    void restyle() override;
    std::optional<HeadRef> headOf(const ChartReading& reading) const override;
    // The next one at every click: all heads of a value can be reached.
    std::optional<HeadRef> chosenHeadOf(const ChartReading& reading) const override;

private:
    QString spokenSummary() const;

    HeadDistribution m_distribution;
    std::optional<HeadRef> m_current;
};

}  // namespace rankscope
