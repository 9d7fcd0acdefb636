// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The labels written into a PlainChart: placed without covering each other, with a thin leader where one had to stand
// away from its mark. GUI thread.
#pragma once

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "ui/charts/plain_chart.h"
#include "ui/drawing/label_placer.h"
#include "ui/drawing/rich_label.h"

namespace rankscope {

class ChartLabels {
public:
    using Spots = std::function<std::vector<LabelSpot>(QSizeF)>;
    static constexpr double always = std::numeric_limits<double>::infinity();

    // REQUIRES the chart to outlive this.
    explicit ChartLabels(const PlainChart& chart) : m_chart(chart), m_placer(QRectF(), 1) {}

    void begin();  // forgets all; labels may stand in the plot and in the strip above it
    LabelPlacer& placer() { return m_placer; }
    void addChartCurves();  // the chart's lines and bands: what labels are not to cover

    // `text` is rich text. False if there was no place for it.
    bool add(const QString& text, const QColor& colour, bool bold, const Spots& spots, double limit = always);

    // Of a mark at `at`: beside it, else further off with a leader.
    bool addToMark(const QString& text, const QColor& colour, QPointF at);

    // The name of a curve, beside it near `preferredX` and away from `others`.
    bool addToCurve(const QString& text, const QColor& colour, const std::vector<QPointF>& own,
                    const std::vector<QPointF>& others, double preferredX);

    // A remark in the muted colour, in a corner or along the sides, unless that would cover a curve.
    bool addNote(const QString& text);

    // Along a vertical line at `x`, from the top downwards.
    bool addAtLine(const QString& text, const QColor& colour, double x);

    void paint(QPainter& painter) const;
    std::vector<QRectF> areas() const;

private:
    bool place(const QString& text, const QColor& colour, bool bold, const Spots& spots, double limit);

    struct Label {
        RichLabel text;
        QRectF area;
        QColor colour;
        std::optional<QPointF> leader;
    };

    const PlainChart& m_chart;
    LabelPlacer m_placer;
    std::vector<Label> m_labels;
};

}  // namespace rankscope
