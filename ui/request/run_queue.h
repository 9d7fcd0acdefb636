// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The runs that wait for their turn, first one first: a list model for the queue at the foot of the window. GUI thread.
#pragma once

#include <QAbstractListModel>
#include <optional>
#include <vector>

#include "ui/request/run_request.h"

namespace rankscope {

class RunQueue : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { DetailRole = Qt::UserRole };

    explicit RunQueue(QObject* parent = nullptr) : QAbstractListModel(parent) {}

    void append(const RunRequest& order);
    std::optional<RunRequest> takeFirst();
    void removeAt(int row);
    void moveUp(int row);
    void clear();

    int size() const { return int(m_orders.size()); }
    bool holdsPath(const QString& outputPath) const;  // a waiting run will write there

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<RunRequest> m_orders;
};

}  // namespace rankscope
