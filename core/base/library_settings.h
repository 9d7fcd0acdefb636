// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Settings of libraries for the whole process. Any thread, any number of times.
#pragma once

namespace rankscope {

// Keeps the BLAS library to one thread: Rankscope gives whole blocks of work to its own threads, so a second pool below
// them would only compete for the same cores.
void useOneBlasThread();

// Keeps memory that was freed for the next use. A forward pass frees and asks for blocks of megabytes thousands of
// times; giving each back to the system costs a tenth of its time in page faults. Does nothing where the C library is
// not glibc.
void keepFreedMemory();

}  // namespace rankscope
