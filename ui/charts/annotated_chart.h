// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A PlainChart with labels beside its curves and with marks on heads that stand out. What the charts over heads have in
// common. GUI thread.
#pragma once

#include <vector>

#include "ui/charts/chart_labels.h"
#include "ui/charts/plain_chart.h"
#include "ui/viewmodels/selection.h"

namespace rankscope {

// Of an axis above the largest value: no line lies on the edge of the plot.
constexpr double headroom = 1.03;

class AnnotatedChart : public PlainChart {
public:
    void setMarks(std::vector<MarkedHead> marks);  // leaves the curves alone
    const std::vector<MarkedHead>& marks() const { return m_marks; }

    std::vector<QRectF> labelAreas();  // where labels stand, for tests

protected:
    // Where a marked head is in this chart, once per curve that it is on.
    struct MarkPlace {
        MarkedHead head;
        QPointF at;
        QColor colour;
    };
    virtual std::vector<MarkPlace> markPlaces(const MarkedHead& head) const = 0;
    virtual void addObstacles(LabelPlacer&) const {}    // what else is drawn that labels should not cover
    virtual void placeLabels(ChartLabels& labels) = 0;  // those of the curves; `labels` is empty

    // A vertical line in the context's colour, if `x` (an axis value) is in sight.
    void paintVertical(QPainter& painter, double x, const QPen& pen) const;
    std::vector<QPointF> verticalAt(double x) const;

    void geometryChanged() override { m_placed = false; }
    void paintOver(QPainter& painter) override;

private:
    void place();

    std::vector<MarkedHead> m_marks;
    std::vector<MarkPlace> m_places;
    ChartLabels m_labels{*this};
    bool m_placed = false;
};

}  // namespace rankscope
