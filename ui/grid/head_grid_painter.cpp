// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/grid/head_grid_painter.h"

#include <QFontMetricsF>
#include <QImage>
#include <algorithm>
#include <cmath>

#include "ui/drawing/colour_map.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/drawing/rich_label.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr double outsideOpacity = 0.16;  // of cells that the filter leaves out

enum class CellKind { value, undefined, pending, failed };

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

bool isOutside(const HeadGrid& grid, std::size_t index) {
    return !grid.outside.empty() && grid.outside[index];
}

// The colour as it is seen: cells that the filter leaves out recede into the background.
std::optional<QRgb> shownColour(const HeadGrid& grid, int panel, std::size_t index, const ColourScale& scale,
                                const HeadGridStyle& style) {
    const auto colour = cellColour(grid, panel, index, scale);
    return colour && isOutside(grid, index) ? blended(QColor(*colour), style.background, outsideOpacity).rgb() : colour;
}

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

void paintCells(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                const HeadGridStyle& style, const ColourScale& scale) {
    const std::vector<QRgb> colours = shownColours(grid, panel, style, scale);
    if (style.devicePixel > 0)
        paintCellImage(painter, grid, panel, layout, style.devicePixel, colours);
    else
        paintCellRects(painter, grid, panel, layout, colours);
    paintCellsWithoutValue(painter, grid, panel, layout, style);  // over what rectangles reach below them
}

// One size for all panels, a little smaller than the text: the largest at which the widest number fits, down to 0.7 of
// the text; nothing below that.
std::optional<QFont> numberFont(const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style) {
    const QFont base = inPixels(style.font);
    const double smallest = std::max({0.7 * base.pixelSize(), 8 * style.devicePixel, style.smallestText});
    if (layout.cell.height() < smallest || layout.cell.width() < smallest)
        return std::nullopt;
    const QFontMetricsF metrics(base);
    double widest = 0;
    for (const GridPanel& panel : grid.panels)
        for (const double value : panel.values)
            if (std::isfinite(value))
                widest = std::max(widest, metrics.horizontalAdvance(panelNumber(panel, value)));
    const double step = style.devicePixel > 0 ? style.devicePixel : 0.05 * base.pixelSize();
    for (double size = std::round(0.9 * base.pixelSize()); size >= smallest - step / 2; size -= step) {
        const double factor = size / base.pixelSize();
        if (factor * (widest + 0.6 * base.pixelSize()) <= layout.cell.width() &&
            factor * (metrics.capHeight() + 0.5 * base.pixelSize()) <= layout.cell.height())
            return scaledFont(base, factor);
    }
    return std::nullopt;
}

void paintNumbers(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                  const HeadGridStyle& style, const QFont& font, const ColourScale& scale) {
    const QFontMetricsF metrics(font);
    const GridPanel& data = grid.panels[std::size_t(panel)];
    painter.setFont(font);
    for (std::size_t index = 0; index < grid.states.size(); ++index) {
        const auto colour = shownColour(grid, panel, index, scale, style);
        if (!colour && cellKind(grid, panel, index) != CellKind::undefined)
            continue;
        const HeadRef head{LayerIndex(int(index) / grid.heads), HeadIndex(int(index) % grid.heads)};
        const QString text = colour ? panelNumber(data, data.values[index]) : u"–"_s;
        const QPointF centre = layout.cellRect(panel, head).center();
        painter.setPen(colour && !isOutside(grid, index) ? inkOn(*colour) : style.mutedText);
        painter.drawText(
            QPointF(centre.x() - metrics.horizontalAdvance(text) / 2, centre.y() + metrics.capHeight() / 2), text);
    }
}

void paintRowAxis(QPainter& painter, const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style) {
    const QRectF& cells = layout.panels.front();
    const QFontMetricsF metrics(inPixels(style.font));
    const int step =
        labelStep(layout.cell.height(), style.tickSpacing * (1.9 * metrics.capHeight() + 0.6 * metrics.ascent()));
    double widest = 0;
    for (int layer = 0; layer < grid.layers; layer += step) {
        const double top = cells.top() + layer * layout.cell.height();
        const RichLabel label(QString::number(layer), style.font);
        widest = std::max(widest, label.width());
        painter.setPen(style.mutedText);
        label.draw(painter, QRectF(cells.left() - style.unit * 0.75, top, 0, layout.cell.height()), Qt::AlignRight);
    }
    painter.setPen(style.text);
    const RichLabel title(u"layer"_s, style.font);
    title.drawUpwards(painter, {cells.left() - style.unit * 1.25 - widest - title.height() / 2, cells.center().y()});
}

