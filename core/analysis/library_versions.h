// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The libraries that compute the numbers, with their versions: for the About box and for reports of faults. Any thread.
#pragma once

#include <string>
#include <vector>

namespace rankscope {

struct LibraryVersion {
    std::string name;     // "LibTorch"
    std::string version;  // "1.13.0"; never empty
};

// LibTorch, OpenBLAS (where it is the BLAS), HDF5, Eigen, PCRE2.
std::vector<LibraryVersion> libraryVersions();

}  // namespace rankscope
