// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/head_grid_painter.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QImage>
#include <QLinearGradient>
#include <algorithm>
#include <cmath>

#include "ui/viewmodels/text.h"
#include "ui/views/colour_map.h"
#include "ui/views/nice_ticks.h"
#include "ui/views/rich_label.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(HeadGrid)
};

enum class CellKind { value, undefined, pending, failed };

CellKind kindOf(const HeadGrid& grid, int panel, std::size_t index) {
    switch (grid.states[index]) {
        case HeadState::pending:
            return CellKind::pending;
        case HeadState::failed:
            return CellKind::failed;
        case HeadState::done:
            break;
    }
    return std::isfinite(grid.panels[std::size_t(panel)].values[index]) ? CellKind::value : CellKind::undefined;
}

ColourMap mapOf(const GridPanel& panel) {
    return panel.quantity == GridQuantity::gap ? ColourMap::cividis : ColourMap::viridis;
}

// A cell's number: counts without decimals, but a median between two counts keeps its half.
QString cellText(const GridPanel& panel, double value) {
    const bool between = panel.decimals == 0 && value != std::floor(value);
    return numberText(value, between ? 1 : panel.decimals);
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

void paintCellImage(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout, double pixel,
                    const ColourRange& range) {
    const std::vector<int> columns = imageSteps(grid.heads, layout.cell.width(), pixel);
    const std::vector<int> rows = imageSteps(grid.layers, layout.cell.height(), pixel);
    QImage image(int(columns.size()), int(rows.size()), QImage::Format_ARGB32_Premultiplied);
    for (std::size_t y = 0; y < rows.size(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(int(y)));
        for (std::size_t x = 0; x < columns.size(); ++x) {
            const HeadRef head{LayerIndex(rows[y]), HeadIndex(columns[x])};
            line[x] = cellColour(grid, panel, grid.index(head), range).value_or(qRgba(0, 0, 0, 0));
        }
    }
    const QSizeF size(int(columns.size()) == grid.heads ? layout.cell.width() * grid.heads : image.width() * pixel,
                      int(rows.size()) == grid.layers ? layout.cell.height() * grid.layers : image.height() * pixel);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(QRectF(layout.panels[std::size_t(panel)].topLeft(), size), image);
}

// As rectangles, for vector files: viewers blur embedded images. Each reaches far below its right and lower neighbours,
// which are painted later: where two meet there is always an opaque one beneath, so that no renderer shows a seam.
void paintCellRects(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                    const ColourRange& range) {
    painter.setPen(Qt::NoPen);
    const auto colourOf = [&](int layer, int head) {
        return cellColour(grid, panel, grid.index({LayerIndex(layer), HeadIndex(head)}), range);
    };
    for (int layer = 0; layer < grid.layers; ++layer) {
        for (int head = 0; head < grid.heads; ++head) {
            const auto colour = colourOf(layer, head);
            if (!colour)
                continue;
            const bool right = head + 1 < grid.heads && colourOf(layer, head + 1);
            const bool below = layer + 1 < grid.layers && colourOf(layer + 1, head);
            painter.setBrush(QColor(*colour));
            painter.drawRect(
                layout.cellRect(panel, {LayerIndex(layer), HeadIndex(head)})
                    .adjusted(0, 0, right ? layout.cell.width() / 2 : 0, below ? layout.cell.height() / 2 : 0));
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
            for (int head = 0; head < grid.heads; ++head) {
                const HeadRef ref{LayerIndex(layer), HeadIndex(head)};
                const bool same = kindOf(grid, panel, grid.index(ref)) == kind;
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

// One size for all panels, a little smaller than the text: the largest at which the widest number fits, down to 0.7 of
// the text; nothing below that.
std::optional<QFont> numberFont(const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style) {
    const QFont base = inPixels(style.font);
    const double smallest = std::max(0.7 * base.pixelSize(), 8 * style.devicePixel);
    if (layout.cell.height() < smallest || layout.cell.width() < smallest)
        return std::nullopt;
    const QFontMetricsF metrics(base);
    double widest = 0;
    for (const GridPanel& panel : grid.panels)
        for (const double value : panel.values)
            if (std::isfinite(value))
                widest = std::max(widest, metrics.horizontalAdvance(cellText(panel, value)));
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
                  const HeadGridStyle& style, const QFont& font, const ColourRange& range) {
    const QFontMetricsF metrics(font);
    const GridPanel& data = grid.panels[std::size_t(panel)];
    painter.setFont(font);
    for (int layer = 0; layer < grid.layers; ++layer) {
        for (int head = 0; head < grid.heads; ++head) {
            const HeadRef ref{LayerIndex(layer), HeadIndex(head)};
            const auto colour = cellColour(grid, panel, grid.index(ref), range);
            if (!colour && kindOf(grid, panel, grid.index(ref)) != CellKind::undefined)
                continue;
            const QString text = colour ? cellText(data, data.values[grid.index(ref)]) : QStringLiteral("–");
            const QPointF centre = layout.cellRect(panel, ref).center();
            painter.setPen(colour ? inkOn(*colour) : style.mutedText);
            painter.drawText(
                QPointF(centre.x() - metrics.horizontalAdvance(text) / 2, centre.y() + metrics.capHeight() / 2), text);
        }
    }
}

void paintRowAxis(QPainter& painter, const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style) {
    const QRectF& cells = layout.panels.front();
    const QFontMetricsF metrics(inPixels(style.font));
    const int step = labelStep(layout.cell.height(), 1.9 * metrics.capHeight() + 0.6 * metrics.ascent());
    double widest = 0;
    for (int layer = 0; layer < grid.layers; layer += step) {
        const QRectF row = layout.cellRect(0, {LayerIndex(layer), HeadIndex(0)});
        const RichLabel label(QString::number(layer), style.font);
        widest = std::max(widest, label.width());
        painter.setPen(style.mutedText);
        label.draw(painter, QRectF(row.left() - style.unit * 0.75, row.top(), 0, row.height()), Qt::AlignRight);
    }
    painter.setPen(style.text);
    const RichLabel title(Text::tr("layer"), style.font);
    title.drawUpwards(painter, {cells.left() - style.unit * 1.25 - widest - title.height() / 2, cells.center().y()});
}

void paintColumnAxis(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                     const HeadGridStyle& style) {
    const QRectF& cells = layout.panels[std::size_t(panel)];
    const QFontMetricsF metrics(inPixels(style.font));
    const double line = metrics.height();
    const QString last = QString::number(grid.heads - 1);
    const int step = labelStep(layout.cell.width(), metrics.horizontalAdvance(last) + 0.7 * metrics.averageCharWidth());
    painter.setPen(style.mutedText);
    for (int head = 0; head < grid.heads; head += step) {
        const QRectF column = layout.cellRect(panel, {LayerIndex(0), HeadIndex(head)});
        RichLabel(QString::number(head), style.font)
            .draw(painter, QRectF(column.left(), cells.bottom() + style.unit / 2, column.width(), line),
                  Qt::AlignHCenter);
    }
    painter.setPen(style.text);
    RichLabel(Text::tr("head"), style.font)
        .draw(painter, QRectF(cells.left(), cells.bottom() + style.unit / 2 + line, cells.width(), line),
              Qt::AlignHCenter);
}

void paintTitle(QPainter& painter, const GridPanel& panel, const QRectF& area, const HeadGridStyle& style) {
    QFont font = style.font;
    font.setBold(true);
    QColor colour = style.text;
    if (style.colouredTitles && panel.quantity != GridQuantity::gap)
        colour =
            panel.quantity == GridQuantity::field ? fieldColour(style.background) : interactionColour(style.background);
    painter.setPen(colour);
    RichLabel(panel.title, font).draw(painter, area, Qt::AlignLeft | Qt::AlignTop);
}

QLinearGradient legendGradient(const QRectF& bar, ColourMap map) {
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    constexpr int stops = 64;
    for (int i = 0; i <= stops; ++i)
        gradient.setColorAt(double(i) / stops, QColor(colourAt(map, double(i) / stops)));
    return gradient;
}

void paintLegend(QPainter& painter, const HeadGrid& grid, int panel, const HeadGridLayout& layout,
                 const HeadGridStyle& style, const ColourRange& range) {
    const QRectF& bar = layout.legends[std::size_t(panel)];
    const GridPanel& data = grid.panels[std::size_t(panel)];
    painter.fillRect(bar, legendGradient(bar, mapOf(data)));
    const QFontMetricsF metrics(inPixels(style.font));
    if (std::any_of(data.values.begin(), data.values.end(), [](double value) { return std::isfinite(value); })) {
        const double room = 1.7 * metrics.horizontalAdvance(numberText(range.maximum, 0));
        const Ticks ticks = niceTicks(range.minimum, range.maximum, std::clamp(int(bar.width() / room) + 1, 2, 6));
        for (const double value : ticks.values) {
            const double x = bar.left() + (value - range.minimum) / (range.maximum - range.minimum) * bar.width();
            painter.setPen(QPen(style.mutedText, style.lineWidth, Qt::SolidLine, Qt::FlatCap));
            painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + style.unit * 0.4));
            RichLabel(tickText(value, ticks.decimals), style.font)
                .draw(painter, QRectF(x, bar.bottom() + style.unit * 0.5, 0, 0), Qt::AlignHCenter | Qt::AlignTop);
        }
    }
    if (std::size_t(panel) < style.legendTitles.size()) {
        painter.setPen(style.text);
        RichLabel(style.legendTitles[std::size_t(panel)], style.font)
            .draw(painter, QRectF(bar.left(), bar.bottom() + style.unit * 0.5 + metrics.height(), bar.width(), 0),
                  Qt::AlignHCenter | Qt::AlignTop);
    }
}

}  // namespace

std::optional<QRgb> cellColour(const HeadGrid& grid, int panel, std::size_t index, const ColourRange& range) {
    if (kindOf(grid, panel, index) != CellKind::value)
        return std::nullopt;
    const GridPanel& data = grid.panels[std::size_t(panel)];
    const double extent = range.maximum - range.minimum;
    return colourAt(mapOf(data), extent > 0 ? (data.values[index] - range.minimum) / extent : 0.5);
}

std::vector<ColourRange> colourRanges(const HeadGrid& grid, const HeadGridStyle& style) {
    // Bounds of the ranks together, and of the gap.
    std::optional<NiceRange> bounds[2];
    for (const GridPanel& panel : grid.panels) {
        std::optional<NiceRange>& group = bounds[panel.quantity == GridQuantity::gap];
        for (const double value : panel.values)
            if (std::isfinite(value))
                group = group ? NiceRange{std::min(group->minimum, value), std::max(group->maximum, value)}
                              : NiceRange{value, value};
    }
    std::vector<ColourRange> ranges;
    for (std::size_t i = 0; i < grid.panels.size(); ++i) {
        const auto& group = bounds[grid.panels[i].quantity == GridQuantity::gap];
        const NiceRange nice = group ? niceRange(group->minimum, group->maximum, 6) : NiceRange{};
        ranges.push_back(i < style.ranges.size() && style.ranges[i] ? *style.ranges[i]
                                                                    : ColourRange{nice.minimum, nice.maximum});
    }
    return ranges;
}

void paintHeadGrid(QPainter& painter, const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style) {
    if (layout.panels.empty())
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setRenderHint(QPainter::TextAntialiasing);
    const std::vector<ColourRange> ranges = colourRanges(grid, style);
    const auto numbers = style.cellNumbers ? numberFont(grid, layout, style) : std::nullopt;
    for (int panel = 0; panel < int(grid.panels.size()); ++panel) {
        const ColourRange& range = ranges[std::size_t(panel)];
        if (style.devicePixel > 0)
            paintCellImage(painter, grid, panel, layout, style.devicePixel, range);
        else
            paintCellRects(painter, grid, panel, layout, range);
        paintCellsWithoutValue(painter, grid, panel, layout, style);  // over what rectangles reach below them
        if (numbers)
            paintNumbers(painter, grid, panel, layout, style, *numbers, range);
        if (style.titles)
            paintTitle(painter, grid.panels[std::size_t(panel)], layout.titles[std::size_t(panel)], style);
        paintColumnAxis(painter, grid, panel, layout, style);
        if (style.legends)
            paintLegend(painter, grid, panel, layout, style, range);
    }
    paintRowAxis(painter, grid, layout, style);
    painter.restore();
}

}  // namespace rankscope
