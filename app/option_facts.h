// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Puts what the parser knows about its commands and options into the form that help, manual pages and completions
// print.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

namespace rankscope {

struct OptionFacts {
    std::string shortName, longName;    // "-h", "--help"; both empty for a positional argument
    std::vector<std::string> allNames;  // these and former ones that are read as well, which no help lists
    std::string value;                  // "FILE.csv", "auto|on|off"; empty for a flag
    std::vector<std::string> choices;   // the values, where they can be listed
    std::string description;            // with "[512]" or "(required)" behind it; lines end in \n
    bool list = false;                  // takes several values with commas between them
    bool file = false;                  // its value is the name of a file or folder

    bool positional() const { return longName.empty(); }
};

// Options and positional arguments of a command in the order of their declaration, those of its groups too.
std::vector<OptionFacts> optionsOf(const CLI::App& command);

// The same without those of groups; groupsOf() has the groups.
std::vector<OptionFacts> ownOptionsOf(const CLI::App& command);
std::vector<const CLI::App*> groupsOf(const CLI::App& command);

// The option or positional argument that the parser's messages call so: "--help", "session".
std::optional<OptionFacts> findOption(const CLI::App& command, const std::string& name);

// The commands of the program in the order of their declaration.
std::vector<const CLI::App*> commandsOf(const CLI::App& program);

std::vector<std::string> namesOf(const std::vector<const CLI::App*>& commands);

// "rankscope analyze"
std::string nameOf(const CLI::App& command);

// "-h, --help", "--output FILE.csv", "MODEL".
std::string headingOf(const OptionFacts& option);

// "rankscope analyze [OPTIONS] MODEL".
std::string synopsisOf(const CLI::App& command);

// The command lines of the example at the foot of a command's help.
std::vector<std::string> examplesOf(const CLI::App& command);
void setExamples(CLI::App& command, const std::vector<std::string>& lines);

}  // namespace rankscope
