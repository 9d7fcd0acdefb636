// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bytes in JSON. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rankscope {

// RFC 4648 with padding; nothing if that is not what `text` is: no line breaks, no bits left over.
std::optional<std::string> bytesOfBase64(std::string_view text);

}  // namespace rankscope
