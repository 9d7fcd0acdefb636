// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A table of numbers as data, and the item model that hands one to a table view. TableData may be made in any thread;
// TableModel belongs to the GUI thread.
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <vector>

namespace rankscope {

enum class ColumnRole { plain, field, interaction };  // decides the colour of the column's head

struct TableHead {
    QString html, plain, tooltip;
    ColumnRole role = ColumnRole::plain;
    bool section = false;  // of a row: its cells are the heads of the rows below
    bool stretch = false;  // of a column: takes the width that the others leave
    bool left = false;     // of a column: written from the left, as text is
};

struct TableCell {
    QString text, tooltip;
    bool muted = false;
    ColumnRole role = ColumnRole::plain;  // of a section's head
    QString html{};                       // of a section's head, where it is not plain text
    QString before{}, after{};            // of a token: what stands around it
    bool left = false;
    std::vector<double> strip{};  // drawn as marks from 0 (left) to 1 (right) instead of text
};

struct TableData {
    std::vector<TableHead> columns, rows;
    std::vector<std::vector<TableCell>> cells;  // [rows][columns]
};

// Tab-separated, with row and column heads, for spreadsheets: true minus signs as "-", nothing for "–".
// `rows` empty: all of them.
QString tabSeparated(const TableData& table, const std::vector<int>& rows = {});

class TableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit TableModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}
    void setTable(TableData table);
    const TableData& table() const { return m_table; }
    const TableHead& head(int section, Qt::Orientation orientation) const;  // empty where there is none
    const TableCell& cell(const QModelIndex& index) const {
        return m_table.cells[std::size_t(index.row())][std::size_t(index.column())];
    }

    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : int(m_table.cells.size());
    }
    int columnCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : int(m_table.columns.size());
    }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    TableData m_table;
};

}  // namespace rankscope
