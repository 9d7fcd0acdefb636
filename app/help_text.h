// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The text of --help, 80 columns wide where words allow it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace rankscope {

// Columns that a text takes on a terminal: ours hold no combining or wide characters.
std::size_t widthOf(const std::string& text);

class HelpText : public CLI::FormatterBase {
public:
    std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
};

}  // namespace rankscope
