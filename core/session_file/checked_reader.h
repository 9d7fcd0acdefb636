// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Values of a session file that may be hostile: none is handed on before it was looked at. Errors name the file, the
// object, what was expected and what was found.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/session_file/session_layout.h"
#include "core/storage/h5_handle.h"

namespace rankscope {

class CheckedReader {
public:
    using Subject = std::function<std::string()>;

    CheckedReader(const std::filesystem::path& path, std::string_view image) : file(path, image) {}

    const h5::FileReader file;  // types and shapes are checked, values are not

    [[noreturn]] void fail(const std::string& subject, const std::string& expected, const std::string& found) const;

    // UTF-8.
    std::string text(const std::string& object, const std::string& name) const;
    std::vector<std::string> texts(const std::string& object, const std::string& name) const;
    // Within [least, most].
    int count(const std::string& object, const std::string& name, std::int64_t least, std::int64_t most) const;
    double finite(const std::string& object, const std::string& name) const;
    // Zeros and ones.
    std::vector<std::uint8_t> flags(const std::string& object, const std::string& name, std::size_t count) const;

    void requireUtf8(const std::string& subject, const std::string& value) const;
    // That a matrix of so many rows and columns can be, as the attributes of `path` say.
    void requireShape(const std::string& path, std::int64_t rows, std::int64_t columns) const;
    // Non-negative as well; the first that is not is named by its indices.
    void requireFinite(const std::string& path, std::span<const double> values, const h5::Shape& shape) const;
    // What singular values are: finite, descending, not negative. `subject` names them once something is wrong.
    void requireSpectrum(std::span<const double> values, const Subject& subject) const;
    // That Σσ² of the whole matrix is no less than that of the stored values.
    void requireEnergy(std::span<const double> sigma, double energy, const Subject& subject) const;

    static std::string number(double value);  // as it is shown in errors
};

}  // namespace rankscope
