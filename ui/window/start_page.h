// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The page that is shown while no session is open: how to begin, what was open lately, and which models are on this
// machine. Arrow keys go from entry to entry, Delete takes a recent one off its list. GUI thread.
#pragma once

#include <QWidget>
#include <functional>

#include "ui/request/recent_files.h"

class QAction;
class QBoxLayout;
class QLabel;

namespace rankscope {

class LinkButton;
class ModelFinder;
struct FoundModel;

class StartPage : public QWidget {
    Q_OBJECT
public:
    // REQUIRES `recent` and `finder` to outlive it.
    StartPage(RecentFiles* recent, ModelFinder* finder, const QList<QAction*>& actions, QWidget* parent = nullptr);

Q_SIGNALS:
    void sessionChosen(const QString& path);
    void modelChosen(const QString& path);

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;  // keys on the entries

private:
    QWidget* makeBeginning(const QList<QAction*>& actions);
    QWidget* makeEntries();
    void fillRecent();
    void fillFound();
    void refill(QBoxLayout* list, const std::function<void()>& fill);
    void addRecent(RecentFiles::Kind kind, const QString& heading);
    LinkButton* addEntry(QBoxLayout* list, const QString& name, const QString& detail, const QString& path);
    void removeRecent(const QString& path);

    RecentFiles* m_recent;
    ModelFinder* m_finder;
    QBoxLayout* m_columns = nullptr;
    QBoxLayout *m_recentList = nullptr, *m_foundList = nullptr;
    QLabel* m_foundState = nullptr;
};

}  // namespace rankscope
