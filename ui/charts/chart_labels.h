// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The labels and the key written into a ModelChart: placed without covering each other, with a thin leader where one
// had to stand away from its mark. GUI thread.
#pragma once

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "ui/drawing/label_placer.h"
#include "ui/drawing/rich_label.h"
#include "ui/plots/chart_model.h"

namespace rankscope {

class ModelChart;

class ChartLabels {
public:
    // REQUIRES the chart to outlive this.
    explicit ChartLabels(const ModelChart& chart) : m_chart(chart), m_placer(QRectF(), 1) {}

    void begin();  // forgets all; labels may stand in the plot and in the strip above it, away from the chart's curves
    LabelPlacer& placer() { return m_placer; }
    void addObstacle(QPointF at, double radius);  // a mark; the radius in line widths

    // Those for which there is a place.
    void add(const ChartLabel& label);
    void addToMark(const QString& text, const QColor& colour, QPointF at);

    void paint(QPainter& painter) const;
    std::vector<QRectF> areas() const;

private:
    static constexpr double always = std::numeric_limits<double>::infinity();
    using Spots = std::function<std::vector<LabelSpot>(QSizeF)>;
    bool place(const QString& text, const QColor& colour, bool bold, const Spots& spots, double limit = always);
    std::vector<LabelSpot> spotsFor(const ChartLabel& label, QSizeF size) const;
    std::vector<ChartKeyRow> shownKey() const;  // as many rows as there is room for
    void placeKey();
    void paintKey(QPainter& painter) const;
    void paintSample(QPainter& painter, const ChartKeyRow& row, QPointF left) const;
    double rowHeight() const;
    double sampleWidth() const;

    struct Label {
        RichLabel text;
        QRectF area;
        QColor colour;
        std::optional<QPointF> leader;
    };

    const ModelChart& m_chart;
    LabelPlacer m_placer;
    std::vector<Label> m_labels;
    std::optional<QRectF> m_keyArea;
};

}  // namespace rankscope
