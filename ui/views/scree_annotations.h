// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is written into a scree chart: marks where curves cross the threshold with their component numbers, the names of
// the two matrices at their curves, the threshold, and a key to the dash patterns. GUI thread.
#pragma once

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "ui/viewmodels/scree.h"
#include "ui/views/label_placer.h"
#include "ui/views/plain_chart.h"
#include "ui/views/rich_label.h"

namespace rankscope {

class ScreeAnnotations {
public:
    // REQUIRES both to outlive this.
    ScreeAnnotations(const Scree& scree, const PlainChart& chart) : m_scree(scree), m_chart(chart) {}

    void place();                                  // again whenever positions or curves changed
    void paintThreshold(QPainter& painter) const;  // below the curves
    void paint(QPainter& painter) const;           // above them

private:
    struct Mark {
        QPointF at;
        QColor colour;
        int ordinal = 0;
        double component = 0;
    };
    struct Label {
        RichLabel text;
        QRectF area;
        QColor colour;
    };
    struct KeyRow {
        const ScreeCurve* curve;
        QString text;
    };
    using Spots = std::function<std::vector<LabelSpot>(QSizeF)>;

    const ChartStyle& style() const { return m_chart.style(); }
    QRectF plot() const { return m_chart.plotArea(); }
    double unit() const { return m_chart.unit(); }
    QPointF positionOf(const ScreeCurve& curve, std::size_t point) const;
    double thresholdPosition() const;

    void collectMarks();
    void addCurves(LabelPlacer& placer) const;
    void addLabel(LabelPlacer& placer, const QString& text, const QColor& colour, bool bold, const Spots& spots,
                  double limit = std::numeric_limits<double>::infinity());
    void placeMarkLabels(LabelPlacer& placer);
    void placeThresholdLabel(LabelPlacer& placer);
    void placeRoleLabels(LabelPlacer& placer);
    void placeKey(LabelPlacer& placer);
    const ScreeCurve* leadingCurve(CurveRole role) const;
    std::vector<QPointF> pointsOfOther(CurveRole role) const;

    std::vector<KeyRow> keyRows() const;
    double rowHeight() const;
    double sampleWidth() const { return unit() * 5; }
    void paintKey(QPainter& painter) const;
    void paintSample(QPainter& painter, const ScreeCurve& curve, QPointF left) const;

    const Scree& m_scree;
    const PlainChart& m_chart;
    std::vector<Mark> m_marks;
    std::vector<Label> m_labels;
    std::optional<QRectF> m_keyArea;
};

}  // namespace rankscope
