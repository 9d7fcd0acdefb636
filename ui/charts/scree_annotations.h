// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is written into a scree chart: marks where curves cross the threshold with their component numbers, degenerate
// runs, the names of the two matrices at their curves, the threshold, and a key to heads, bands and baseline. GUI
// thread.
#pragma once

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <optional>
#include <vector>

#include "ui/charts/chart_labels.h"
#include "ui/charts/plain_chart.h"
#include "ui/plots/scree.h"

namespace rankscope {

class ScreeAnnotations {
public:
    // REQUIRES both to outlive this.
    ScreeAnnotations(const Scree& scree, const PlainChart& chart) : m_scree(scree), m_chart(chart), m_labels(chart) {}

    void place();                              // again whenever positions or curves changed
    void paintUnder(QPainter& painter) const;  // below the curves
    void paint(QPainter& painter) const;       // above them

    std::vector<QRectF> labelAreas() const { return m_labels.areas(); }

private:
    struct Mark {
        QPointF at;
        QColor colour;
        CurveRole role = CurveRole::field;
        int ordinal = 0;
        double component = 0;
    };
    struct KeyRow {
        const ScreeCurve* curve;  // null: only words
        QString text;
        bool run;  // with the sample of a degenerate run
    };

    const ChartStyle& style() const { return m_chart.style(); }
    QRectF plot() const { return m_chart.plotArea(); }
    double unit() const { return m_chart.unit(); }
    QPointF positionOf(const ScreeCurve& curve, std::size_t point) const;
    double thresholdPosition() const;

    void collectMarks();
    void placeMarkLabels();
    void placeThresholdLabel();
    void placeRoleLabels();
    void placeKey();
    const ScreeCurve* leadingCurve(CurveRole role) const;
    std::vector<QPointF> pointsOfOther(CurveRole role) const;

    bool hasWindowRange(const ScreeCurve& curve) const;
    std::vector<KeyRow> keyRows() const;
    double rowHeight() const;
    double sampleWidth() const { return unit() * 5; }
    void paintThreshold(QPainter& painter) const;
    void paintRuns(QPainter& painter, const ScreeCurve& curve) const;
    void paintKey(QPainter& painter) const;
    void paintSample(QPainter& painter, const ScreeCurve& curve, QPointF left) const;

    const Scree& m_scree;
    const PlainChart& m_chart;
    std::vector<Mark> m_marks;
    ChartLabels m_labels;
    std::optional<QRectF> m_keyArea;
};

}  // namespace rankscope
