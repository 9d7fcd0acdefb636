// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a test of session files keeps them: an empty folder for every test function, and an HDF5 that does not print
// what it refuses.
#pragma once

#include <hdf5.h>

#include <QTemporaryDir>
#include <filesystem>
#include <memory>
#include <string>

namespace rankscope {

class SessionFolder {
public:
    // For init(); false if there can be none.
    bool renew() {
        m_folder = std::make_unique<QTemporaryDir>();
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        return m_folder->isValid();
    }

    std::filesystem::path path() const { return m_folder->path().toStdString(); }
    std::filesystem::path path(const std::string& name) const { return path() / name; }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

}  // namespace rankscope
