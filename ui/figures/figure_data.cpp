// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The numbers of charts.

#include <algorithm>
#include <cmath>

#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

// Which of the columns that not every chart has.
struct Columns {
    bool sessions = false, heads = false, bands = false, bars = false;
};

Columns columnsOf(const ChartModel& chart) {
    Columns columns;
    for (const ChartSeries& series : chart.series) {
        columns.sessions = columns.sessions || !series.session.empty();
        columns.heads = columns.heads || !series.heads.empty();
        columns.bands = columns.bands || !series.lower.empty();
        columns.bars = columns.bars || series.shape == SeriesShape::columns;
    }
    return columns;
}

TableValue numberIn(const std::vector<double>& values, std::size_t i) {
    return i < values.size() && std::isfinite(values[i]) ? TableValue(values[i]) : TableValue();
}

std::vector<TableValue> rowOf(const ChartModel& chart, const ChartSeries& series, std::size_t i,
                              const Columns& columns) {
    std::vector<TableValue> row{series.matrix, series.part};
    if (columns.sessions)
        row.emplace_back(series.session);
    if (columns.heads)
        row.emplace_back(series.heads.empty() ? std::string()
                                              : headText(series.headsAt(i).front(), chart.cells.kind).toStdString());
    const double x = i < series.trueX.size() ? series.trueX[i] : series.points[i].x();
    row.push_back(numberIn({x}, 0));
    if (columns.bars) {
        const bool bar = series.shape == SeriesShape::columns;
        row.push_back(bar ? TableValue(x - chart.columnWidth / 2) : TableValue());
        row.push_back(bar ? TableValue(x + chart.columnWidth / 2) : TableValue());
    }
    row.push_back(numberIn({i < series.trueY.size() ? series.trueY[i] : series.points[i].y()}, 0));
    if (columns.bands) {
        row.push_back(numberIn(series.lower, i));
        row.push_back(numberIn(series.upper, i));
    }
    return row;
}

void showPart(ChartAxis& axis, double from, double to) {
    const double minimum = axis.atFraction(from);
    axis.maximum = axis.atFraction(to);
    axis.minimum = minimum;
}

}  // namespace

SessionTable seriesTable(const ChartModel& chart) {
    const Columns columns = columnsOf(chart);
    SessionTable table;
    table.columns = {chart.seriesColumn, "part"};
    const auto add = [&table](bool there, std::initializer_list<std::string> names) {
        if (there)
            table.columns.insert(table.columns.end(), names);
    };
    add(columns.sessions, {"session"});
    add(columns.heads, {"head"});
    add(true, {chart.x.column});
    add(columns.bars, {chart.x.column + "_from", chart.x.column + "_to"});
    add(true, {chart.y.column});
    add(columns.bands, {"lower", "upper"});
    for (const ChartSeries& series : chart.series)
        for (std::size_t i = 0; !series.part.empty() && i < series.points.size(); ++i)
            table.rows.push_back(rowOf(chart, series, i, columns));
    return table;
}

FigureData chartData(const Session& session, const FigureRequest& request) {
    FigurePanel panel{QRectF(QPointF(), figureSize(session, request))};
    panel.letter = panelLetter(request.look);
    panel.chart = figureKindInfo(request.kind).chart(session, request);
    showPart(panel.chart.x, request.visible.left(), request.visible.right());
    showPart(panel.chart.y, request.visible.top(), request.visible.bottom());
    FigureData data;
    data.table = seriesTable(panel.chart);
    data.panels.push_back(std::move(panel));
    return data;
}

}  // namespace rankscope
