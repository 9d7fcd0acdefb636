// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/distribution_view.h"

#include "ui/text/literals.h"

namespace rankscope {

DistributionView::DistributionView(QWidget* parent) : ChartView(parent) {
    setAccessibleName(u"Distribution of effective rank over heads"_s);
    setDistribution(HeadDistribution());
}

void DistributionView::setDistribution(const HeadDistribution& distribution) {
    m_distribution = distribution;
    setModel(distributionChart(distribution),
             distribution.curves.empty() ? u"The distribution over heads appears here as layers finish."_s : QString());
}

}  // namespace rankscope
