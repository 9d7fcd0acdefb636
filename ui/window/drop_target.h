// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files and folders that are dropped on the window. GUI thread.
#pragma once

#include <QPointer>
#include <QStringList>
#include <QWidget>
#include <optional>

#include "ui/jobs/session_store.h"

class QMimeData;

namespace rankscope {

// Lies over a window while something is dragged across it, and says what a drop will do or why it is refused. Lets all
// events through.
class DropOverlay : public QWidget {
    Q_OBJECT
public:
    explicit DropOverlay(QWidget* window);

    void promise(const QString& text) { say(text, false); }  // what a drop will do
    void refuse(const QString& reason) { say(reason, true); }
    QString text() const { return m_text; }
    bool refuses() const { return m_refuses; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;  // follows the size of the window

private:
    void say(const QString& text, bool refuses);

    QString m_text;
    bool m_refuses = false;
};

// Takes what is dropped anywhere on a window or on one of its dialogs, fields that take text included. What it is is
// found out away from the GUI thread while it is dragged.
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
