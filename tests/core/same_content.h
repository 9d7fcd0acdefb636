// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whether two session files hold the same: every object, every dataset, every attribute, through HDF5's own interface.
#pragma once

#include <hdf5.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace rankscope {

// "path" → shape and bytes of a dataset, "path@name" of an attribute, "path" → "group". Strings are read as they are.
using FileContent = std::map<std::string, std::string>;

namespace content {

inline std::string described(hid_t space, hid_t type) {
    std::vector<hsize_t> extents(static_cast<std::size_t>(std::max(0, H5Sget_simple_extent_ndims(space))));
    H5Sget_simple_extent_dims(space, extents.data(), nullptr);
    std::string text =
        "class " + std::to_string(H5Tget_class(type)) + " size " + std::to_string(H5Tget_size(type)) + " [";
    for (const hsize_t extent : extents)
        text += std::to_string(extent) + " ";
    return text + "] ";
}

inline herr_t readAttribute(hid_t object, const char* name, const H5A_info_t*, void* to) {
    auto& [path, content] = *static_cast<std::pair<std::string, FileContent*>*>(to);
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(attribute),
                space = H5Aget_space(attribute);
    const auto count = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space));
    std::string value = described(space, type);
    if (H5Tis_variable_str(type) > 0) {
        std::vector<char*> texts(count);
        H5Aread(attribute, type, texts.data());
        for (const char* text : texts)
            value += std::string(text) + "\n";
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data());
    } else {
        std::string bytes(count * H5Tget_size(type), '\0');
        H5Aread(attribute, type, bytes.data());
        value += bytes;
    }
    (*content)[path + "@" + name] = value;
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    return 0;
}

inline herr_t readObject(hid_t file, const char* name, const H5O_info_t* info, void* to) {
    auto& content = *static_cast<FileContent*>(to);
    const std::string path = std::string(name) == "." ? "/" : "/" + std::string(name);
    content[path] = "group";
    const hid_t object = H5Oopen(file, name, H5P_DEFAULT);
    if (info->type == H5O_TYPE_DATASET) {
        const hid_t type = H5Dget_type(object), space = H5Dget_space(object);
        std::string bytes(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)) * H5Tget_size(type), '\0');
        H5Dread(object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
        content[path] = described(space, type) + bytes;
        H5Sclose(space);
        H5Tclose(type);
    }
    std::pair<std::string, FileContent*> state{path, &content};
    hsize_t at = 0;
    H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &at, readAttribute, &state);
    H5Oclose(object);
    return 0;
}

}  // namespace content

inline FileContent contentOf(const std::string& path) {
    FileContent content;
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0)
        return content;
    H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, content::readObject, &content);
    H5Fclose(file);
    return content;
}

// What two runs of the same may differ in: when they ran, for how long, with how many threads.
inline const std::set<std::string>& timesOfARun() {
    static const std::set<std::string> names{
        "/@created",          "/run@load_seconds", "/run@forward_seconds", "/run@spectra_seconds",
        "/run@total_seconds", "/run@threads"};
    return names;
}

// The first thing that differs; empty: nothing but times. "no file" if one of them cannot be opened.
inline std::string contentDifference(const std::string& a, const std::string& b,
                                     const std::set<std::string>& except = timesOfARun()) {
    FileContent inA = contentOf(a), inB = contentOf(b);
    if (inA.empty() || inB.empty())
        return "no file";
    for (const auto& [path, value] : inA)
        if (const auto found = inB.find(path); found == inB.end())
            return path + " is in the first only";
        else if (found->second != value && !except.contains(path))
            return path + " differs";
    for (const auto& [path, value] : inB)
        if (!inA.contains(path))
            return path + " is in the second only";
    return {};
}

}  // namespace rankscope
