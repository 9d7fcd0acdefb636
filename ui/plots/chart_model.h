// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A chart as data: axes, series, labels, a key, and what pointing says. One function per kind of chart makes it;
// ui/charts paints it on the screen and on paper, ui/figures writes its numbers as CSV and pgfplots, and none of them
// knows which kind it is. Positions are values of the axes as the user reads them. Pure functions; any thread.
#pragma once

#include <QList>
#include <QPointF>
#include <QString>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/statistics/resampling.h"
#include "ui/viewmodels/head_grid.h"
#include "ui/viewmodels/head_identity.h"

namespace rankscope {

struct ChartAxis {
    QString title{};       // rich text, with the unit
    QString shortTitle{};  // where the other is longer than the axis
    double minimum = 0, maximum = 1;
    bool logarithmic = false;
    double smallestStep = 0;      // 1 for an axis of counts
    std::vector<double> ticks{};  // where the labels stand, thinned if they are too many; empty: at 1-2-5 steps
    std::string column{};         // its name in tables: "layer", "k90"

    double atFraction(double fraction) const;
};

// Whose colour something has; the style of a chart knows which that is.
enum class ChartInk {
    field,
    interaction,
    interactionAlone,  // where Ẽ is not beside it: black in greys
    gap,
    keys,   // directions of the keys
    group,  // of a KV group
    text,
    muted,
    baseline
};
ChartInk inkOf(GridQuantity quantity);

struct ChartStroke {
    ChartInk ink = ChartInk::text;
    double width = 1;       // relative to the usual
    QList<qreal> dashes{};  // in units of the width; empty: solid
    double strength = 1;    // less: blended with the background
    double opacity = 1;
    CurveShade shade = CurveShade::plain;
    bool flat = false;  // cut off at its ends
};
ChartStroke baselineStroke(GridQuantity quantity);                     // grey, dashed of W_QᵀW_K
ChartStroke headStroke(GridQuantity quantity, int pin, double width);  // with the shade and dashes of its pin

enum class SeriesShape {
    line,
    steps,      // from 0 at the left end of the axis upwards at each point, then level to the right end
    dots,       // below all lines
    columns,    // side by side, from 0 to the points
    level,      // across the plot at the point's y
    upright,    // from the bottom to the top at the point's x
    whiskers,   // from `lower` to `upper`, with caps
    intervals,  // the same, thick and without caps
};

struct ChartSeries {
    // For tables; without `part` it is in none, and labels may cover it.
    std::string matrix{};   // "field", "interaction", "gap"
    std::string part{};     // what of it: "head", "median", "baseline", "range", "heads", …
    std::string session{};  // in a comparison, as the chart calls it

    SeriesShape shape = SeriesShape::line;
    ChartStroke stroke{};
    int height = 0;                 // higher ones are drawn later; bands are below all lines
    bool behind = false;            // of a level: below the bands too
    std::vector<QPointF> points{};  // NaN: none, as the x of a level
    // Of points that are drawn beside it, so that equal values lie side by side; empty: those of the points.
    std::vector<double> trueX{}, trueY{};
    std::vector<double> lower{}, upper{};  // a band, also of a level, or the ends of whiskers; one per point, or empty
    double bandOpacity = 0.16;             // in the plain colour of the stroke
    double radius = 0;                     // of dots, in line widths
    std::optional<MarkerShape> marker{};   // at every point, above all lines
    std::vector<std::pair<int, int>> runs{};  // stretches with a wide, pale underlay: first point, how many

    bool inLegend = false;
    QString name{}, plainName{};                 // for the read-out, as rich text and without; empty: not read
    std::function<QString(std::size_t)> text{};  // of a point for the read-out: rich text, lines separated by '\n'
    std::vector<HeadRef> heads{};                // cells: of each point, or one of all
    std::vector<std::vector<HeadRef>> crowds{};  // cells of each point, where it stands for several
    std::function<std::optional<QPointF>(HeadRef)> place{};  // where a cell that stands out is marked

    std::vector<HeadRef> headsAt(std::size_t point) const;  // cells
};

// What is written into the plot, where it covers least.
struct ChartLabel {
    enum Kind {
        curve,    // in bold beside `own`, near `across`, and away from `others`
        point,    // beside own[0], else further off with a leader; only if that is in sight
        upright,  // along the vertical line at own[0].x
        level,    // along the horizontal line at own[0].y
        note,     // a remark in a corner, unless it would cover a curve
        key,      // the chart's key
    };
    Kind kind;
    QString text{};  // rich text
    ChartStroke stroke{};
    std::vector<QPointF> own{}, others{};
    double across = 0;   // fraction of the width of the plot …
    bool value = false;  // … or a value of the horizontal axis
};

// A line pattern, a band or a run, and what it is.
struct ChartKeyRow {
    QString text;  // rich text
    std::optional<ChartStroke> stroke{};
    std::optional<MarkerShape> marker{};
    bool band = false, run = false;
    bool optional = false;  // goes first where there is no room for all
};

// What the heads of a chart are: cells of its grid, which counts query or KV heads. The selection counts query heads.
struct HeadCells {
    HeadKind kind = HeadKind::query;
    int group = 1;  // query heads per cell

    HeadRef cellOf(HeadRef queryHead) const { return {queryHead.layer, HeadIndex(queryHead.head.value / group)}; }
    HeadRef queryHead(HeadRef cell) const { return {cell.layer, HeadIndex(cell.head.value * group)}; }  // its first
};

struct ChartModel {
    ChartAxis x{}, y{};
    QString axesKey{};  // while it stays, so does what a user has zoomed to
    std::vector<ChartSeries> series{};
    std::vector<ChartLabel> labels{};  // important ones first
    std::vector<ChartKeyRow> key{};
    HeadCells cells{};
    double columnWidth = 1;               // of SeriesShape::columns
    std::string seriesColumn = "matrix";  // what tables call ChartSeries::matrix
    bool dotsKeepClear = false;           // labels and the key cover as few dots as they can
    bool countsLayers = false;            // along x: the layer of the current head has a line
    QString summary{};                    // for those who cannot see it

    bool empty() const { return series.empty(); }
};

// Of an axis above the largest value: no line lies on the edge of the plot.
constexpr double headroom = 1.03;

// From 0 to the tick above `highest`.
ChartAxis axisUpTo(double highest, int mostTicks, const QString& title, const std::string& column);

// 95 % intervals of the points of a series, for those that have one; without points if none has.
ChartSeries intervalSeries(const ChartSeries& of, const std::vector<std::optional<Interval>>& intervals);

}  // namespace rankscope
