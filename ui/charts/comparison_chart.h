// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Curves of several sessions in one chart: by relative depth, as distributions, as spectra of one head. A has the
// colour of its matrix and a solid line; B is dashed in ink; the others are grey with dashes of their own. Each curve
// bears its name. GUI thread.
#pragma once

#include <QPen>
#include <memory>

#include "ui/charts/chart_style.h"
#include "ui/charts/chart_view.h"
#include "ui/plots/comparison.h"

class QPainter;
class QRectF;

namespace rankscope {

class ComparisonChart;

// Draws it as vectors into `area` of any painter; needs a QApplication, no display.
void paintComparison(QPainter& painter, const QRectF& area, const ComparisonPlot& plot, const ChartStyle& style);

// The line of a session's curve: 0 is A.
QPen comparisonPen(const ComparisonPlot& plot, int ordinal, const ChartStyle& style);

class ComparisonPlotView : public ChartView {
    Q_OBJECT
public:
    explicit ComparisonPlotView(QWidget* parent = nullptr);
    void setPlot(ComparisonPlot plot, const QString& hint);  // without curves: the hint takes the chart's place
    const ComparisonPlot& plot() const { return m_plot; }

protected:
    void restyle() override;

private:
    ComparisonPlot m_plot;
};

}  // namespace rankscope
