// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How errors write the shape of a tensor or dataset. Any thread.
#pragma once

#include <string>

namespace rankscope {

// "[32,32,64]"
template <typename Shape>
std::string shapeText(const Shape& shape) {
    std::string text = "[";
    for (const auto length : shape)
        text.append(text.size() > 1 ? "," : "").append(std::to_string(length));
    return text + "]";
}

}  // namespace rankscope
