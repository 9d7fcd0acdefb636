// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Lies over a window while something is dragged across it, and says what a drop will do or why it is refused. Lets all
// events through. GUI thread.
#pragma once

#include <QWidget>

namespace rankscope {

class DropOverlay : public QWidget {
    Q_OBJECT
public:
    explicit DropOverlay(QWidget* window);

    void promise(const QString& text);  // what a drop will do
    void refuse(const QString& reason);
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

}  // namespace rankscope
