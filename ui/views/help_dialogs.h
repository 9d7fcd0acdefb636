// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Definitions and About: dialogs that delete themselves when closed. GUI thread.
#pragma once

class QDialog;
class QWidget;

namespace rankscope {

QDialog* makeDefinitionsDialog(QWidget* parent);
QDialog* makeAboutDialog(QWidget* parent);

}  // namespace rankscope
