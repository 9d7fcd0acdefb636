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

QString cellField(const TableCell& cell) {
    if (cell.strip.empty())
        return cleanField(cell.text);
    return {};  // its values stand in other columns
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
            fields << cellField(cell);
        lines << fields.join(u'\t');
    }
    return lines.join(u'\n') + u'\n';
}

void TableModel::setTable(TableData table) {
    beginResetModel();
    m_table = std::move(table);
    endResetModel();
}

const TableCell& TableModel::cell(const QModelIndex& index) const {
    return m_table.cells[std::size_t(index.row())][std::size_t(index.column())];
}

int TableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_table.cells.size());
}

int TableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_table.columns.size());
}

QVariant TableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const TableCell& content = cell(index);
    const TableHead& row = m_table.rows[std::size_t(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return content.text;
        case Qt::ToolTipRole:
            return content.tooltip.isEmpty() && !row.section ? m_table.columns[std::size_t(index.column())].tooltip
                                                             : content.tooltip;
        case Qt::TextAlignmentRole:
            return QVariant((content.left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        case HtmlRole:
            return content.html;
        case ColumnRoleRole:
            return int(content.role);
        case MutedRole:
            return content.muted;
        case SectionRole:
            return row.section;
        default:
            return {};
    }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const auto& heads = orientation == Qt::Horizontal ? m_table.columns : m_table.rows;
    if (section < 0 || std::size_t(section) >= heads.size())
        return {};
    const TableHead& head = heads[std::size_t(section)];
    const bool right = orientation == Qt::Horizontal && !head.left;
    switch (role) {
        case Qt::DisplayRole:
            return head.plain;
        case HtmlRole:
            return head.html;
        case Qt::ToolTipRole:
            return head.tooltip;
        case ColumnRoleRole:
            return int(head.role);
        case SectionRole:
            return head.section;
        case LeftRole:
            return head.left;
        case StretchRole:
            return head.stretch;
        case Qt::TextAlignmentRole:
            return QVariant((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        default:
            return {};
    }
}

}  // namespace rankscope
