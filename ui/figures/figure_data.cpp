// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figures/figure_data.h"

#include <algorithm>
#include <cmath>

#include "ui/figures/figure_sheets.h"

namespace rankscope {

namespace {

void addNumber(std::vector<TableValue>& row, const std::vector<double>& values, std::size_t i) {
    row.emplace_back();
    if (i < values.size() && std::isfinite(values[i]))
        row.back() = values[i];
}

// Which of the columns that not every chart has.
struct Columns {
    bool sessions = false, heads = false, bands = false, bars = false;
};

Columns columnsOf(const FigurePanel& panel) {
    Columns columns;
    for (const FigureSeries& series : panel.series) {
        columns.sessions = columns.sessions || !series.session.empty();
        columns.heads = columns.heads || !series.heads.empty();
        columns.bands = columns.bands || !series.lower.empty();
        columns.bars = columns.bars || series.shape == SeriesShape::bars;
    }
    return columns;
}

std::vector<TableValue> rowOf(const FigurePanel& panel, const FigureSeries& series, std::size_t i,
                              const Columns& columns) {
    std::vector<TableValue> row{series.matrix, series.part};
    if (columns.sessions)
        row.emplace_back(series.session);
    if (columns.heads)
        row.emplace_back(i < series.heads.size() ? series.heads[i] : std::string());
    addNumber(row, series.x, i);
    if (columns.bars) {
        const double half = panel.barWidth / 2;
        const bool bar = series.shape == SeriesShape::bars;
        addNumber(row, bar ? std::vector{series.x[i] - half} : std::vector<double>(), 0);
        addNumber(row, bar ? std::vector{series.x[i] + half} : std::vector<double>(), 0);
    }
    addNumber(row, series.y, i);
    if (columns.bands) {
        addNumber(row, series.lower, i);
        addNumber(row, series.upper, i);
    }
    return row;
}

}  // namespace

SessionTable seriesTable(const FigurePanel& panel) {
    const Columns columns = columnsOf(panel);
    SessionTable table;
    table.columns = {"matrix", "part"};
    const auto add = [&table](bool there, std::initializer_list<std::string> names) {
        if (there)
            table.columns.insert(table.columns.end(), names);
    };
    add(columns.sessions, {"session"});
    add(columns.heads, {"head"});
    add(true, {panel.x.column});
    add(columns.bars, {panel.x.column + "_from", panel.x.column + "_to"});
    add(true, {panel.y.column});
    add(columns.bands, {"lower", "upper"});
    for (const FigureSeries& series : panel.series)
        for (std::size_t i = 0; i < std::max(series.x.size(), series.y.size()); ++i)
            table.rows.push_back(rowOf(panel, series, i, columns));
    return table;
}

FigureData sheetData(const Session& session, const FigureRequest& request) {
    FigureData all;
    const QSizeF size = figureSize(session, request);
    for (const SheetPlace& place : layOutSheet(session, request, request.heightMm > 0 ? size.height() : 0)) {
        FigureData part = figureKindInfo(place.figure.kind).data(session, place.figure);
        for (FigurePanel& panel : part.panels) {
            panel.area.translate(place.area.topLeft());
            all.panels.push_back(std::move(panel));
        }
    }
    return all;
}

}  // namespace rankscope
