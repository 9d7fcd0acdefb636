// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the window shows while no session is open: how to begin, and what was open lately. GUI thread.
#pragma once

#include <QWidget>

#include "ui/viewmodels/recent_files.h"

class QAction;
class QVBoxLayout;

namespace rankscope {

class StartPage : public QWidget {
    Q_OBJECT
public:
    StartPage(RecentFiles* recent, const QList<QAction*>& actions, QWidget* parent = nullptr);

Q_SIGNALS:
    void sessionChosen(const QString& path);
    void modelChosen(const QString& path);

private:
    void fillRecent();
    void addEntries(RecentFiles::Kind kind, const QString& heading);

    RecentFiles* m_recent;
    QWidget* m_entries = nullptr;
    QVBoxLayout* m_column;
};

}  // namespace rankscope
