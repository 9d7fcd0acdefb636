// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/scree_view.h"

#include <algorithm>

#include "ui/text/literals.h"

namespace rankscope {

ScreeView::ScreeView(QWidget* parent) : ChartView(parent) {
    setAccessibleName(u"Scree chart"_s);
    setScree(Scree());
}

void ScreeView::setScree(const Scree& scree) {
    m_scree = scree;
    const bool heads =
        std::ranges::any_of(scree.curves, [](const ScreeCurve& curve) { return curve.scope != CurveScope::baseline; });
    setModel(screeChart(scree),
             heads ? QString() : u"Point at a head in the grid to see its spectrum, click to keep it."_s);
}

}  // namespace rankscope
