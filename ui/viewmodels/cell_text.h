// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a cell of the grid says when the pointer rests on it: the head, the number, and what exactly it is. Pure.
#pragma once

#include "ui/viewmodels/head_grid.h"

namespace rankscope {

QString cellText(const Session& session, const GridChoice& choice, HeadRef head, GridQuantity quantity);

}  // namespace rankscope
