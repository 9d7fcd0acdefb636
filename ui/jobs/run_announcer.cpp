// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/run_announcer.h"

#include <QApplication>

#include "ui/jobs/analysis_controller.h"
#include "ui/text/literals.h"

namespace rankscope {

RunAnnouncer::RunAnnouncer(AnalysisController* analysis, QWidget* window, QObject* parent, int longMs)
    : QObject(parent), m_window(window), m_longMs(longMs), m_notifier(new Notifier(this)) {
    connect(analysis, &AnalysisController::started, this, [this](int, const QString& title) {
        m_title = title;
        m_clock.start();
    });
    connect(analysis, &AnalysisController::finished, this,
            [this](int, const QString& summary) { announce(u"Analysis finished"_s, summary); });
    connect(analysis, &AnalysisController::failed, this,
            [this](const QString& line) { announce(u"Analysis failed"_s, u"%1\n%2"_s.arg(m_title, line)); });
}

void RunAnnouncer::announce(const QString& summary, const QString& body) {
    if (QApplication::activeWindow() || m_clock.elapsed() < m_longMs)
        return;
    QApplication::alert(m_window);
    m_notifier->notify(summary, body);
}

}  // namespace rankscope
