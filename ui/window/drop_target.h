// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Takes files and folders that are dropped anywhere on a window or on one of its dialogs, fields that take text
// included. What they are is found out away from the GUI thread while they are dragged. GUI thread.
#pragma once

#include <QObject>
#include <QPointer>
#include <QStringList>
#include <optional>

#include "ui/jobs/session_store.h"
#include "ui/window/drop_overlay.h"

class QDropEvent;
class QMimeData;

namespace rankscope {

class DropTarget : public QObject {
    Q_OBJECT
public:
    DropTarget(QWidget* window, SessionStore* store);  // REQUIRES the store to outlive it

    DropOverlay* overlay() const { return m_overlay; }  // while something is dragged; else null

Q_SIGNALS:
    void dropped(const rankscope::OpenPlan& plan);
    void refused(const QString& reason);  // of something that was dropped before it was clear what it is

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* windowOf(QObject* watched) const;  // ours or a dialog's; null: of another window
    void enter(QWidget* window, const QMimeData* data);
    void ask(const QStringList& paths);
    void show();
    void drop(const QMimeData* data);
    void finish(const OpenPlan& plan);
    void leave();

    QWidget* m_window;
    SessionStore* m_store;
    QPointer<DropOverlay> m_overlay;
    QStringList m_paths;
    std::optional<OpenPlan> m_plan;  // of m_paths, as soon as it is known
    RunId m_question = 0;
    bool m_let = false;  // they are let go already
};

}  // namespace rankscope
