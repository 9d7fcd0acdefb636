// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The head panel large, in a window of its own; Esc and Ctrl+W close it, its place is remembered. GUI thread.
#pragma once

#include <QWidget>

namespace rankscope {

class HeadDetailView;

class HeadWindow : public QWidget {
    Q_OBJECT
public:
    explicit HeadWindow(QWidget* opener);
    HeadDetailView* view() const { return m_view; }

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    HeadDetailView* m_view;
};

}  // namespace rankscope
