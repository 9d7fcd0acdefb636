// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <sstream>

#include "app/command.h"
#include "app/option_facts.h"

namespace rankscope {
namespace {

constexpr std::size_t columns = 80;
constexpr std::size_t descriptionColumn = 26;

// One paragraph per line of `text`; the first begins where the cursor is, the others at `indent`.
std::string wrapped(const std::string& text, std::size_t indent) {
    std::string result;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!result.empty())
            result += "\n" + std::string(indent, ' ');
        std::istringstream words(line);
        std::size_t column = indent;
        for (std::string word; words >> word;) {
            if (column > indent && column + 1 + widthOf(word) > columns) {
                result += "\n" + std::string(indent, ' ');
                column = indent;
            }
            result += (column > indent ? " " : "") + word;
            column += (column > indent ? 1 : 0) + widthOf(word);
        }
    }
    return result + "\n";
}

std::string entry(const std::string& heading, const std::string& description) {
    std::string text = "  " + heading;
    const std::size_t width = widthOf(text);
    text += width + 2 > descriptionColumn ? "\n" + std::string(descriptionColumn, ' ')
                                          : std::string(descriptionColumn - width, ' ');
    return text + wrapped(description, descriptionColumn);
}

std::string entries(const std::string& title, const std::vector<OptionFacts>& options, bool positional) {
    std::string text;
    for (const OptionFacts& option : options)
        if (option.positional() == positional)
            text += entry(headingOf(option), option.description);
    return text.empty() ? text : "\n" + title + ":\n" + text;
}

}  // namespace

std::size_t widthOf(const std::string& text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string HelpText::make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const {
    const std::vector<OptionFacts> options = ownOptionsOf(*app);
    const std::vector<const CLI::App*> commands = commandsOf(*app);
    std::string text = wrapped(app->get_description(), 0) + "\nUsage: " + synopsisOf(*app) + "\n";
    if (!commands.empty())
        text += "       " + app->get_name() + " COMMAND --help\n";
    text += entries("Arguments", options, true);
    if (!commands.empty()) {
        text += "\nCommands:\n";
        for (const CLI::App* command : commands)
            text += entry(command->get_name(), command->get_description());
    }
    for (const CLI::App* group : groupsOf(*app))
        text += entries(group->get_description(), ownOptionsOf(*group), false);
    text += entries("Options", options, false);
    return app->get_footer().empty() ? text : text + "\n" + app->get_footer() + "\n";
}

}  // namespace rankscope
