// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tab goes through widgets in the order in which they were made; here it is told to follow the layout. GUI thread.
#pragma once

class QWidget;

namespace rankscope {

// Lets Tab go through what is laid out in `widget` as it is read: row by row, in columns one after the other.
void followLayout(QWidget* widget);

}  // namespace rankscope
