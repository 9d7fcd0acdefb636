// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/table_delegate.h"

#include <QPainter>
#include <cmath>

#include "ui/drawing/colour_map.h"
#include "ui/drawing/rich_label.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr int shortHead = 8;                       // characters; not broken
constexpr double contextWidth = 30 * spacingUnit;  // from here on there is room in front of a token, too

const TableCell& cellOf(const QModelIndex& index) {
    return static_cast<const TableModel*>(index.model())->cell(index);
}

void drawStrip(QPainter& painter, const QRect& rect, const std::vector<double>& marks, const QPalette& palette) {
    const QRectF area = QRectF(rect).adjusted(spacingUnit, 0, -spacingUnit, 0);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(separatorColour(palette), 1));
    painter.drawLine(QPointF(area.left(), area.center().y()), QPointF(area.right(), area.center().y()));
    QColor colour = fieldColour(palette.color(QPalette::Base));
    painter.setPen(QPen(colour, 1));
    colour.setAlphaF(0.35f);
    painter.setBrush(colour);
    const double radius = spacingUnit * 0.35;
    for (const double mark : marks)
        painter.drawEllipse(QPointF(area.left() + mark * area.width(), area.center().y()), radius, radius);
}

// The token stands at the same place in every row; what is before it runs up to there, what is after it follows.
void drawToken(QPainter& painter, const QRect& rect, const TableCell& cell, const QPalette& palette) {
    const QFont plain = painter.font(), bold = boldFont(plain);
    const bool wide = rect.width() >= contextWidth;
    const int start = rect.left() + spacingUnit / 2 + (wide ? int(rect.width() * 0.36) : 0);
    const QString token = QFontMetrics(bold).elidedText(cell.text, Qt::ElideMiddle, rect.right() - start);
    const int end = start + QFontMetrics(bold).horizontalAdvance(token);
    painter.setPen(mutedText(palette));
    if (wide) {
        const QRect room(rect.left(), rect.top(), start - rect.left() - 1, rect.height());
        painter.drawText(room, Qt::AlignRight | Qt::AlignVCenter | Qt::TextForceLeftToRight,
                         QFontMetrics(plain).elidedText(cell.before, Qt::ElideLeft, room.width()));
    }
    const QRect rest(end + 1, rect.top(), rect.right() - end - 1, rect.height());
    if (rest.width() > 2 * spacingUnit)
        painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextForceLeftToRight,
                         QFontMetrics(plain).elidedText(cell.after, Qt::ElideRight, rest.width()));
    painter.setFont(bold);
    painter.setPen(palette.color(QPalette::Text));
    painter.drawText(QRect(start, rect.top(), rect.right() - start + 1, rect.height()),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextForceLeftToRight, token);
}

}  // namespace

QColor roleColour(const QPalette& palette, ColumnRole role) {
    const QColor background = palette.color(QPalette::Base);
    return role == ColumnRole::field         ? fieldColour(background)
           : role == ColumnRole::interaction ? interactionColour(background)
                                             : palette.color(QPalette::Text);
}

QStringList headLines(const QString& html) {
    qsizetype best = -1;
    for (qsizetype at = html.indexOf(u' '); at >= 0; at = html.indexOf(u' ', at + 1))
        if (best < 0 || std::max(at, html.size() - at) < std::max(best, html.size() - best))
            best = at;
    if (best < 0 || html.size() < shortHead)
        return {html};
    return {html.left(best), html.mid(best + 1)};
}

void drawHeadLines(QPainter& painter, const QFont& font, const QStringList& lines, const QRect& area, bool left) {
    const int height = QFontMetrics(boldFont(font)).height();
    QRect line(area.left() + (left ? spacingUnit / 2 : 0), area.bottom() - spacingUnit / 2 - height * int(lines.size()),
               area.width() - spacingUnit / 2, height);
    for (const QString& text : lines) {
        RichLabel(text, boldFont(font)).draw(painter, line, (left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        line.translate(0, height);
    }
}

QSize headLinesSize(const QFont& font, const QStringList& lines) {
    double width = 0;
    for (const QString& line : lines)
        width = std::max(width, RichLabel(line, boldFont(font)).width());
    return {int(std::ceil(width)) + spacingUnit,
            int(lines.size()) * QFontMetrics(boldFont(font)).height() + spacingUnit};
}

void TableDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const QPalette& palette = option.palette;
    const TableCell& cell = cellOf(index);
    painter->save();
    painter->setFont(option.font);
    const bool section = index.data(TableModel::SectionRole).toBool();
    if ((option.state & QStyle::State_Selected) && !section)
        painter->fillRect(option.rect, hoverBackground(palette));
    painter->setPen(cell.muted ? mutedText(palette) : palette.color(QPalette::Text));
    if (section) {
        painter->setPen(roleColour(palette, cell.role));
        drawHeadLines(*painter, option.font, headLines(cell.html), option.rect, false);
    } else if (!cell.strip.empty()) {
        drawStrip(*painter, option.rect, cell.strip, palette);
    } else if (cell.left) {
        drawToken(*painter, option.rect, cell, palette);
    } else {
        painter->drawText(option.rect.adjusted(0, 0, -spacingUnit / 2, 0), Qt::AlignRight | Qt::AlignVCenter,
                          cell.text);
    }
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      separatorColour(palette));
    painter->restore();
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const TableCell& cell = cellOf(index);
    if (index.data(TableModel::SectionRole).toBool())
        return headLinesSize(option.font, headLines(cell.html)) + QSize(0, spacingUnit);
    const QFontMetrics metrics(option.font);
    const int width = !cell.strip.empty() ? 8 * spacingUnit : metrics.horizontalAdvance(cell.text) + spacingUnit;
    return {width, metrics.height() + spacingUnit};
}

}  // namespace rankscope
