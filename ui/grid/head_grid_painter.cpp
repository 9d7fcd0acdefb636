// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/grid/head_grid_painter.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "ui/drawing/colour_map.h"
#include "ui/drawing/nice_ticks.h"
#include "ui/drawing/rich_label.h"
#include "ui/grid/head_grid_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

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
        const bool dimmed = !grid.outside.empty() && grid.outside[index];
        const QString text = colour ? panelNumber(data, data.values[index]) : u"–"_s;
        const QPointF centre = layout.cellRect(panel, head).center();
        painter.setPen(colour && !dimmed ? inkOn(*colour) : style.mutedText);
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
