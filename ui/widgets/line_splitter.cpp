// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/line_splitter.h"

#include <QPainter>

#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

class LineHandle : public QSplitterHandle {
public:
    using QSplitterHandle::QSplitterHandle;

protected:
    // Qt makes a handle of width 1 easier to grab than it is wide: only its contents are to be painted.
    void paintEvent(QPaintEvent*) override { QPainter(this).fillRect(contentsRect(), separatorColour(palette())); }
};

}  // namespace

LineSplitter::LineSplitter(Qt::Orientation orientation, QWidget* parent) : QSplitter(orientation, parent) {
    setHandleWidth(1);
    setChildrenCollapsible(false);
}

QSplitterHandle* LineSplitter::createHandle() {
    return new LineHandle(orientation(), this);
}

}  // namespace rankscope
