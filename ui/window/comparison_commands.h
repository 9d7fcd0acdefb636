// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The Compare menu and what it does with sessions that are set against each other. GUI thread.
#pragma once

#include "ui/widgets/menus.h"
#include "ui/window/window_parts.h"

namespace rankscope {

class ComparisonCommands : public QObject {
    Q_OBJECT
public:
    explicit ComparisonCommands(WindowParts& parts) : QObject(parts.window), m_parts(parts) {}

    void addMenu(CommandMenus& menus);
    void connectViews();

private:
    void showPage();
    void save();

    WindowParts& m_parts;
};

}  // namespace rankscope
