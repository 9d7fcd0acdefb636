// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tells a user who has turned to something else that a long run is over. GUI thread.
#pragma once

#include <QElapsedTimer>
#include <QObject>

#include "ui/jobs/notifier.h"

class QWidget;

namespace rankscope {

class AnalysisController;

class RunAnnouncer : public QObject {
    Q_OBJECT
public:
    // A run is long from `longMs` on. REQUIRES both to outlive it.
    RunAnnouncer(AnalysisController* analysis, QWidget* window, QObject* parent = nullptr, int longMs = 10'000);

private:
    void announce(const QString& summary, const QString& body);

    QWidget* m_window;
    int m_longMs;
    QString m_title;
    QElapsedTimer m_clock;
    Notifier* m_notifier;
};

}  // namespace rankscope
