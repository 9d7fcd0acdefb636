// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Marks on a head grid: selected, pinned and hovered heads. Painted over the cells, cheap enough for every mouse move.
#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <map>

#include "ui/drawing/colour_map.h"
#include "ui/drawing/rich_label.h"
#include "ui/grid/head_grid_painter.h"

namespace rankscope {

namespace {

constexpr double thinCell = 6;                              // in line widths: below, a band is drawn as one line
constexpr double letterScale = 0.85, letterDistance = 1.1;  // of the text; from the cells, in units

// Along the edges of the row and the column, so that no number is struck out.
void paintCross(QPainter& painter, const QRectF& cells, const QRectF& cell, const HeadGridStyle& style) {
    QList<QLineF> lines;
    const QPointF centre = cell.center();
    if (cell.height() < thinCell * style.lineWidth)
        lines << QLineF(cells.left(), centre.y(), cells.right(), centre.y());
    else
        lines << QLineF(cells.left(), cell.top(), cells.right(), cell.top())
              << QLineF(cells.left(), cell.bottom(), cells.right(), cell.bottom());
    if (cell.width() < thinCell * style.lineWidth)
        lines << QLineF(centre.x(), cells.top(), centre.x(), cells.bottom());
    else
        lines << QLineF(cell.left(), cells.top(), cell.left(), cells.bottom())
              << QLineF(cell.right(), cells.top(), cell.right(), cells.bottom());
    painter.setPen(QPen(QColor(255, 255, 255, 200), style.lineWidth, Qt::SolidLine, Qt::FlatCap));
    painter.drawLines(lines);
}

// The number of the row or column under the pointer, in place of the thinned ticks.
void paintAxisNumber(QPainter& painter, int number, QPointF anchor, bool row, const HeadGridStyle& style) {
    QFont font = style.font;
    font.setBold(true);
    const RichLabel label(QString::number(number), font);
    const double pad = style.unit / 4;
    const double width = std::max(label.width(), label.height() * 0.8) + 2 * pad;
    const QRectF box = row ? QRectF(anchor.x() - width - pad, anchor.y() - label.height() / 2, width, label.height())
                           : QRectF(anchor.x() - width / 2, anchor.y() + 2 * pad, width, label.height());
    painter.setPen(Qt::NoPen);
    painter.setBrush(style.background);
    painter.drawRect(box.adjusted(row ? -style.unit / 2 : -pad, 0, row ? 0 : pad, 0));
    painter.setPen(style.text);
    label.draw(painter, box.adjusted(pad, 0, -pad, 0), row ? Qt::AlignRight : Qt::AlignHCenter);
}

// A ring in the mark's colour on a wider one that contrasts with it: seen on every colour of the maps.
void paintRing(QPainter& painter, const QRectF& cell, const QColor& colour, const HeadGridStyle& style) {
    const double width = 2 * style.lineWidth;
    const double grow = std::max(width / 2, (thinCell * style.lineWidth - std::min(cell.width(), cell.height())) / 2);
    const QRectF ring = cell.adjusted(-grow, -grow, grow, grow);
    painter.setBrush(Qt::NoBrush);
    const QColor halo = relativeLuminance(colour.rgb()) > 0.5 ? Qt::black : Qt::white;
    painter.setPen(QPen(halo, 2 * width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(ring);
    painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(ring);
}

// Two wedges outside the cells point at the row and the column: a mark is found from the edge, too.
void paintWedges(QPainter& painter, const QRectF& cells, QPointF centre, const QColor& colour,
                 const HeadGridStyle& style) {
    const double size = style.unit * 0.7, clear = style.lineWidth;
    QPainterPath path;
    path.moveTo(cells.right() + clear, centre.y());
    path.lineTo(cells.right() + clear + size, centre.y() - size / 2);
    path.lineTo(cells.right() + clear + size, centre.y() + size / 2);
    path.closeSubpath();
    path.moveTo(centre.x(), cells.top() - clear);
    path.lineTo(centre.x() - size / 2, cells.top() - clear - size);
    path.lineTo(centre.x() + size / 2, cells.top() - clear - size);
    path.closeSubpath();
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawPath(path);
}

// Beside the wedge at the right; those of one row stand side by side.
void paintLetter(QPainter& painter, const HeadMark& mark, const QRectF& cells, double y, double offset,
                 const HeadGridStyle& style) {
    painter.setPen(style.text);
    RichLabel(mark.letter, scaledFont(style.font, letterScale))
        .draw(painter, QRectF(cells.right() + letterDistance * style.unit + offset, y, 0, 0), Qt::AlignLeft);
}

// The number that a column has on its axis: that of a head, or from 1 its place in the order.
int columnNumber(const HeadGrid& grid, const HeadGridLayout& layout, HeadRef cell) {
    return layout.column(cell) + (grid.order == HeadOrder::index ? 0 : 1);
}

void paintMark(QPainter& painter, const HeadGrid& grid, const HeadMark& mark, int panel, const HeadGridLayout& layout,
               const HeadGridStyle& style) {
    const QRectF& cells = layout.panels[std::size_t(panel)];
    const QRectF cell = layout.cellRect(panel, mark.head);
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (mark.cross) {
        paintCross(painter, cells, cell, style);
        paintAxisNumber(painter, columnNumber(grid, layout, mark.head), {cell.center().x(), cells.bottom()}, false,
                        style);
        if (panel == 0)
            paintAxisNumber(painter, mark.head.layer.value, {cells.left(), cell.center().y()}, true, style);
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
    paintRing(painter, cell, mark.colour, style);
    if (!mark.cross)
        paintWedges(painter, cells, cell.center(), mark.colour, style);
}

}  // namespace

void paintHeadMarks(QPainter& painter, const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style,
                    const std::vector<HeadMark>& marks) {
    painter.save();
    std::map<int, double> taken;  // by the letters of a row
    for (const HeadMark& mark : marks) {
        if (!grid.contains(mark.head))
            continue;
        double& offset = taken[mark.head.layer.value];
        for (int panel = 0; panel < int(layout.panels.size()); ++panel) {
            paintMark(painter, grid, mark, panel, layout, style);
            if (!mark.letter.isEmpty())
                paintLetter(painter, mark, layout.panels[std::size_t(panel)],
                            layout.cellRect(panel, mark.head).center().y(), offset, style);
        }
        if (!mark.letter.isEmpty())
            offset += RichLabel(mark.letter + u' ', scaledFont(style.font, letterScale)).width();
    }
    painter.restore();
}

QRegion markRegion(const HeadGrid& grid, const HeadGridLayout& layout, const HeadGridStyle& style,
                   const HeadMark& mark) {
    QRegion region;
    if (!grid.contains(mark.head))
        return region;
    const double ring = 4 * style.lineWidth + style.unit / 2, text = QFontMetricsF(inPixels(style.font)).height();
    for (int panel = 0; panel < int(layout.panels.size()); ++panel) {
        const QRectF& cells = layout.panels[std::size_t(panel)];
        const QRectF cell = layout.cellRect(panel, mark.head);
        const QRectF row(cells.left() - (panel == 0 ? 3 * text : ring), cell.center().y(), 0, 0);
        const double halfRow = std::max(cell.height() / 2 + ring, text), halfColumn = cell.width() / 2 + ring;
        region += QRectF(row.left(), row.top() - halfRow, cells.right() + 5 * style.unit - row.left(), 2 * halfRow)
                      .toAlignedRect();
        const double half = std::max(halfColumn, 2 * text);
        region += QRectF(cell.center().x() - half, cells.top() - 1.5 * style.unit, 2 * half,
                         cells.height() + 2.5 * style.unit + text)
                      .toAlignedRect();
    }
    return region;
}

}  // namespace rankscope
