// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Names of files as text for people, sessions, JSON and figures, all of which are UTF-8: a file's name may be any
// bytes. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace rankscope {

// The path, with \xE9 for a byte that is not part of valid UTF-8; all else as it is.
std::string pathText(const std::filesystem::path& path);

// The path that pathText() wrote. Where a file has the very name `text`, that one: \xE9 may be in the name itself.
std::filesystem::path pathOfText(std::string_view text);

}  // namespace rankscope
