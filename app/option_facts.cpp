// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/option_facts.h"

#include <algorithm>
#include <sstream>

namespace rankscope {
namespace {

bool isWord(const std::string& text) {
    return !text.empty() && text.front() >= 'a' && text.front() <= 'z' && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

// "TEXT:{a,b}" → "{a,b}": what a validator says of the values says more than the type does.
std::string withoutType(const std::string& typeName) {
    const auto colon = typeName.find(':');
    return colon == std::string::npos ? typeName : typeName.substr(colon + 1);
}

// The values in "a|b", "{a,b}" or "(a|b) OR ({c})"; none where something else than words is expected.
std::vector<std::string> choicesIn(std::string text) {
    if (const auto either = text.find(" OR "); either != std::string::npos)
        text.replace(either, 4, "|");
    std::vector<std::string> choices{""};
    for (const char c : text)
        if (c == '|' || c == ',')
            choices.emplace_back();
        else if (c != '{' && c != '}' && c != '(' && c != ')')
            choices.back() += c;
    return choices.size() > 1 && std::ranges::all_of(choices, isWord) ? choices : std::vector<std::string>();
}

std::string joined(const std::vector<std::string>& parts, const char* separator) {
    return CLI::detail::join(parts, separator);
}

// "[k90]" → "k90": a list shows its default in brackets.
std::string defaultOf(const CLI::Option& option) {
    std::string text = option.get_default_str();
    if (text.size() > 2 && text.front() == '[' && text.back() == ']')
        text = text.substr(1, text.size() - 2);
    return text;
}

OptionFacts factsOf(const CLI::Option& option) {
    OptionFacts facts;
    if (!option.get_lnames().empty())
        facts.longName = "--" + option.get_lnames().front();
    if (!option.get_snames().empty())
        facts.shortName = "-" + option.get_snames().front();
    for (const std::string& name : option.get_snames())
        facts.allNames.push_back("-" + name);
    for (const std::string& name : option.get_lnames())
        facts.allNames.push_back("--" + name);
    facts.description = option.get_description();
    if (option.get_type_size() == 0)
        return facts;
    const std::string value = withoutType(option.get_type_name());
    facts.choices = choicesIn(value);
    facts.value = facts.choices.empty() ? value : joined(facts.choices, "|");
    facts.list = option.get_delimiter() == ',';
    facts.file = value.find("FILE") != std::string::npos || value.find(".h5") != std::string::npos ||
                 value.find("MODEL") != std::string::npos || value.find("FOLDER") != std::string::npos;
    // Behind the first line: the others explain the values one by one.
    const auto append = [&facts](const std::string& remark) {
        const auto end = std::min(facts.description.find('\n'), facts.description.size());
        facts.description.insert(end - (end > 0 && facts.description[end - 1] == ':' ? 1 : 0), remark);
    };
    if (const std::string usual = defaultOf(option); !usual.empty())
        append(" [" + usual + "]");
    if (option.get_required() && !facts.positional())
        append(" (required)");
    return facts;
}

}  // namespace

std::vector<OptionFacts> ownOptionsOf(const CLI::App& command) {
    std::vector<OptionFacts> options;
    for (const CLI::Option* option : command.get_options())
        if (!command.get_name().empty() || option != command.get_help_ptr())  // a group inherits --help
            options.push_back(factsOf(*option));
    return options;
}

std::vector<const CLI::App*> groupsOf(const CLI::App& command) {
    return command.get_subcommands([](const CLI::App* part) { return part->get_name().empty(); });
}

std::vector<OptionFacts> optionsOf(const CLI::App& command) {
    std::vector<OptionFacts> options = ownOptionsOf(command);
    for (const CLI::App* group : groupsOf(command))
        for (OptionFacts& option : ownOptionsOf(*group))
            options.push_back(std::move(option));
    return options;
}

std::optional<OptionFacts> findOption(const CLI::App& command, const std::string& name) {
    for (const CLI::Option* option : command.get_options())
        if (option->get_name() == name)
            return factsOf(*option);
    for (const CLI::App* group : groupsOf(command))
        if (auto facts = findOption(*group, name))
            return facts;
    return std::nullopt;
}

std::vector<std::string> namesOf(const std::vector<const CLI::App*>& commands) {
    std::vector<std::string> names;
    for (const CLI::App* command : commands)
        names.push_back(command->get_name());
    return names;
}

std::string nameOf(const CLI::App& command) {
    return (command.get_parent() ? command.get_parent()->get_name() + " " : "") + command.get_name();
}

std::vector<const CLI::App*> commandsOf(const CLI::App& program) {
    return program.get_subcommands([](const CLI::App* part) { return !part->get_name().empty(); });
}

std::string headingOf(const OptionFacts& option) {
    if (option.positional())
        return option.value;
    return (option.shortName.empty() ? "" : option.shortName + ", ") + option.longName +
           (option.value.empty() ? "" : " " + option.value);
}

std::string synopsisOf(const CLI::App& command) {
    std::string text = nameOf(command) + " [OPTIONS]";
    for (const CLI::Option* option : command.get_options())
        if (option->get_positional()) {
            const std::string value = factsOf(*option).value + (option->get_items_expected_max() > 1 ? "..." : "");
            text += option->get_required() ? " " + value : " [" + value + "]";
        }
    return text;
}

std::vector<std::string> examplesOf(const CLI::App& command) {
    std::vector<std::string> lines;
    std::istringstream footer(command.get_footer());
    for (std::string line; std::getline(footer, line);)
        if (line.starts_with("  "))
            lines.push_back(line.substr(2));
    return lines;
}

void setExamples(CLI::App& command, const std::vector<std::string>& lines) {
    command.footer((lines.size() > 1 ? "Examples:\n  " : "Example:\n  ") + joined(lines, "\n  "));
}

}  // namespace rankscope
