// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/depth_view.h"

#include <algorithm>

#include "ui/charts/annotated_chart.h"
#include "ui/charts/depth_chart.h"
#include "ui/text/text.h"

namespace rankscope {

DepthView::DepthView(QWidget* parent)
    : ChartView(static_cast<PlainChart*>(makeDepthChart(DepthProfile(), ChartStyle()).release()), parent) {
    setAccessibleName(u"Effective rank by depth"_s);
    setProfile(DepthProfile());
}

void DepthView::setProfile(const DepthProfile& profile) {
    m_profile = profile;
    restyle();
    showHint(profile.curves.empty() ? u"Effective rank by layer appears here as layers finish."_s : QString());
    describe(spokenSummary());
}

void DepthView::setMarks(const std::vector<MarkedHead>& marks) {
    static_cast<AnnotatedChart&>(chart()).setMarks(marks);
}

void DepthView::restyle() {
    updateDepthChart(chart(), m_profile, chartStyle());
}

std::optional<HeadRef> DepthView::headOf(const ChartReading& reading) const {
    return headOfDepthPoint(chart(), reading);
}

QString DepthView::spokenSummary() const {
    QStringList parts;
    for (const DepthCurve& curve : m_profile.curves) {
        const auto [low, high] = std::minmax_element(curve.median.begin(), curve.median.end());
        parts << u"%1: medians from %2 to %3 over %4 layers"_s.arg(curve.plainTitle, numberText(*low, 1),
                                                                   numberText(*high, 1), asText(curve.layers.size()));
    }
    return parts.join(u"; "_s);
}

}  // namespace rankscope
