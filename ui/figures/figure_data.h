// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Exactly what a figure draws, as numbers: what its CSV lists and its pgfplots file plots again. Made from the same
// data as the drawing. Nobody outside ui/figures and its tests includes this.
#pragma once

#include <QColor>
#include <QList>
#include <QRectF>
#include <QString>
#include <optional>
#include <string>
#include <vector>

#include "core/reports/session_table.h"
#include "ui/figures/figure.h"

namespace rankscope {

enum class SeriesShape { line, steps, dots, bars, level, upright, whiskers };

struct FigureSeries {
    std::string matrix;   // "field", "interaction", "gap"
    std::string part;     // what of it: "head", "median", "baseline", "range", "heads", …
    std::string session;  // in a comparison, as the figure calls it
    QString label;        // beside the curve, plain text; empty: none
    SeriesShape shape = SeriesShape::line;
    QColor colour;
    QList<qreal> dashes{};  // in units of the width; empty: solid
    double width = 1;       // relative to the usual
    std::vector<double> x{}, y{};
    std::vector<double> lower{}, upper{};  // a band, or the ends of whiskers
    std::vector<double> shift{};           // drawn as much further right: equal values lie side by side
    std::vector<std::string> heads{};      // of each point
};

struct FigureAxis {
    std::string column;  // its name in the CSV: "layer", "k90"
    QString title;       // rich text
    std::optional<double> minimum{}, maximum{};
    bool logarithmic = false;
    std::vector<double> ticks{};
};

// Cells in rows from the top; NaN: none.
struct FigureCells {
    int rows = 0, columns = 0;
    std::vector<double> values;
    double minimum = 0, maximum = 1;  // of the colours
    std::vector<QRgb> colours;
    QString legendTitle;           // rich text
    std::vector<QString> numbers;  // in the cells; empty: none
};

struct FigurePanel {
    QRectF area;                // mm, from the figure's corner: with axes and legend
    QString title{}, letter{};  // rich text
    FigureAxis x{}, y{};
    std::vector<FigureSeries> series{};
    std::optional<FigureCells> cells{};
    double barWidth = 0;
};

struct FigureData {
    std::vector<FigurePanel> panels;
    SessionTable table;  // of CSV; a sheet has none
};

// matrix, part, then session and head where there are any, x, y, and lower and upper where there are bands.
SessionTable seriesTable(const FigurePanel& panel);

FigureData gridData(const Session& session, const FigureRequest& request);
FigureData screeData(const Session& session, const FigureRequest& request);
FigureData depthData(const Session& session, const FigureRequest& request);
FigureData distributionData(const Session& session, const FigureRequest& request);
FigureData gapData(const Session& session, const FigureRequest& request);
FigureData lengthData(const Session& session, const FigureRequest& request);
FigureData distanceData(const Session& session, const FigureRequest& request);
FigureData fieldData(const Session& session, const FigureRequest& request);
FigureData comparisonData(const Session& session, const FigureRequest& request);
FigureData comparisonPlotData(const Session& session, const FigureRequest& request);
FigureData sheetData(const Session& session, const FigureRequest& request);

}  // namespace rankscope
