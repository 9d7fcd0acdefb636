// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The cells of a head grid: their colours, and the hatches of those without a number.
#include <QImage>
#include <algorithm>
#include <cmath>

#include "ui/drawing/colour_map.h"
#include "ui/grid/head_grid_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr double outsideOpacity = 0.16;  // of cells that the filter leaves out

// The cell that each column (or row) of a panel's image shows: one per cell where cells are whole pixels, which scaling
// then keeps exact; else one per pixel, by the pixel's centre, as hit tests have it.
std::vector<int> imageSteps(int cells, double cellLength, double pixel) {
    const double pixelsPerCell = cellLength / pixel;
    const bool whole = std::abs(pixelsPerCell - std::round(pixelsPerCell)) < 1e-6;
    std::vector<int> steps(std::size_t(whole ? cells : std::lround(cells * pixelsPerCell)));
    for (std::size_t i = 0; i < steps.size(); ++i)
        steps[i] = whole ? int(i) : std::min(cells - 1, int((double(i) + 0.5) / pixelsPerCell));
    return steps;
}

// Row by row, column by column; transparent where there is no value.
std::vector<QRgb> shownColours(const HeadGrid& grid, int panel, const HeadGridStyle& style, const ColourScale& scale) {
    std::vector<QRgb> colours;
    colours.reserve(grid.states.size());
    for (int layer = 0; layer < grid.layers; ++layer)
        for (int column = 0; column < grid.heads; ++column)
            colours.push_back(shownColour(grid, panel, grid.index(grid.headAt(layer, column)), scale, style)
                                  .value_or(qRgba(0, 0, 0, 0)));
    return colours;
}

void paintCellImage(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout, double pixel,
                    const std::vector<QRgb>& colours) {
    const std::vector<int> columns = imageSteps(grid.heads, layout.cell.width(), pixel);
    const std::vector<int> rows = imageSteps(grid.layers, layout.cell.height(), pixel);
    QImage image(int(columns.size()), int(rows.size()), QImage::Format_ARGB32_Premultiplied);
    for (std::size_t y = 0; y < rows.size(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(int(y)));
        const QRgb* row = colours.data() + std::size_t(rows[y]) * std::size_t(grid.heads);
        for (std::size_t x = 0; x < columns.size(); ++x)
            line[x] = row[columns[x]];
    }
    const QSizeF size(int(columns.size()) == grid.heads ? layout.cell.width() * grid.heads : image.width() * pixel,
                      int(rows.size()) == grid.layers ? layout.cell.height() * grid.layers : image.height() * pixel);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(QRectF(layout.panels[std::size_t(panel)].topLeft(), size), image);
}

// As rectangles, for vector files: viewers blur embedded images. Each reaches far below its right and lower neighbours,
// which are painted later: where two meet there is always an opaque one beneath, so that no renderer shows a seam.
void paintCellRects(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                    const std::vector<QRgb>& colours) {
    painter.setPen(Qt::NoPen);
    const QPointF corner = layout.panels[std::size_t(panel)].topLeft();
    const auto at = [&](int layer, int column) {
        return layer < grid.layers && column < grid.heads ? colours[std::size_t(layer) * grid.heads + column] : 0;
    };
    for (int layer = 0; layer < grid.layers; ++layer) {
        for (int column = 0; column < grid.heads; ++column) {
            if (!at(layer, column))
                continue;
            const QPointF origin = corner + QPointF(column * layout.cell.width(), layer * layout.cell.height());
            painter.setBrush(QColor(at(layer, column)));
            painter.drawRect(QRectF(origin, layout.cell)
                                 .adjusted(0, 0, at(layer, column + 1) ? layout.cell.width() / 2 : 0,
                                           at(layer + 1, column) ? layout.cell.height() / 2 : 0));
        }
    }
}

// Diagonals across `area`, `spacing` apart, continuous over neighbouring areas; cut by arithmetic because SVG output
// knows no clipping. Rising: x + y is constant on a line.
void appendDiagonals(QList<QLineF>& lines, const QRectF& area, double spacing, bool rising) {
    const double from = rising ? area.left() + area.top() : area.left() - area.bottom();
    const double to = rising ? area.right() + area.bottom() : area.right() - area.top();
    for (double c = std::ceil(from / spacing) * spacing; c < to; c += spacing) {
        const double x1 = std::max(area.left(), rising ? c - area.bottom() : c + area.top());
        const double x2 = std::min(area.right(), rising ? c - area.top() : c + area.bottom());
        if (x1 < x2)
            lines.append(rising ? QLineF(x1, c - x1, x2, c - x2) : QLineF(x1, x1 - c, x2, x2 - c));
    }
}

