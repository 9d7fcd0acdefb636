// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Session files through HDF5's own interface: truth for what is written, damage for what is read.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/session_file/session_file.h"
#include "tests/reference_file.h"

namespace rankscope {

namespace fs = std::filesystem;
using Edit = std::function<void(hid_t file)>;

// What the task throws, as its one line.
inline std::string thrown(const std::function<void()>& task) {
    try {
        task();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing thrown";
}

// The error of opening the session, without the file's name.
inline std::string openingError(const fs::path& path) {
    std::string said = thrown([&] { openSession(path); });
    if (said.starts_with(path.string() + ": "))
        said.erase(0, path.string().size() + 2);
    return said;
}

inline void edit(const fs::path& path, const Edit& change) {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    change(file);
    H5Fclose(file);
}

template <typename T>
std::vector<T> readRaw(hid_t file, const char* path, std::vector<hsize_t>* shape = nullptr) {
    const hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT), space = H5Dget_space(dataset);
    std::vector<T> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    H5Dread(dataset, test::nativeType<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    if (shape) {
        shape->resize(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
        H5Sget_simple_extent_dims(space, shape->data(), nullptr);
    }
    H5Sclose(space);
    H5Dclose(dataset);
    return values;
}

}  // namespace rankscope
