// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads the reference numbers in tests/data/**.h5 through the plain HDF5 C API: the truth must not come through our own
// session code. Header only; a test that includes it links HDF5::HDF5.
#pragma once

#include <hdf5.h>

#include <QtTest>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace rankscope::test {

template <typename T>
hid_t nativeType() {
    if constexpr (std::is_same_v<T, double>)
        return H5T_NATIVE_DOUBLE;
    else if constexpr (std::is_same_v<T, float>)
        return H5T_NATIVE_FLOAT;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return H5T_NATIVE_INT32;
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return H5T_NATIVE_INT64;
    else if constexpr (std::is_same_v<T, std::uint64_t>)
        return H5T_NATIVE_UINT64;
    else
        return H5T_NATIVE_UINT8;
}

class ReferenceFile {
public:
    explicit ReferenceFile(const std::string& path) : m_file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)) {
        if (m_file < 0)
            qFatal("cannot open %s", path.c_str());
    }
    ~ReferenceFile() { H5Fclose(m_file); }
    ReferenceFile(const ReferenceFile&) = delete;
    ReferenceFile& operator=(const ReferenceFile&) = delete;

    // A whole dataset, converted to T; empty if there is none of that name.
    template <typename T>
    std::vector<T> values(const std::string& name, std::vector<hsize_t>* shape = nullptr) const {
        if (!has(name))
            return {};
        const hid_t dataset = H5Dopen2(m_file, name.c_str(), H5P_DEFAULT);
        const hid_t space = H5Dget_space(dataset);
        std::vector<hsize_t> sizes(H5Sget_simple_extent_ndims(space));
        H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
        std::vector<T> result(H5Sget_simple_extent_npoints(space));
        const herr_t status = H5Dread(dataset, nativeType<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, result.data());
        H5Sclose(space);
        H5Dclose(dataset);
        if (status < 0)
            qFatal("cannot read %s", name.c_str());
        if (shape)
            *shape = sizes;
        return result;
    }

    bool has(const std::string& name) const {
        for (std::size_t at = name.find('/'); at != std::string::npos; at = name.find('/', at + 1))
            if (H5Lexists(m_file, name.substr(0, at).c_str(), H5P_DEFAULT) <= 0)
                return false;
        return H5Lexists(m_file, name.c_str(), H5P_DEFAULT) > 0;
    }

    double attribute(const std::string& group, const std::string& name) const {
        double value = 0;
        const hid_t id = H5Aopen_by_name(m_file, group.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
        H5Aread(id, H5T_NATIVE_DOUBLE, &value);
        H5Aclose(id);
        return value;
    }

private:
    hid_t m_file;
};

}  // namespace rankscope::test
