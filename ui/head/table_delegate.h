// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Paints the cells of a quiet table: numbers from the right, tokens with their neighbours, strips of marks, and heads
// in the middle of a table. GUI thread.
#pragma once

#include <QStringList>
#include <QStyledItemDelegate>

#include "ui/viewmodels/table_data.h"

namespace rankscope {

QColor roleColour(const QPalette& palette, ColumnRole role);

// A head in one line, or in two broken at the space that leaves the shortest lines.
QStringList headLines(const QString& html);

// Bold, in the pen's colour, standing on the lower edge of `area`.
void drawHeadLines(QPainter& painter, const QFont& font, const QStringList& lines, const QRect& area, bool left);
QSize headLinesSize(const QFont& font, const QStringList& lines);

// REQUIRES a TableModel.
class TableDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace rankscope
