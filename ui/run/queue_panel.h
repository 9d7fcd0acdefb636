// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The waiting runs in a small window of their own: remove, move up, cancel all. GUI thread.
#pragma once

#include <QFrame>

class QListView;
class QPushButton;

namespace rankscope {

class RunQueue;

class QueuePanel : public QFrame {
    Q_OBJECT
public:
    explicit QueuePanel(RunQueue* queue, QWidget* parent = nullptr);

    void showAbove(const QWidget* button);

Q_SIGNALS:
    void cancelAllRequested();

private:
    void judge();
    int row() const;

    RunQueue* m_queue;
    QListView* m_list;
    QPushButton *m_up, *m_remove;
};

}  // namespace rankscope
