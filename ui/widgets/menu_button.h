// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A flat button that opens a menu and says so by its own arrow or dots: without the style's small triangle. A style
// sheet would take the triangle away as well, but keeps the colours of the theme in which it was set. GUI thread.
#pragma once

#include <QToolButton>

namespace rankscope {

class MenuButton : public QToolButton {
    Q_OBJECT
public:
    explicit MenuButton(QWidget* parent = nullptr);

protected:
    void initStyleOption(QStyleOptionToolButton* option) const override;
};

}  // namespace rankscope
