// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The tables of the head panel as data: measures × variants, windows × variants, key concentration per window. Pure
// functions of a session; TableModel hands one to a table view.
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <vector>

#include "ui/viewmodels/head_grid.h"

namespace rankscope {

enum class ColumnRole { plain, field, interaction };  // decides the colour of the column's head

struct TableHead {
    QString html, plain, tooltip;
    ColumnRole role = ColumnRole::plain;
};

struct TableCell {
    QString text, tooltip;
    bool muted = false;
};

struct TableData {
    std::vector<TableHead> columns, rows;
    std::vector<std::vector<TableCell>> cells;  // [rows][columns]
};

// k90, k95, k99, the chosen k_τ and every other measure against every variant the session holds, and their gap.
TableData makeNumbersTable(const Session& session, HeadRef head, const GridChoice& choice);

// The chosen measure in every window, then median and range.
TableData makeWindowsTable(const Session& session, HeadRef head, const GridChoice& choice);

// How the field is spread over the keys, in every window.
TableData makeKeysTable(const Session& session, HeadRef head);

class TableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Role { HtmlRole = Qt::UserRole, ColumnRoleRole, MutedRole };

    explicit TableModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}
    void setTable(TableData table);
    const TableData& table() const { return m_table; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    TableData m_table;
};

}  // namespace rankscope
