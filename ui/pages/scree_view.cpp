// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/scree_view.h"

#include <algorithm>

#include "ui/charts/plain_chart.h"
#include "ui/charts/scree_chart.h"
#include "ui/charts/scree_curves.h"
#include "ui/text/text.h"

namespace rankscope {

ScreeView::ScreeView(QWidget* parent)
    : ChartView(static_cast<PlainChart*>(makeScreeChart(Scree(), ScreeStyle()).release()), parent) {
    setAccessibleName(u"Scree chart"_s);
    setScree(Scree());
}

void ScreeView::setScree(const Scree& scree) {
    m_scree = scree;
    restyle();
    const bool heads = std::any_of(scree.curves.begin(), scree.curves.end(),
                                   [](const ScreeCurve& curve) { return curve.scope != CurveScope::baseline; });
    showHint(!heads ? u"Point at a head in the grid to see its spectrum, click to keep it."_s : QString());
    describe(spokenSummary());
}

void ScreeView::restyle() {
    updateScreeChart(chart(), m_scree, chartStyle());
}

std::optional<HeadRef> ScreeView::headOf(const ChartReading& reading) const {
    return headOfScreeCurve(chart(), reading.curve);
}

QString ScreeView::spokenSummary() const {
    QStringList parts;
    for (const ScreeCurve& curve : m_scree.curves) {
        if (!curve.crossing)
            continue;
        const QString matrix = variantName(roleVariant(m_scree, curve.role));
        parts << u"%1 of %2 reaches %3 % with %4 components"_s.arg(matrix, curve.label, asText(100 * m_scree.threshold),
                                                                   asText(*curve.crossing));
    }
    return parts.join(u"; "_s);
}

}  // namespace rankscope
