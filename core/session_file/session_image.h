// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A session file under construction: the image with the checks and the attributes that all parts of it share.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/storage/h5_handle.h"

namespace rankscope {

class SessionImage {
public:
    SessionImage(const std::string& file, const JobContext& context) : image(file, context), m_file(file) {}

    h5::ImageWriter image;

    // Error (mismatch): what is to be saved contradicts itself.
    void require(bool holds, const std::string& subject, const std::string& expected, const std::string& found) const {
        if (!holds)
            throw Error(ErrorCode::mismatch, m_file, subject, expected, found);
    }
    void requireCount(const std::string& subject, std::size_t expected, std::size_t found) const {
        require(expected == found, subject, std::to_string(expected) + " values", std::to_string(found));
    }

    // `units` "1": none. `definition`: the formula of what the dataset holds.
    void describe(const std::string& path, std::string_view longName, std::string_view units,
                  std::string_view definition = {}) {
        image.text(path, "long_name", longName);
        image.text(path, "units", units);
        if (!definition.empty())
            image.text(path, "definition", definition);
    }

private:
    std::string m_file;
};

}  // namespace rankscope
