// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The line at the foot of the window: what a running job does, how far it is, a way to stop it, and what waits behind
// it. GUI thread.
#pragma once

#include <QWidget>

#include "core/base/job.h"

class QLabel;
class QPushButton;

namespace rankscope {

class QueuePanel;
class RunQueue;
class ThinProgress;

class JobBar : public QWidget {
    Q_OBJECT
public:
    explicit JobBar(RunQueue* queue, QWidget* parent = nullptr);

    void start(const QString& title);
    void setProgress(const Progress& progress);
    void finish(const QString& summary);  // stays until the next job
    QString text() const;

Q_SIGNALS:
    void cancelRequested();
    void cancelAllRequested();

private:
    void showQueue();

    QString m_title;
    QLabel* m_text;
    ThinProgress* m_progress;
    QPushButton *m_cancel, *m_waiting;
    RunQueue* m_queue;
    QueuePanel* m_panel;
};

}  // namespace rankscope