// What a column is: a head, or where the heads of each layer are sorted, a place in their order.
QString columnTitle(const HeadGrid& grid) {
    if (grid.order == HeadOrder::index)
        return grid.kind == HeadKind::query ? u"head"_s : u"KV head"_s;
    const GridPanel* panel = panelOf(grid, quantityOf(grid.order));
    return (grid.kind == HeadKind::query ? u"heads in order of %1"_s : u"KV heads in order of %1"_s)
        .arg(panel ? panel->title : QString());
}

void paintColumnAxis(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                     const HeadGridStyle& style) {
    const QRectF& cells = layout.panels[std::size_t(panel)];
    const QFontMetricsF metrics(inPixels(style.font));
    const double line = metrics.height();
    const int first = grid.order == HeadOrder::index ? 0 : 1;
    const QString last = QString::number(grid.heads - 1 + first);
    const int step = labelStep(layout.cell.width(), std::max(1.0, style.tickSpacing) * metrics.horizontalAdvance(last) +
                                                        0.7 * metrics.averageCharWidth());
    painter.setPen(style.mutedText);
    for (int column = 0; column < grid.heads; column += step) {
        const double left = cells.left() + column * layout.cell.width();
        RichLabel(QString::number(column + first), style.font)
            .draw(painter, QRectF(left, cells.bottom() + style.unit / 2, layout.cell.width(), line), Qt::AlignHCenter);
    }
    painter.setPen(style.text);
    RichLabel(columnTitle(grid), style.font)
        .draw(painter, QRectF(cells.left(), cells.bottom() + style.unit / 2 + line, cells.width(), line),
              Qt::AlignHCenter);
}

// The two sides of a difference are shortened each by itself: both have to be there.
QString fittedTitle(const QString& title, const QFontMetricsF& metrics, double width) {
    static const QString minus = u" − "_s;
    const qsizetype at = title.indexOf(minus);
    if (at < 0)
        return metrics.elidedText(title, Qt::ElideRight, width);
    const double room = (width - metrics.horizontalAdvance(minus)) / 2;
    const QString a = title.left(at), b = title.mid(at + minus.size());
    const double restA = std::max(0.0, room - metrics.horizontalAdvance(a));
    const double restB = std::max(0.0, room - metrics.horizontalAdvance(b));
    return metrics.elidedText(a, Qt::ElideRight, room + restB) + minus +
           metrics.elidedText(b, Qt::ElideRight, room + restA);
}

void paintTitle(QPainter& painter, const GridPanel& panel, const QRectF& area, const HeadGridStyle& style) {
    QFont font = style.font;
    font.setBold(true);
    QColor colour = style.text;
    if (style.colouredTitles && isRank(panel.quantity))
        colour =
            panel.quantity == GridQuantity::field ? fieldColour(style.background) : interactionColour(style.background);
    painter.setPen(colour);
    RichLabel label(panel.title, font);
    if (label.width() > area.width() && !panel.plainTitle.isEmpty())
        label =
            RichLabel(fittedTitle(panel.plainTitle, QFontMetricsF(inPixels(font)), area.width()).toHtmlEscaped(), font);
    label.draw(painter, area, Qt::AlignLeft | Qt::AlignTop);
}

}  // namespace

std::optional<QRgb> cellColour(const HeadGrid& grid, int panel, std::size_t index, const ColourScale& scale) {
    if (cellKind(grid, panel, index) != CellKind::value)
        return std::nullopt;
    const double extent = scale.range.maximum - scale.range.minimum;
    const double value = grid.panels[std::size_t(panel)].values[index];
    return colourAt(scale.map, extent > 0 ? (value - scale.range.minimum) / extent : 0.5);
}

void paintHeadGrid(QPainter& painter, const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style) {
    if (layout.panels.empty())
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setRenderHint(QPainter::TextAntialiasing);
    const std::vector<ColourScale> scales = colourScales(grid, style);
    const auto numbers = style.cellNumbers ? numberFont(grid, layout, style) : std::nullopt;
    for (int panel = 0; panel < int(grid.panels.size()); ++panel) {
        const ColourScale& scale = scales[std::size_t(panel)];
        paintCells(painter, grid, panel, layout, style, scale);
        if (numbers)
            paintNumbers(painter, grid, panel, layout, style, *numbers, scale);
        if (style.titles)
            paintTitle(painter, grid.panels[std::size_t(panel)], layout.titles[std::size_t(panel)], style);
        paintColumnAxis(painter, grid, panel, layout, style);
        if (style.legends)
            paintLegend(painter, grid, panel, layout, style, scale);
    }
    paintRowAxis(painter, grid, layout, style);
    painter.restore();
}

}  // namespace rankscope
