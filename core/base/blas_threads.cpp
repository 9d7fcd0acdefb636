// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/blas_threads.h"

// Declared by OpenBLAS only; another BLAS (MKL, BLIS) follows LibTorch's own thread setting.
extern "C" void openblas_set_num_threads(int) __attribute__((weak));

namespace rankscope {

void useOneBlasThread() {
    if (openblas_set_num_threads)
        openblas_set_num_threads(1);
}

}  // namespace rankscope
