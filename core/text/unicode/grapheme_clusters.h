// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Extended grapheme clusters (Unicode Standard Annex 29), what a reader takes for one character. Any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace rankscope {

// Bytes of the cluster that `text` begins with. REQUIRES valid UTF-8, not empty, and that a cluster begins there.
std::size_t graphemeClusterLength(std::string_view text);

}  // namespace rankscope
