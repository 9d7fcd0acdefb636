// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The parts that the kinds and the formats of figures share; nobody outside ui/figures and its tests includes this.
// GUI thread.
//
// Figures are drawn in 1/100 mm, so that font sizes, whole numbers of units, are exact to 0.2 %.
#pragma once

#include <QColor>
#include <QFont>
#include <QRectF>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/reports/session_table.h"
#include "ui/charts/model_chart.h"
#include "ui/figures/figure.h"
#include "ui/grid/head_grid_painter.h"
#include "ui/head/field_painter.h"

namespace rankscope {

constexpr double unitsPerMm = 100, mmPerPoint = 25.4 / 72;
constexpr double hairlineMm = 0.18, curveMm = 0.35;  // 0.5 pt and 1 pt
constexpr double insetMm = 0.3;                      // of ink from the page's edge
constexpr double tallestMm = 170;                    // what journals allow on a page
constexpr double crispDpi = 140;                     // from here on cells of raster images are whole pixels
constexpr double narrowestChartMm = 30, lowestMm = 25;
constexpr double smallestPt = 5, largestPt = 10;  // of text

inline const QColor figureInk(0, 0, 0), figureMutedInk(0x40, 0x40, 0x40), figurePaper(0xff, 0xff, 0xff);

QFont figureFont(const FigureRequest& request);
ChartStyle figureChartStyle(const FigureRequest& request);
HeadGridStyle figureGridStyle(const FigureRequest& request);  // without what depends on the grid
FieldMapStyle figureFieldStyle(const FigureRequest& request);
double tickSpacing(TickDensity density);

// Of whole device pixels, where the painter draws an image fine enough for them; else 0.
double devicePixelOf(const QPainter& painter);

// The letter of a figure's panel number `panel`, as rich text: "(a)", "a"; empty without letters.
QString panelLetter(const FigureLook& look, int panel = 0);
void paintLetter(QPainter& painter, const QRectF& area, const FigureRequest& request);

[[noreturn]] void refuse(std::string_view subject, std::string_view expected, const std::string& found);
QString millimetres(double mm);
void checkVariant(const Session& session, Variant variant);
void checkHead(const Session& session, HeadRef head);
void checkHeads(const Session& session, const FigureRequest& request);

// "Effective rank k90 (…)": how the captions begin.
QString measureText(const MeasureChoice& measure);
QString definitionText(Variant variant);

// "Position share (Σ_δ …)": what it is, for captions.
QString positionShareDefinition();

// The session as one of those that it is compared with. Valid as long as `session` is.
Sessions comparedSessions(const Session& session, const FigureRequest& request);

// "blue" of Ẽ, "vermilion" of W_QᵀW_K, or the greys that stand for them.
QString colourName(const FigureRequest& request, bool field);

// The selected heads as marks: the first in the foreground, the others with their pins' letters.
std::vector<MarkedHead> markedHeads(const FigureRequest& request);

// Of kinds that are one chart: `info` with what all of them have in common.
FigureKindInfo chartKind(FigureKindInfo info, std::optional<ChartPart> part = {});
double narrowestChart(const Session& session, const FigureRequest& request);  // mm
double chartHeight(const Session& session, const FigureRequest& request);     // mm
void paintChartFigure(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& request);
FigureData chartData(const Session& session, const FigureRequest& request);

// A grid of one session or of the difference of two.
struct FigureGrid {
    HeadGrid grid;
    std::vector<QString> legendTitles;  // rich text, per panel
};
FigureGrid shownGrid(const Session& session, const FigureRequest& request);  // the chosen panels, in the chosen order
FigureGrid differenceGrid(const Session& session, const FigureRequest& request);  // A, B and A − B, of the same shape
double narrowestGrid(const FigureGrid& figure, const FigureRequest& request);     // mm
double gridHeight(const FigureGrid& figure, const FigureRequest& request);        // mm
void paintGrid(QPainter& painter, const QRectF& area, FigureGrid figure, const FigureRequest& request);
FigureData differenceData(const Session& session, const FigureRequest& request);

struct FigureField {
    HeadFactors factors;
    ComponentRange components;
    int firstToken = 0, tokens = 0;  // what is shown of the window, queries and keys alike
    double range = 1;                // colours from −range to range
    bool beyond = false;             // some cells lie beyond them
};
FigureField shownField(const Session& session, const FigureRequest& request);  // REQUIRES factors of the head

struct SheetPlace {
    FigureRequest figure;  // with the sheet's look, and its own size and letter
    QRectF area;           // mm, from the sheet's corner
};
// In rows, in reading order; rows are as high as their highest figure, or fill the sheet's own height.
std::vector<SheetPlace> layOutSheet(const Session& session, const FigureRequest& sheet, double heightMm);

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
    ChartModel chart{};         // of cells its axes
    std::optional<FigureCells> cells{};
};

// Exactly what a figure draws, as numbers: what its CSV lists and its pgfplots file plots again.
struct FigureData {
    std::vector<FigurePanel> panels;
    SessionTable table;  // of CSV; a sheet has none
};

// matrix, part, then session and head where there are any, x, y, and lower and upper where there are bands.
SessionTable seriesTable(const ChartModel& chart);

// Spaces in the place of control characters: XML knows no such characters, and line ends close a comment in LaTeX.
QString onOneLine(QString text);

// The writers of formats make a file in memory first: it is there whole or not at all.
constexpr double painterUnitsPerMm = 10;  // of paintFigure
void saveWhole(const QString& path, const QByteArray& bytes);
QString creatorOf(const Session& session);  // "Rankscope 0.1.0"
void writePdf(const Session& session, const FigureRequest& request, const QString& path);
void writeSvg(const Session& session, const FigureRequest& request, const QString& path);
void writePng(const Session& session, const FigureRequest& request, const QString& path);
void writeTiff(const Session& session, const FigureRequest& request, const QString& path);
void writePgfplots(const Session& session, const FigureRequest& request, const QString& path);

constexpr std::uint32_t optionsOf(std::initializer_list<FigureOption> options) {
    std::uint32_t all = 0;
    for (const FigureOption option : options)
        all |= static_cast<std::uint32_t>(option);
    return all;
}

FigureKindInfo gridFigure();
FigureKindInfo screeFigure();
FigureKindInfo depthFigure();
FigureKindInfo distributionFigure();
FigureKindInfo gapFigure();
FigureKindInfo lengthFigure();
FigureKindInfo fieldFigure();
FigureKindInfo distanceFigure();
FigureKindInfo comparisonFigure();
FigureKindInfo sheetFigure();
FigureKindInfo causalFigure();
FigureKindInfo causalRankFigure();

}  // namespace rankscope
