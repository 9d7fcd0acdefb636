// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A button that looks like a link: its text in the link colour, a muted detail after it. GUI thread.
#pragma once

#include <QAbstractButton>

class QAction;
class QPainter;

namespace rankscope {

class LinkButton : public QAbstractButton {
    Q_OBJECT
public:
    LinkButton(const QString& text, QWidget* parent);
    LinkButton(QAction* action, QWidget* parent);  // text, shortcut as detail, enabled state and trigger of the action
    void setDetail(const QString& detail);
    void setDetailBelow(bool below);  // on a line of its own
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void paintDetail(QPainter& painter, int nameWidth);

    QString m_detail;
    bool m_below = false;
};

}  // namespace rankscope
