// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The tables of the head panel as data: measures × variants, variants × windows. Pure functions of a session; any
// thread. (Components and keys have headers of their own.)
#pragma once

#include "ui/viewmodels/head_grid.h"
#include "ui/viewmodels/table_data.h"

namespace rankscope {

// Every measure (k90, k95, k99 and the chosen k_τ) down, variants across, in blocks of at most `columns` columns: first
// the chosen field against the interaction with their Gaussian baselines and the gap, then the other variants, then the
// pair per KV head. A block after the first begins with a section row that holds its heads.
TableData makeNumbersTable(const Session& session, HeadRef head, const GridChoice& choice, int columns = 6);

// The chosen measure of every variant: median, range, a strip of marks, and each window's number.
TableData makeWindowsTable(const Session& session, HeadRef head, const GridChoice& choice);

}  // namespace rankscope
