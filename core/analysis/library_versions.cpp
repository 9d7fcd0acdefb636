// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/library_versions.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <Eigen/src/Core/util/Macros.h>

#include "core/storage/h5_handle.h"

// Declared by OpenBLAS only.
extern "C" char* openblas_get_config() __attribute__((weak));

namespace rankscope {

namespace {

std::string eigenVersion() {
    return std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
           std::to_string(EIGEN_MINOR_VERSION);
}

// Without the date that follows the number.
std::string pcreVersion() {
    std::string text(64, '\0');
    pcre2_config(PCRE2_CONFIG_VERSION, text.data());
    return text.substr(0, text.find_first_of(std::string(" \0", 2)));
}

// "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY Haswell MAX_THREADS=64" without the name.
std::string openBlasVersion() {
    const std::string config = openblas_get_config();
    const std::size_t start = config.find(' ') + 1;
    return config.substr(start, config.find(' ', start) - start);
}

}  // namespace

std::vector<LibraryVersion> libraryVersions() {
    std::vector<LibraryVersion> versions{{"LibTorch", RANKSCOPE_TORCH_VERSION}};
    if (openblas_get_config)
        versions.push_back({"OpenBLAS", openBlasVersion()});
    versions.insert(versions.end(),
                    {{"HDF5", h5::libraryVersion()}, {"Eigen", eigenVersion()}, {"PCRE2", pcreVersion()}});
    return versions;
}

}  // namespace rankscope
