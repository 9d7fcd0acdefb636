// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A quiet table of numbers: no grid, thin lines under the rows, column heads in the colour of what they show, with true
// sub- and superscripts; cells are numbers from the right, tokens with their neighbours or strips of marks. GUI thread.
#pragma once

class QTableView;
class QWidget;

namespace rankscope {

// REQUIRES a TableModel as its model before it is shown.
QTableView* makeNumberTable(QWidget* parent);

// Columns as wide as their content; the spare width goes between them evenly.
void fitColumns(QTableView& view);

}  // namespace rankscope
