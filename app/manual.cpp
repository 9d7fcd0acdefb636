// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// `manual`: the pages of man(1) and the scripts for shells, made from the options themselves.
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "core/base/error.h"
#include "core/base/nearest_word.h"
#include "core/storage/atomic_file.h"

namespace rankscope {
namespace {

// The signs of the field that the fonts of troff do not have.
std::string withoutRareSigns(std::string text) {
    constexpr std::pair<std::string_view, std::string_view> signs[] = {{"Ẽ", "E~"}, {"ᵀ", "^T"}};
    for (const auto& [sign, plain] : signs)
        for (std::size_t at = 0; (at = text.find(sign, at)) != std::string::npos; at += plain.size())
            text.replace(at, sign.size(), plain);
    return text;
}

// For troff: a backslash and a hyphen as they are, no line that begins like a request.
std::string escaped(const std::string& original) {
    const std::string text = withoutRareSigns(original);
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool first = i == 0 || text[i - 1] == '\n';
        if (first && (text[i] == '.' || text[i] == '\''))
            result += "\\&";
        if (text[i] == '\\')
            result += "\\e";
        else if (text[i] == '-')
            result += "\\-";
        else if (text[i] == '\n')
            result += "\n.br\n";
        else
            result += text[i];
        if (text[i] == '|' && i + 1 < text.size() && text[i + 1] != ' ')
            result += "\\:";  // a line may end here: lists of choices are longer than it
    }
    return result;
}

std::string section(const std::string& title, const std::string& body) {
    return body.empty() ? body : ".SH " + title + "\n.ad l\n" + body;  // lists of choices have no spaces to widen
}

std::string tagged(const std::string& heading, const std::string& text) {
    return ".TP\n.B " + escaped(heading) + "\n" + escaped(text) + "\n";
}

std::string optionSection(const std::vector<OptionFacts>& options, bool positional) {
    std::string text;
    for (const OptionFacts& option : options)
        if (option.positional() == positional)
            text += tagged(headingOf(option), option.description);
    return text;
}

std::string exampleSection(const CLI::App& command) {
    std::string text;
    for (const std::string& line : examplesOf(command))
        text += ".nf\n" + escaped(line) + "\n.fi\n";
    return section(examplesOf(command).size() > 1 ? "EXAMPLES" : "EXAMPLE", text);
}

std::string pageName(const CLI::App& command) {
    return command.get_parent() ? command.get_parent()->get_name() + "-" + command.get_name() : command.get_name();
}

std::string exitSection() {
    return section("EXIT STATUS",
                   tagged("0", "Done.") +
                       tagged("1", "Failed input: one line on standard error, FILE: SUBJECT: expected X, found Y.") +
                       tagged("2", "Wrong usage.") +
                       tagged("130", "Cancelled by Ctrl+C, SIGTERM or SIGHUP. What was finished is saved."));
}

std::string seeAlso(const CLI::App& program, const CLI::App& command) {
    std::string text;
    for (const CLI::App* other : commandsOf(program))
        if (other != &command)
            text += (text.empty() ? ".BR " : " ,\n.BR ") + escaped(pageName(*other)) + " (1)";
    if (&program != &command)
        text = ".BR rankscope (1) ,\n" + text;
    return section("SEE ALSO", text + "\n.PP\nThe guide of the window (F1) explains views, measures and controls.\n");
}

std::string pageOf(const CLI::App& program, const CLI::App& command) {
    const std::string name = pageName(command);
    std::string upper = name;
    for (char& c : upper)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    std::string commands;
    for (const CLI::App* each : commandsOf(command))
        commands += tagged(each->get_name(), each->get_description());
    std::string summary = command.get_description();
    summary = summary.substr(0, summary.find('\n'));
    if (summary.ends_with('.'))
        summary.pop_back();
    std::string page = ".TH \"" + upper + "\" 1 \"\" \"Rankscope " RANKSCOPE_VERSION "\" \"User Commands\"\n";
    page += section("NAME", escaped(name) + " \\- " + escaped(summary) + "\n");
    page += section("SYNOPSIS", ".B " + escaped(synopsisOf(command)) + "\n");
    page += section("DESCRIPTION", escaped(command.get_description()) + "\n");
    const std::vector<OptionFacts> own = ownOptionsOf(command);
    page += section("ARGUMENTS", optionSection(own, true)) + section("COMMANDS", commands);
    std::string options;
    for (const CLI::App* group : groupsOf(command))
        options += ".PP\n" + escaped(group->get_description()) + ":\n" + optionSection(ownOptionsOf(*group), false);
    page += section("OPTIONS", options + optionSection(own, false));
    return page + exitSection() + exampleSection(command) + seeAlso(program, command);
}

void writeText(const std::filesystem::path& path, const std::string& text) {
    writeFileAtomically(path, std::as_bytes(std::span(text)));
}

void writeAll(const CLI::App& program, const std::filesystem::path& folder) {
    std::error_code failure;
    for (const ShellCompletion& shell : shellCompletions())
        if (!failure)
            std::filesystem::create_directories(folder / std::string(shell.shell), failure);
    if (failure)
        throw Error(ErrorCode::writeFailed, folder.string(), "folder", "one that can be made", failure.message());
    writeText(folder / (program.get_name() + ".1"), pageOf(program, program));
    for (const CLI::App* command : commandsOf(program))
        writeText(folder / (pageName(*command) + ".1"), pageOf(program, *command));
    for (const ShellCompletion& shell : shellCompletions())
        writeText(folder / std::string(shell.shell) / std::string(shell.file), shell.script(program));
}

}  // namespace

void addManualCommand(CLI::App& app) {
    struct Options {
        std::filesystem::path folder;
        std::string command;
    };
    const auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("manual", "Print a manual page, or write them all for a package");
    command->add_option("command", options->command, "of this command instead of the program")->type_name("COMMAND");
    command->add_option("--output", options->folder, "write every page, and the completion of every shell, here")
        ->type_name("FOLDER");
    setExamples(*command, {"rankscope manual analyze | man -l -"});
    command->callback([options, &app] {
        if (!options->folder.empty())
            return writeAll(app, options->folder);
        const CLI::App* page = options->command.empty() ? &app : nullptr;
        for (const CLI::App* known : commandsOf(app))
            page = known->get_name() == options->command ? known : page;
        if (!page)
            throw CLI::ValidationError("command", "expected one of the commands of rankscope --help, found " +
                                                      options->command +
                                                      didYouMean(options->command, namesOf(commandsOf(app))));
        print(pageOf(app, *page));
    });
}

}  // namespace rankscope
