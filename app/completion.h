// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF SHELLS that complete the words of the command line.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace rankscope {

struct ShellCompletion {
    std::string_view shell;
    std::string_view file;  // the name under which the shell looks for it
    std::string (*script)(const CLI::App& program);
};
std::span<const ShellCompletion> shellCompletions();

}  // namespace rankscope
