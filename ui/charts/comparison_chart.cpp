// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/comparison_chart.h"

#include <QPainter>
#include <array>

#include "ui/charts/annotated_chart.h"
#include "ui/charts/curve_style.h"
#include "ui/drawing/colour_map.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/text/literals.h"

namespace rankscope {

namespace {

QColor colourOf(const ComparisonPlot& plot, int ordinal, const ChartStyle& style) {
    if (ordinal > 1)
        return style.mutedText;
    if (ordinal == 1)
        return blended(style.text, style.background, 0.8);
    if (style.grey)
        return style.text;
    return plot.quantity == GridQuantity::gap ? style.text : quantityColour(plot.quantity, style);
}

}  // namespace

QPen comparisonPen(const ComparisonPlot& plot, int ordinal, const ChartStyle& style) {
    static const std::array<QList<qreal>, 5> patterns{QList<qreal>{}, {5, 3}, {1, 2.5}, {7, 2.5, 1, 2.5}, {3, 2}};
    QPen pen(colourOf(plot, ordinal, style), ordinal > 1 ? style.lineWidth * 0.75 : style.lineWidth, Qt::SolidLine,
             Qt::FlatCap, Qt::RoundJoin);
    const auto pattern = ordinal == 0 ? 0 : 1 + std::size_t(ordinal - 1) % (patterns.size() - 1);
    if (pattern > 0)
        pen.setDashPattern(patterns[pattern]);
    return pen;
}

class ComparisonChart : public AnnotatedChart {
public:
    void setPlot(const ComparisonPlot& plot, const ChartStyle& style) {
        const bool sameKind = plot.kind == m_plot.kind;
        m_plot = plot;
        std::vector<ChartCurve> curves;
        for (auto curve = m_plot.curves.rbegin(); curve != m_plot.curves.rend(); ++curve)  // A last: on top
            curves.push_back(chartCurve(*curve, style));
        setStyle(style);
        const double right =
            plot.kind == PlotKind::distribution ? niceRange(0, plot.xMaximum, 6).maximum : plot.xMaximum;
        setAxes(
            {plot.xTitle, plot.xTitle, plot.xMinimum, std::max(right, plot.xMinimum + 1e-9), false, plot.smallestXStep},
            {plot.yTitle, plot.shortYTitle, 0, plot.percent ? 100 : niceRange(0, plot.yMaximum, 6).maximum, false, 0},
            sameKind);
        setCurves(std::move(curves));
    }

protected:
    std::vector<MarkPlace> markPlaces(const MarkedHead&) const override { return {}; }

    void placeLabels(ChartLabels& labels) override {
        for (const ComparisonCurve& curve : m_plot.curves) {
            std::vector<QPointF> others;
            for (const ComparisonCurve& other : m_plot.curves)
                if (other.ordinal != curve.ordinal) {
                    const auto points = positionsOf(other);
                    others.insert(others.end(), points.begin(), points.end());
                }
            // Spread along the width: neighbouring names of similar curves would crowd.
            const double x = plotArea().right() - plotArea().width() * (0.1 + 0.2 * (curve.ordinal % 4));
            labels.addToCurve(curve.name.toHtmlEscaped(), colourOf(m_plot, curve.ordinal, style()), positionsOf(curve),
                              others, x);
        }
        if (!m_plot.curves.empty())
            labels.addNote(u"%1 · %2"_s.arg(m_plot.matrix, m_plot.note.toHtmlEscaped()));
    }

private:
    ChartCurve chartCurve(const ComparisonCurve& curve, const ChartStyle& style) const {
        ChartCurve result;
        result.points = curve.points;
        result.pointText = [texts = curve.texts](std::size_t i) { return texts[i]; };
        result.pen = comparisonPen(m_plot, curve.ordinal, style);
        result.name = curve.name.toHtmlEscaped();
        result.plainName = curve.name;
        if (curve.ordinal < 2) {  // more bands than two hide each other
            result.lower = curve.lower;
            result.upper = curve.upper;
            result.bandColour = result.pen.color();
            result.bandColour.setAlphaF(curve.ordinal == 0 ? 0.16f : 0.10f);
        }
        return result;
    }

    std::vector<QPointF> positionsOf(const ComparisonCurve& curve) const {
        std::vector<QPointF> points;
        for (const QPointF& point : curve.points)
            points.push_back(position(point));
        return points;
    }

    ComparisonPlot m_plot;
};

void paintComparison(QPainter& painter, const QRectF& area, const ComparisonPlot& plot, const ChartStyle& style) {
    auto chart = std::make_unique<ComparisonChart>();
    chart->setPlot(plot, style);
    paintChart(painter, area, std::move(chart));
}

ComparisonPlotView::ComparisonPlotView(QWidget* parent) : ChartView(new ComparisonChart, parent) {
    setAccessibleName(u"Comparison of sessions"_s);
    restyle();
}

void ComparisonPlotView::setPlot(ComparisonPlot plot, const QString& hint) {
    m_plot = std::move(plot);
    restyle();
    showHint(m_plot.curves.empty() ? hint : QString());
    QStringList names;
    for (const ComparisonCurve& curve : m_plot.curves)
        names << curve.name;
    describe(names.join(u", "_s));
}

void ComparisonPlotView::restyle() {
    static_cast<ComparisonChart&>(chart()).setPlot(m_plot, chartStyle());
}

}  // namespace rankscope
