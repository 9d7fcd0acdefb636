// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The open sessions, grouped by model, two lines each. GUI thread.
#pragma once

#include <QTreeView>

#include "ui/viewmodels/workspace.h"

namespace rankscope {

class SessionList : public QTreeView {
    Q_OBJECT
public:
    explicit SessionList(Workspace* workspace, QWidget* parent = nullptr);
    void select(int id);
    int selected() const;  // 0: none
    QSize sizeHint() const override;

Q_SIGNALS:
    void chosen(int id);  // 0: none is left
    void closeRequested(int id);

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    Workspace* m_workspace;
};

}  // namespace rankscope