struct HatchLook {
    QColor fill, line;   // no lines where `line` is invalid
    double spacing = 1;  // in units
    bool crossed = false;
};

// Pending is light and sparse, failed dark, dense and crossed; undefined is a plain tint (and a dash as its number).
HatchLook lookOf(CellKind kind, const HeadGridStyle& style) {
    if (kind == CellKind::pending)
        return {blended(style.hatch, style.background, 0.25), style.hatch, 1.0, false};
    if (kind == CellKind::failed)
        return {style.hatch, blended(style.text, style.background, 0.7), 0.6, true};
    return {blended(style.hatch, style.background, 0.7), QColor(), 1, false};
}

void paintHatched(QPainter& painter, const QList<QRectF>& areas, CellKind kind, const HeadGridStyle& style) {
    const HatchLook look = lookOf(kind, style);
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.fill);
    painter.drawRects(areas);
    if (!look.line.isValid())
        return;
    QList<QLineF> lines;
    for (const QRectF& area : areas) {
        appendDiagonals(lines, area, look.spacing * style.unit, true);
        if (look.crossed)
            appendDiagonals(lines, area, look.spacing * style.unit, false);
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(look.line, style.lineWidth, Qt::SolidLine, Qt::FlatCap));
    painter.drawLines(lines);
    painter.restore();
}

// Neighbours in a row that are of one kind are one area.
void paintCellsWithoutValue(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                            const HeadGridStyle& style) {
    for (const CellKind kind : {CellKind::undefined, CellKind::pending, CellKind::failed}) {
        QList<QRectF> areas;
        for (int layer = 0; layer < grid.layers; ++layer) {
            bool inRun = false;
            for (int column = 0; column < grid.heads; ++column) {
                const HeadRef ref = grid.headAt(layer, column);
                const bool same = cellKind(grid, panel, grid.index(ref)) == kind;
                if (same && inRun)
                    areas.last().setRight(layout.cellRect(panel, ref).right());
                else if (same)
                    areas.append(layout.cellRect(panel, ref));
                inRun = same;
            }
        }
        if (!areas.isEmpty())
            paintHatched(painter, areas, kind, style);
    }
}

}  // namespace

CellKind cellKind(const HeadGrid& grid, int panel, std::size_t index) {
    const std::vector<HeadState>& own = grid.panels[std::size_t(panel)].states;
    switch (own.empty() ? grid.states[index] : own[index]) {
        case HeadState::pending:
            return CellKind::pending;
        case HeadState::failed:
            return CellKind::failed;
        case HeadState::done:
            break;
    }
    return std::isfinite(grid.panels[std::size_t(panel)].values[index]) ? CellKind::value : CellKind::undefined;
}

std::optional<QRgb> cellColour(const HeadGrid& grid, int panel, std::size_t index, const ColourScale& scale) {
    if (cellKind(grid, panel, index) != CellKind::value)
        return std::nullopt;
    const double extent = scale.range.maximum - scale.range.minimum;
    const double value = grid.panels[std::size_t(panel)].values[index];
    return colourAt(scale.map, extent > 0 ? (value - scale.range.minimum) / extent : 0.5);
}

std::optional<QRgb> shownColour(const HeadGrid& grid, int panel, std::size_t index, const ColourScale& scale,
                                const HeadGridStyle& style) {
    const auto colour = cellColour(grid, panel, index, scale);
    if (!colour || grid.outside.empty() || !grid.outside[index])
        return colour;
    return blended(QColor(*colour), style.background, outsideOpacity).rgb();
}

void paintCells(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                const HeadGridStyle& style, const ColourScale& scale) {
    const std::vector<QRgb> colours = shownColours(grid, panel, style, scale);
    if (style.devicePixel > 0)
        paintCellImage(painter, grid, panel, layout, style.devicePixel, colours);
    else
        paintCellRects(painter, grid, panel, layout, colours);
    paintCellsWithoutValue(painter, grid, panel, layout, style);  // over what rectangles reach below them
}

}  // namespace rankscope
