// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Finds places for labels in a chart so that they cover neither each other nor, if it can be helped, a curve. Greedy,
// in the order in which labels are asked for: the important ones first. Any thread.
#pragma once

#include <QLineF>
#include <QPointF>
#include <QRectF>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace rankscope {

// From which fraction of a line to which it lies in an area; nothing where it does not.
std::optional<std::pair<double, double>> partInside(const QLineF& line, const QRectF& area);

struct LabelSpot {
    QRectF area;
    double cost = 0;  // of this place as such: 0 is the best one
};

constexpr double dispensable = 6;  // as a limit: for labels that are better left out than laid over a curve

class LabelPlacer {
public:
    // `lineHeight`: covering as much of a curve's length costs 10.
    LabelPlacer(const QRectF& bounds, double lineHeight) : m_bounds(bounds), m_lineHeight(lineHeight) {}

    void addCurve(const std::vector<QPointF>& points);
    void addObstacle(const QRectF& area) { m_taken.push_back(area); }

    // The cheapest spot inside the bounds that is not taken, and takes it; nothing if there is none at less than
    // `limit`.
    std::optional<QRectF> place(std::vector<LabelSpot> spots, double limit = std::numeric_limits<double>::infinity());

private:
    double covered(const QRectF& area) const;  // length of curve below a label

    QRectF m_bounds;
    double m_lineHeight;
    struct Segment {
        QLineF line;
        double left, right, top, bottom;
    };
    std::vector<Segment> m_segments;
    std::vector<QRectF> m_taken;
};

// Spots for a label of `size` on all sides of `point`, `distance` away; the first is to the right and below.
std::vector<LabelSpot> spotsAround(QPointF point, QSizeF size, double distance);

// Spots beside a curve for its name: near `preferredX`, and away from points of other curves it could be taken for.
std::vector<LabelSpot> spotsAlong(const std::vector<QPointF>& own, const std::vector<QPointF>& others, QSizeF size,
                                  double unit, double preferredX);

// Spots for a key at the left and right edges of `area`, from the lower corners upwards.
std::vector<LabelSpot> spotsAtEdges(const QRectF& area, QSizeF size);

}  // namespace rankscope
