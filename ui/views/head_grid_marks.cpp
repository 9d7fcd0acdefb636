// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Marks on a head grid: selected, pinned and hovered heads. Painted over the cells, cheap enough for every mouse move.
#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>

#include "ui/views/colour_map.h"
#include "ui/views/head_grid_painter.h"
#include "ui/views/rich_label.h"

namespace rankscope {

namespace {

constexpr double thinCell = 6;  // in line widths: below, a band is drawn as one line

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

void paintMark(QPainter& painter, const HeadMark& mark, int panel, const HeadGridLayout& layout,
               const HeadGridStyle& style) {
    const QRectF& cells = layout.panels[std::size_t(panel)];
    const QRectF cell = layout.cellRect(panel, mark.head);
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (mark.cross) {
        paintCross(painter, cells, cell, style);
        paintAxisNumber(painter, mark.head.head.value, {cell.center().x(), cells.bottom()}, false, style);
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
    for (const HeadMark& mark : marks)
        if (grid.contains(mark.head))
            for (int panel = 0; panel < int(layout.panels.size()); ++panel)
                paintMark(painter, mark, panel, layout, style);
    painter.restore();
}

}  // namespace rankscope
