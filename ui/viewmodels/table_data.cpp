// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/table_data.h"

#include <QStringList>
#include <numeric>

#include "ui/text/literals.h"

namespace rankscope {

namespace {

// Nothing that would break a cell or a number.
QString cleanField(QString text) {
    if (text == u"–"_s)
        return {};
    text.replace(u'\t', u' ').replace(u'\n', u' ');
    if (text.size() > 1 && text[0] == QChar(0x2212) && text[1].isDigit())
        text[0] = u'-';
    return text;
}

}  // namespace

QString tabSeparated(const TableData& table, const std::vector<int>& rows) {
    std::vector<int> chosen = rows;
    if (chosen.empty()) {
        chosen.resize(table.rows.size());
        std::iota(chosen.begin(), chosen.end(), 0);
    }
    QStringList head{QString()}, lines;
    for (const TableHead& column : table.columns)
        head << cleanField(column.plain);
    lines << head.join(u'\t');
    for (const int row : chosen) {
        QStringList fields{cleanField(table.rows[std::size_t(row)].plain)};
        for (const TableCell& cell : table.cells[std::size_t(row)])
            fields << (cell.strip.empty() ? cleanField(cell.text) : QString());  // a strip's stand in other columns
        lines << fields.join(u'\t');
    }
    return lines.join(u'\n') + u'\n';
}

void TableModel::setTable(TableData table) {
    beginResetModel();
    m_table = std::move(table);
    endResetModel();
}

const TableHead& TableModel::head(int section, Qt::Orientation orientation) const {
    static const TableHead none;
    const auto& heads = orientation == Qt::Horizontal ? m_table.columns : m_table.rows;
    return section >= 0 && std::size_t(section) < heads.size() ? heads[std::size_t(section)] : none;
}

QVariant TableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const TableCell& content = cell(index);
    switch (role) {
        case Qt::DisplayRole:
            return content.text;
        case Qt::ToolTipRole:
            return content.tooltip.isEmpty() && !head(index.row(), Qt::Vertical).section
                       ? head(index.column(), Qt::Horizontal).tooltip
                       : content.tooltip;
        case Qt::TextAlignmentRole:
            return QVariant((content.left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        default:
            return {};
    }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const TableHead& head = this->head(section, orientation);
    const bool right = orientation == Qt::Horizontal && !head.left;
    switch (role) {
        case Qt::DisplayRole:
            return head.plain;
        case Qt::ToolTipRole:
            return head.tooltip;
        case Qt::TextAlignmentRole:
            return QVariant((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        default:
            return {};
    }
}

}  // namespace rankscope
