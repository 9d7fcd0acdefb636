// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where the parts of a head grid lie; painting is in head_grid_painter.cpp.
#include <QFontMetricsF>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

#include "ui/drawing/nice_ticks.h"
#include "ui/drawing/rich_label.h"
#include "ui/grid/head_grid_painter.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

// Everything around the cells, in painter units.
struct Frame {
    double left = 0, right = 0, gap = 0, top = 0, ticks = 0, legend = 0;
    double line = 0;  // height of a line of text
};

Frame frameOf(const HeadGrid& grid, const HeadGridStyle& style) {
    const QFontMetricsF metrics(inPixels(style.font));
    const double digit = metrics.horizontalAdvance(u'0'), unit = style.unit;
    Frame frame;
    frame.line = metrics.height();
    const int rowDigits = int(QString::number(std::max(0, grid.layers - 1)).size());
    frame.left = frame.line + rowDigits * digit + 1.5 * unit;
    frame.right = 1.5 * digit;
    frame.gap = std::max(3 * unit, 4 * digit);
    frame.top = style.titles ? frame.line + 1.25 * unit : 0;
    frame.ticks = unit / 2 + 2 * frame.line;
    const bool titled = std::any_of(style.legendTitles.begin(), style.legendTitles.end(),
                                    [](const QString& title) { return !title.isEmpty(); });
    frame.legend = style.legends ? 2.5 * unit + frame.line * (titled ? 2 : 1) : 0;
    return frame;
}

// Cells may be up to about three times as wide as high, or half as high again as wide, once they are large enough to
// read; small ones take the room there is.
QSizeF cellSize(const HeadGrid& grid, QSizeF room, double line) {
    QSizeF cell(room.width() / std::max(1, grid.heads), room.height() / std::max(1, grid.layers));
    const QSizeF full = cell;
    cell.setHeight(std::min(full.height(), std::max(1.6 * full.width(), 2 * line)));
    cell.setWidth(std::min(full.width(), std::max(3.2 * full.height(), 4 * line)));
    return cell;
}

double snapped(double length, double pixel) {
    return pixel > 0 ? std::round(length / pixel) * pixel : length;
}

// Whole pixels, unless that would waste a fifth of the room or more.
double snappedCell(double length, double pixel) {
    return pixel > 0 && length >= 4 * pixel ? std::floor(length / pixel) * pixel : length;
}

std::vector<int> columnsOfHeads(const HeadGrid& grid) {
    std::vector<int> columns(grid.columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i)
        columns[i - i % std::size_t(grid.heads) + std::size_t(grid.columns[i])] = int(i % std::size_t(grid.heads));
    return columns;
}

}  // namespace

std::optional<int> HeadGridLayout::panelAt(QPointF point) const {
    for (std::size_t i = 0; i < panels.size(); ++i) {
        const QRectF& r = panels[i];
        if (point.x() >= r.left() && point.x() < r.right() && point.y() >= r.top() && point.y() < r.bottom())
            return int(i);
    }
    return std::nullopt;
}

std::optional<HeadRef> HeadGridLayout::headAt(const HeadGrid& grid, QPointF point) const {
    const auto panel = panelAt(point);
    if (!panel || cell.isEmpty())
        return std::nullopt;
    const QPointF inside = point - panels[std::size_t(*panel)].topLeft();
    const int column = std::clamp(int(inside.x() / cell.width()), 0, grid.heads - 1);
    const int layer = std::clamp(int(inside.y() / cell.height()), 0, grid.layers - 1);
    return grid.headAt(layer, column);
}

int HeadGridLayout::column(HeadRef head) const {
    return columnOf.empty() ? head.head.value : columnOf[std::size_t(head.layer.value) * heads + head.head.value];
}

QRectF HeadGridLayout::cellRect(int panel, HeadRef head) const {
    const QRectF& area = panels[std::size_t(panel)];
    return {area.left() + column(head) * cell.width(), area.top() + head.layer.value * cell.height(), cell.width(),
            cell.height()};
}

QSizeF headGridFrame(const HeadGrid& grid, const HeadGridStyle& style) {
    const Frame frame = frameOf(grid, style);
    const double gaps = double(std::max<std::size_t>(1, grid.panels.size()) - 1) * frame.gap;
    return {frame.left + frame.right + gaps, frame.top + frame.ticks + frame.legend};
}

std::vector<QString> legendTitlesFor(const HeadGrid& grid, const MeasureChoice& measure) {
    const QString rank = measureHtml(measure);
    const auto symbol = [&grid](GridQuantity quantity) {
        const GridPanel* panel =
            panelOf(grid, quantity);  // "Ẽ" of "Ẽ before rotation": the panel's title says the rest
        return panel ? panel->title.section(QRegularExpression(u"[ ,]"_s), 0, 0) : QString();
    };
    const QString ratio = gapHtml(symbol(GridQuantity::interaction), symbol(GridQuantity::field));
    const bool known = panelOf(grid, GridQuantity::field) && panelOf(grid, GridQuantity::interaction);
    std::vector<QString> titles;
    for (const GridPanel& panel : grid.panels) {
        const QString title = panel.quantity == GridQuantity::positionShare ? u"share of ‖Ẽ‖²"_s
                              : panel.quantity == GridQuantity::number      ? panel.unit
                              : isRank(panel.quantity)                      ? rank
                              : known                                       ? ratio
                                                                            : u"ratio"_s;
        const bool ofSessions = panel.difference && panel.quantity != GridQuantity::number;
        titles.push_back(ofSessions ? u"difference of %1"_s.arg(title) : title);
    }
    return titles;
}

HeadGridLayout layOutHeadGrid(const HeadGrid& grid, const QRectF& area, const HeadGridStyle& style) {
    HeadGridLayout layout;
    const std::size_t count = grid.panels.size();
    if (count == 0 || grid.layers == 0 || grid.heads == 0)
        return layout;
    layout.heads = grid.heads;
    layout.columnOf = columnsOfHeads(grid);
    const Frame frame = frameOf(grid, style);
    const QSizeF around = headGridFrame(grid, style);
    const QSizeF room(std::max(0.0, area.width() - around.width()) / double(count),
                      std::max(0.0, area.height() - around.height()));
    const QSizeF cell = cellSize(grid, room, frame.line);
    layout.cell = {snappedCell(cell.width(), style.devicePixel), snappedCell(cell.height(), style.devicePixel)};

    const QSizeF panel(layout.cell.width() * grid.heads, layout.cell.height() * grid.layers);
    // What whole pixels leave over widens the gaps, so that the last panel ends where the area does.
    const double over = count > 1 ? (room.width() - panel.width()) * double(count) / double(count - 1) : 0;
    const double gap = frame.gap + std::clamp(over, 0.0, 2 * style.unit);
    const double top = snapped(area.top() + frame.top, style.devicePixel);
    for (std::size_t i = 0; i < count; ++i) {
        const double left = snapped(area.left() + frame.left + double(i) * (panel.width() + gap), style.devicePixel);
        const QRectF cells(QPointF(left, top), panel);
        layout.panels.push_back(cells);
        const double titled = std::min(panel.width() + frame.gap - style.unit, area.right() - left);
        layout.titles.emplace_back(left, top - frame.top, titled, style.titles ? frame.line : 0);
        if (style.legends)
            layout.legends.emplace_back(left, snapped(cells.bottom() + frame.ticks + style.unit, style.devicePixel),
                                        panel.width(), style.unit);
    }
    return layout;
}

}  // namespace rankscope
