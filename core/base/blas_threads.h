// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keeps the BLAS library to one thread: Rankscope gives whole blocks of work to its own threads, so a second pool below
// them would only compete for the same cores.
#pragma once

namespace rankscope {

// Process-wide; safe to call from any thread, any number of times.
void useOneBlasThread();

}  // namespace rankscope
