// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Plain text in the warning colour, wrapped, hidden until it has something to say. GUI thread.
#pragma once

#include <QLabel>

namespace rankscope {

class WarningLabel : public QLabel {
    Q_OBJECT
public:
    explicit WarningLabel(QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;

private:
    void colour();
};

}  // namespace rankscope
