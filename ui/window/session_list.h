// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The open sessions, grouped by model, two lines each. GUI thread.
#pragma once

#include <QTreeView>

#include "ui/viewmodels/workspace.h"
#include "ui/widgets/theme.h"

class QMenu;

namespace rankscope {

class SessionList : public QTreeView {
    Q_OBJECT
public:
    explicit SessionList(Workspace* workspace, QWidget* parent = nullptr);
    void select(int id);
    int selected() const { return currentIndex().data(Workspace::IdRole).toInt(); }  // 0: none
    QSize sizeHint() const override { return {25 * spacingUnit, 40 * spacingUnit}; }

Q_SIGNALS:
    void chosen(int id);  // 0: none is left
    void closeRequested(int id);
    void compareRequested(int id);  // with the chosen one
    void saveRequested(int id);
    void resumeRequested(int id);
    void revealRequested(const QString& path);  // in the file manager

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    int idWithCloseButtonAt(QPoint position) const;  // 0: none
    QMenu* makeMenu(int id);

    Workspace* m_workspace;
    int m_closing = 0;  // whose close button is held down
};

}  // namespace rankscope
