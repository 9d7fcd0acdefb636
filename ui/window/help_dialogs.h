// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keyboard shortcuts and About: dialogs that delete themselves when closed. GUI thread.
#pragma once

class QDialog;
class QMenuBar;
class QWidget;

namespace rankscope {

QDialog* makeAboutDialog(QWidget* parent);

// The keys of every entry of the menus, and of the views that have some of their own.
QDialog* makeShortcutsDialog(const QMenuBar& menus, QWidget* parent);

}  // namespace rankscope
