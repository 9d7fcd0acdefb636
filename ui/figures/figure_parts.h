// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the kinds of figures share; nobody outside ui/figures includes this. GUI thread.
//
// Figures are drawn in 1/100 mm, so that font sizes, whole numbers of units, are exact to 0.2 %.
#pragma once

#include <QColor>
#include <QFont>
#include <QRectF>
#include <initializer_list>
#include <string>
#include <string_view>

#include "ui/charts/chart_style.h"
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

// How many letters the panels of a figure take.
int letterCount(const FigureRequest& request);

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

}  // namespace rankscope
