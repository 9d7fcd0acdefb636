// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/library_settings.h"

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

// Declared by OpenBLAS only; another BLAS (MKL, BLIS) follows LibTorch's own thread setting.
extern "C" void openblas_set_num_threads(int) __attribute__((weak));

namespace rankscope {

void useOneBlasThread() {
    if (openblas_set_num_threads)
        openblas_set_num_threads(1);
}

void keepFreedMemory() {
#ifdef M_TRIM_THRESHOLD
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the largest that glibc takes
#endif
}

}  // namespace rankscope
