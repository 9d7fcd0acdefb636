// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A splitter whose handles are thin lines. GUI thread.
#pragma once

#include <QPainter>
#include <QSplitter>

#include "ui/widgets/theme.h"

namespace rankscope {

class LineHandle : public QSplitterHandle {
public:
    using QSplitterHandle::QSplitterHandle;

protected:
    // Qt makes a handle of width 1 easier to grab than it is wide: only its contents are to be painted.
    void paintEvent(QPaintEvent*) override { QPainter(this).fillRect(contentsRect(), separatorColour(palette())); }
};

class LineSplitter : public QSplitter {
public:
    LineSplitter(Qt::Orientation orientation, QWidget* parent) : QSplitter(orientation, parent) {
        setHandleWidth(1);
        setChildrenCollapsible(false);
    }

protected:
    QSplitterHandle* createHandle() override { return new LineHandle(orientation(), this); }
};

}  // namespace rankscope
