// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The head grid to a screen reader: a table of layers (rows) × heads (columns as they are shown) whose cells speak
// their numbers. GUI thread.
#pragma once

#include "core/base/ids.h"

namespace rankscope {

class HeadGridView;

// Once per program is enough; more often does no harm.
void installHeadGridAccessibility();

void announceNewTable(HeadGridView* view);             // other rows, columns or order
void announceFocus(HeadGridView* view, HeadRef cell);  // the current cell is another one

}  // namespace rankscope
