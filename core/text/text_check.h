// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any thread.
#pragma once

#include <string_view>

namespace rankscope {

// Error "offset 12: expected UTF-8, found 0xFF", naming `file`, unless all of `text` is valid.
void requireUtf8(std::string_view text, std::string_view file);

}  // namespace rankscope
