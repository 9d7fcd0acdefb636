// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A splitter whose handles are thin lines. GUI thread.
#pragma once

#include <QSplitter>

namespace rankscope {

class LineSplitter : public QSplitter {
    Q_OBJECT
public:
    LineSplitter(Qt::Orientation orientation, QWidget* parent);

protected:
    QSplitterHandle* createHandle() override;
};

}  // namespace rankscope
