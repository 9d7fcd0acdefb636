// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/request/run_queue.h"

#include <algorithm>

#include "core/base/path_text.h"
#include "ui/text/text.h"

namespace rankscope {

void RunQueue::append(const RunRequest& order) {
    beginInsertRows({}, size(), size());
    m_orders.push_back(order);
    endInsertRows();
}

std::optional<RunRequest> RunQueue::takeFirst() {
    if (m_orders.empty())
        return std::nullopt;
    RunRequest order = m_orders.front();
    removeAt(0);
    return order;
}

void RunQueue::removeAt(int row) {
    if (row < 0 || row >= size())
        return;
    beginRemoveRows({}, row, row);
    m_orders.erase(m_orders.begin() + row);
    endRemoveRows();
}

void RunQueue::moveUp(int row) {
    if (row < 1 || row >= size())
        return;
    beginMoveRows({}, row, row, {}, row - 1);
    std::swap(m_orders[std::size_t(row)], m_orders[std::size_t(row) - 1]);
    endMoveRows();
}

void RunQueue::clear() {
    if (m_orders.empty())
        return;
    beginRemoveRows({}, 0, size() - 1);
    m_orders.clear();
    endRemoveRows();
}

bool RunQueue::holdsPath(const QString& outputPath) const {
    return std::any_of(m_orders.begin(), m_orders.end(),
                       [&](const RunRequest& order) { return order.outputPath == outputPath; });
}

int RunQueue::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : size();
}

QVariant RunQueue::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= size())
        return {};
    const RunRequest& order = m_orders[std::size_t(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return titleOf(order);
        case DetailRole:
            return detailOf(order);
        case Qt::ToolTipRole:
            return u"%1\n%2\n%3\nwill be saved to %4"_s.arg(toQString(pathText(order.request.model)),
                                                            corpusTextOf(order.request), detailOf(order),
                                                            order.outputPath);
        case Qt::AccessibleTextRole:
            return u"%1, %2"_s.arg(titleOf(order), detailOf(order));
        default:
            return {};
    }
}

}  // namespace rankscope
