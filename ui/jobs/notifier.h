// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Messages of the desktop (org.freedesktop.Notifications over D-Bus). Where there is no bus or no service nothing
// happens, and nothing waits. GUI thread; the call itself is made in a thread of its own.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QVariantList>

#include "ui/jobs/job_runner.h"

class QWidget;

namespace rankscope {

class AnalysisController;

class Notifier : public QObject {
    Q_OBJECT
public:
    explicit Notifier(QObject* parent = nullptr) : QObject(parent) {}

    // Takes the place of the message before it, if that is still on the screen.
    void notify(const QString& summary, const QString& body);

    // Arguments of the D-Bus method Notify, in its order.
    static QVariantList arguments(quint32 replaced, const QString& summary, const QString& body);

Q_SIGNALS:
    void delivered(bool shown);  // false: no bus, no service, or no answer in time

private:
    quint32 m_last = 0;  // id that the service gave the last message
    JobRunner m_runner;
};

// Tells a user who has turned to something else that a long run is over. GUI thread.
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
