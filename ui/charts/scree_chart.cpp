// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/scree_chart.h"

#include <QGraphicsScene>
#include <QPainter>
#include <algorithm>
#include <utility>

#include "ui/charts/plain_chart.h"
#include "ui/charts/scree_annotations.h"
#include "ui/charts/scree_curves.h"

namespace rankscope {

namespace {

class ScreeChart : public PlainChart {
public:
    const Scree& scree() const { return m_scree; }  // its curves in the order in which they are drawn

    // Where labels stand, for tests.
    std::vector<QRectF> labelAreas() {
        if (!std::exchange(m_placed, true))
            m_annotations.place();
        return m_annotations.labelAreas();
    }

    void setScree(const Scree& scree, const ScreeStyle& style) {
        const bool sameQuantity = scree.quantity == m_scree.quantity && scree.logarithmic == m_scree.logarithmic &&
                                  scree.logarithmicComponents == m_scree.logarithmicComponents;
        m_scree = scree;
        // Context below, the selected head on top of all.
        std::stable_sort(m_scree.curves.begin(), m_scree.curves.end(),
                         [](const ScreeCurve& a, const ScreeCurve& b) { return depthOf(a) > depthOf(b); });
        std::vector<ChartCurve> curves;
        for (const ScreeCurve& curve : m_scree.curves)
            curves.push_back(chartCurve(m_scree, curve, style));
        setStyle(style);
        setAxes(horizontalAxis(m_scree), verticalAxis(m_scree), sameQuantity);
        setCurves(std::move(curves));
    }

protected:
    void geometryChanged() override { m_placed = false; }

    void paintUnder(QPainter& painter) override {
        PlainChart::paintUnder(painter);
        m_annotations.paintUnder(painter);
    }

    void paintOver(QPainter& painter) override {
        // Only now: one change of data moves positions several times.
        if (!m_placed)
            m_annotations.place();
        m_placed = true;
        m_annotations.paint(painter);
        PlainChart::paintOver(painter);
    }

private:
    Scree m_scree;
    ScreeAnnotations m_annotations{m_scree, *this};
    bool m_placed = false;
};

}  // namespace

std::unique_ptr<QChart> makeScreeChart(const Scree& scree, const ScreeStyle& style) {
    auto chart = std::make_unique<ScreeChart>();
    chart->setScree(scree, style);
    return chart;
}

void updateScreeChart(QChart& chart, const Scree& scree, const ScreeStyle& style) {
    static_cast<ScreeChart&>(chart).setScree(scree, style);
}

std::optional<HeadRef> headOfScreeCurve(const QChart& chart, std::size_t curve) {
    const auto& curves = static_cast<const ScreeChart&>(chart).scree().curves;
    if (curve >= curves.size() || curves[curve].scope != CurveScope::head)
        return std::nullopt;
    return curves[curve].head;
}

std::vector<QRectF> screeLabelAreas(QChart& chart) {
    return static_cast<ScreeChart&>(chart).labelAreas();
}

void paintScree(QPainter& painter, const QRectF& area, const Scree& scree, const ScreeStyle& style) {
    auto chart = std::make_unique<ScreeChart>();
    chart->setScree(scree, style);
    paintChart(painter, area, std::move(chart));
}

}  // namespace rankscope
