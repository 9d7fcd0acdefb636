// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figures/figure.h"

#include <QCoreApplication>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QPaintEngine>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "ui/viewmodels/text.h"
#include "ui/views/head_grid_painter.h"
#include "ui/views/scree_chart.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Figure)
};

// Figures are drawn in 1/100 mm, so that font sizes, whole numbers of units, are exact to 0.2 %.
constexpr double unitsPerMm = 100, mmPerPoint = 25.4 / 72;
constexpr double hairlineMm = 0.18, curveMm = 0.35;       // 0.5 pt and 1 pt
constexpr double smallestCellMm = 0.15, lowestRowMm = 1;  // of a grid; a row may be higher than it is wide
constexpr double crispDpi = 140;
constexpr double insetMm = 0.3;    // of ink from the page's edge
constexpr double tallestMm = 170;  // what journals allow on a page
const QColor ink(0, 0, 0), mutedInk(0x40, 0x40, 0x40), paper(0xff, 0xff, 0xff);

// A sans serif that has Ẽ: the free twin of Arial, Arial or Helvetica themselves, else what every Debian has.
QString fontFamily() {
    for (const char* name : {"Liberation Sans", "Arial", "Helvetica", "Nimbus Sans", "DejaVu Sans"}) {
        const QString family = QString::fromLatin1(name);
        if (QFontDatabase::hasFamily(family) && QFontMetricsF(QFont(family)).inFontUcs4(U'Ẽ'))
            return family;
    }
    return QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
}

QFont figureFont(const FigureRequest& request) {
    QFont font(fontFamily());
    font.setPixelSize(std::max(1, int(std::lround(request.fontPt * mmPerPoint * unitsPerMm))));
    font.setHintingPreference(QFont::PreferNoHinting);  // the same widths at every resolution
    font.setStyleStrategy(QFont::ForceOutline);
    return font;
}

HeadGridStyle gridStyle(const HeadGrid& grid, const FigureRequest& request) {
    HeadGridStyle style;
    style.font = figureFont(request);
    style.unit = 0.6 * style.font.pixelSize();
    style.lineWidth = hairlineMm * unitsPerMm;
    style.devicePixel = 0;
    style.text = ink;
    style.mutedText = mutedInk;
    style.background = paper;
    style.hatch = QColor(0xb0, 0xb0, 0xb0);
    style.colouredTitles = false;
    style.legendTitles = legendTitlesFor(grid, request.grid.measure);
    applyColours(style, grid, request.colours);
    return style;
}

ScreeStyle screeStyle(const FigureRequest& request) {
    return {figureFont(request), curveMm * unitsPerMm, ink, mutedInk, paper};
}

// Rows about as high as a line of text, so that numbers fit; not higher than cells are wide; all of it on one page.
double gridHeight(const HeadGrid& grid, const FigureRequest& request) {
    const HeadGridStyle style = gridStyle(grid, request);
    const QSizeF frame = headGridFrame(grid, style);
    const double width = ((request.widthMm - 2 * insetMm) * unitsPerMm - frame.width()) / std::max(1, 3 * grid.heads);
    const double row = std::max(lowestRowMm * unitsPerMm, std::min(width, 1.25 * style.font.pixelSize()));
    const double most = std::max((tallestMm - 2 * insetMm) * unitsPerMm - frame.height(), 0.0);
    return (frame.height() + std::min(row * grid.layers, most)) / unitsPerMm + 2 * insetMm;
}

[[noreturn]] void refuse(std::string_view subject, std::string_view expected, const std::string& found) {
    throw Error(ErrorCode::mismatch, "figure", subject, expected, found);
}

QString millimetres(double mm) {
    return QString::number(mm, 'g', 4) + QStringLiteral(" mm");
}

void checkVariant(const Session& session, Variant variant) {
    if (!session.has(variant))
        refuse(variantInfo(variant).id, "spectra in the session", "none");
}

