// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The scree chart as a widget. GUI thread.
#pragma once

#include "ui/charts/chart_view.h"
#include "ui/plots/scree.h"

namespace rankscope {

class ScreeView : public ChartView {
    Q_OBJECT

public:
    explicit ScreeView(QWidget* parent = nullptr);

    void setScree(const Scree& scree);  // without curves: a hint takes the chart's place
    const Scree& scree() const { return m_scree; }

private:
    Scree m_scree;
};

}  // namespace rankscope
