// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/distribution_view.h"

#include <algorithm>

#include "ui/charts/annotated_chart.h"
#include "ui/charts/distribution_chart.h"
#include "ui/text/literals.h"

namespace rankscope {

DistributionView::DistributionView(QWidget* parent)
    : ChartView(static_cast<PlainChart*>(makeDistributionChart(HeadDistribution(), ChartStyle()).release()), parent) {
    setAccessibleName(u"Distribution of effective rank over heads"_s);
    setDistribution(HeadDistribution());
}

void DistributionView::setDistribution(const HeadDistribution& distribution) {
    m_distribution = distribution;
    restyle();
    showHint(distribution.curves.empty() ? u"The distribution over heads appears here as layers finish."_s : QString());
    describe(spokenSummary());
}

void DistributionView::setMarks(const std::vector<MarkedHead>& marks) {
    m_current.reset();
    for (const MarkedHead& mark : marks)
        if (mark.current)
            m_current = mark.head;
    static_cast<AnnotatedChart&>(chart()).setMarks(marks);
}

void DistributionView::restyle() {
    updateDistributionChart(chart(), m_distribution, chartStyle());
}

std::optional<HeadRef> DistributionView::headOf(const ChartReading& reading) const {
    const std::vector<HeadRef> heads = headsOfDistributionPoint(chart(), reading);
    return heads.empty() ? std::nullopt : std::optional(heads.front());
}

std::optional<HeadRef> DistributionView::chosenHeadOf(const ChartReading& reading) const {
    const std::vector<HeadRef> heads = headsOfDistributionPoint(chart(), reading);
    const HeadCells& cells = m_distribution.cells;
    const auto current =
        m_current ? std::find(heads.begin(), heads.end(), cells.queryHead(cells.cellOf(*m_current))) : heads.end();
    if (current == heads.end() || current + 1 == heads.end())
        return headOf(reading);
    return *(current + 1);
}

QString DistributionView::spokenSummary() const {
    QStringList parts;
    for (const DistributionCurve& curve : m_distribution.curves) {
        const auto text = [&](double value) { return valueText(curve.quantity, value, m_distribution.measure); };
        parts << u"%1 of %2: median %3, quartiles %4 to %5, range %6 to %7"_s.arg(
            curve.plainTitle, headCountText(curve.summary.count, m_distribution.cells.kind), text(curve.summary.median),
            text(curve.summary.lowerQuartile), text(curve.summary.upperQuartile), text(curve.summary.minimum),
            text(curve.summary.maximum));
    }
    return parts.join(u"; "_s);
}

}  // namespace rankscope