void checkHead(const Session& session, HeadRef head) {
    if (head.layer.value < 0 || head.layer.value >= session.model.layers || head.head.value < 0 ||
        head.head.value >= session.model.heads)
        refuse(headName(head),
               "a head up to " + headName({LayerIndex(session.model.layers - 1), HeadIndex(session.model.heads - 1)}),
               "no such head");
    if (session.state(head) == HeadState::failed)
        refuse(headName(head), "a head with a spectrum", "failed: " + std::string(session.failureReason(head)));
    if (session.state(head) != HeadState::done)
        refuse(headName(head), "a head with a spectrum", "not computed yet");
}

void checkSize(const Session& session, const FigureRequest& request) {
    if (!(request.fontPt >= 4 && request.fontPt <= 24))
        refuse("font size", "4 to 24 pt", QString::number(request.fontPt).toStdString());
    double narrowest = 30;
    if (request.kind == FigureKind::grid) {
        const HeadGrid grid = makeHeadGrid(session, request.grid);
        narrowest =
            headGridFrame(grid, gridStyle(grid, request)).width() / unitsPerMm + 3 * grid.heads * smallestCellMm;
    }
    if (!(request.widthMm >= narrowest && request.widthMm <= 2000))
        refuse("width", (millimetres(std::ceil(narrowest)) + QStringLiteral(" to 2000 mm")).toStdString(),
               millimetres(request.widthMm).toStdString());
    if (request.heightMm != 0 && !(request.heightMm >= 25 && request.heightMm <= 2000))
        refuse("height", "25 mm to 2000 mm", millimetres(request.heightMm).toStdString());
}

void paintGrid(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& request) {
    const HeadGrid grid = makeHeadGrid(session, request.grid);
    HeadGridStyle style = gridStyle(grid, request);
    // Whole pixels per cell keep a printed image crisp; in a coarse preview they would change the proportions.
    const double pixelsPerUnit = painter.deviceTransform().m11();
    if (painter.paintEngine()->type() == QPaintEngine::Raster && pixelsPerUnit * unitsPerMm * 25.4 >= crispDpi)
        style.devicePixel = 1 / pixelsPerUnit;
    paintHeadGrid(painter, grid, layOutHeadGrid(grid, area, style), style);
}

}  // namespace

void checkFigure(const Session& session, const FigureRequest& request) {
    const bool grid = request.kind == FigureKind::grid;
    checkVariant(session, grid ? request.grid.field : request.scree.field);
    checkVariant(session, grid ? request.grid.interaction : request.scree.interaction);
    if (!grid) {
        for (const HeadRef head : request.scree.heads)
            checkHead(session, head);
        if (request.scree.heads.empty() && request.scree.band == ScreeBand::none)
            refuse("heads", "at least one head or the median", "none");
    }
    checkSize(session, request);
}

QSizeF figureSize(const Session& session, const FigureRequest& request) {
    if (request.heightMm > 0)
        return {request.widthMm, request.heightMm};
    if (request.kind == FigureKind::grid)
        return {request.widthMm, gridHeight(makeHeadGrid(session, request.grid), request)};
    return {request.widthMm, std::clamp(0.7 * request.widthMm, 40.0, 90.0)};
}

void paintFigure(QPainter& painter, const Session& session, const FigureRequest& request) {
    const QRectF area(QPointF(), figureSize(session, request) * unitsPerMm);
    painter.save();
    painter.scale(10 / unitsPerMm, 10 / unitsPerMm);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    painter.fillRect(area, paper);
    constexpr double inset = insetMm * unitsPerMm;
    const QRectF inside = area.adjusted(inset, inset, -inset, -inset);
    if (request.kind == FigureKind::grid)
        paintGrid(painter, inside, session, request);
    else
        paintScree(painter, inside, makeScree(session, request.scree), screeStyle(request));
    painter.restore();
}

}  // namespace rankscope
