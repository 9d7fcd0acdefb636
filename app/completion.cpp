// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// `completion`: scripts for shells, made from the options themselves.
#include <algorithm>
#include <array>
#include <functional>
#include <memory>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"

namespace rankscope {
namespace {

using CLI::detail::join;

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
        text.replace(at, what.size(), by);
    return text;
}

// Without the colon that leads to the lines below it.
std::string firstLine(std::string text) {
    text = text.substr(0, text.find('\n'));
    if (text.ends_with(':'))
        text.pop_back();
    return text;
}

// In single quotes, for bash and zsh.
std::string quoted(const std::string& text) {
    return "'" + replaced(text, "'", "'\\''") + "'";
}

std::string quotedForFish(const std::string& text) {
    return "'" + replaced(replaced(text, "\\", "\\\\"), "'", "\\'") + "'";
}

std::vector<std::string> wordsOf(const std::vector<OptionFacts>& options) {
    std::vector<std::string> words;
    for (const OptionFacts& option : options)
        for (const std::string& name : {option.shortName, option.longName})
            if (!name.empty())
                words.push_back(name);
    return words;
}

std::string bashScript(const CLI::App& program) {
    const auto commands = commandsOf(program);
    std::string values, options;
    for (const CLI::App* command : commands) {
        const std::vector<OptionFacts> facts = optionsOf(*command);
        for (const OptionFacts& option : facts)
            if (!option.choices.empty())
                values += "        " + command->get_name() + ":" + (option.positional() ? "" : option.longName) +
                          ") values=" + quoted(join(option.choices, " ")) + " ;;\n";
        options += "        " + command->get_name() + ") options=" + quoted(join(wordsOf(facts), " ")) + " ;;\n";
    }
    return "# bash completion for " + program.get_name() + R"(
_rankscope() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= values= options= word before=
    COMPREPLY=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $word in
        )" +
           join(namesOf(commands), "|") +
           R"() command=$word; break ;;
        esac
    done
    [[ $previous == -* ]] || previous=
    case $command:$previous in
)" + values +
           R"(    esac
    case $command in
)" + options +
           "        '') options=" + quoted(join(wordsOf(ownOptionsOf(program)), " ")) +
           "; [[ $current == -* ]] || values=" + quoted(join(namesOf(commands), " ")) + R"( ;;
    esac
    if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$current"))
    elif [[ -n $values ]]; then
        [[ $current == *,* ]] && before=${current%,*},
        COMPREPLY=($(compgen -P "$before" -W "$values" -- "${current##*,}"))
    fi
}
complete -o bashdefault -o default -F _rankscope rankscope
)";
}

// What follows an option's name in _arguments.
std::string zshAction(const OptionFacts& option) {
    if (option.value.empty())
        return {};
    if (option.list && !option.choices.empty())
        return ":value:_values -s , value " + join(option.choices, " ");
    const std::string action = !option.choices.empty() ? "(" + join(option.choices, " ") + ")"
                               : option.file           ? "_files"
                                                       : " ";
    return ":value:" + action;
}

std::string zshSpecification(const OptionFacts& option) {
    if (option.positional())
        return quoted("*" + (option.choices.empty() ? ":file:_files" : zshAction(option)));
    std::string text = firstLine(option.description);
    for (const char* special : {"\\", "[", "]", ":"})
        text = replaced(text, special, std::string("\\") + special);
    std::string specification = quoted(option.longName + "[" + text + "]" + zshAction(option));
    if (!option.shortName.empty())
        specification += " " + quoted(option.shortName + "[" + text + "]" + zshAction(option));
    return specification;
}

std::string zshArguments(const CLI::App& command) {
    std::string text;
    for (const OptionFacts& option : optionsOf(command))
        text += " \\\n                " + zshSpecification(option);
    return text;
}

std::string zshScript(const CLI::App& program) {
    std::string commands, cases;
    for (const CLI::App* command : commandsOf(program)) {
        commands += "        " + quoted(command->get_name() + ":" + command->get_description()) + "\n";
        cases += "        " + command->get_name() + ")\n            _arguments" + zshArguments(*command) + " ;;\n";
    }
    std::string own;
    for (const OptionFacts& option : ownOptionsOf(program))
        if (!option.positional())
            own += " " + zshSpecification(option);
    return "#compdef rankscope\n_rankscope() {\n    local -a commands=(\n" + commands + R"(    )
    local state line
    _arguments -C)" +
           own + R"( '1: :->first' '*:: :->rest'
    if [[ $state == first ]]; then
        _describe command commands
        _files
    elif [[ $state == rest ]]; then
        case $words[1] in
)" + cases +
           R"(        esac
    fi
}
_rankscope "$@"
)";
}

std::string fishLine(const std::string& condition, const OptionFacts& option) {
    std::string line = "complete -c rankscope -n " + quotedForFish(condition);
    if (!option.positional())
        line +=
            " -l " + option.longName.substr(2) + (option.shortName.empty() ? "" : " -s " + option.shortName.substr(1));
    if (!option.choices.empty() && option.list)
        line += " -x -a " +
                quotedForFish("(__fish_complete_list , 'string split \" \" \"" + join(option.choices, " ") + "\"')");
    else if (!option.choices.empty())
        line += " -x -a " + quotedForFish(join(option.choices, " "));
    else if (option.file && !option.positional())
        line += " -r -F";
    else if (!option.value.empty())
        line += " -x";
    return line + " -d " + quotedForFish(firstLine(option.description)) + "\n";
}

std::string fishScript(const CLI::App& program) {
    std::string text = "# fish completion for " + program.get_name() + "\n";
    for (const OptionFacts& option : ownOptionsOf(program))
        if (!option.positional())
            text += fishLine("__fish_use_subcommand", option);
    for (const CLI::App* command : commandsOf(program)) {
        text += "complete -c rankscope -n __fish_use_subcommand -a " + command->get_name() + " -d " +
                quotedForFish(command->get_description()) + "\n";
        for (const OptionFacts& option : optionsOf(*command))
            if (!option.positional() || !option.choices.empty())
                text += fishLine("__fish_seen_subcommand_from " + command->get_name(), option);
    }
    return text;
}

constexpr std::array shells{ShellCompletion{"bash", "rankscope", bashScript},
                            ShellCompletion{"zsh", "_rankscope", zshScript},
                            ShellCompletion{"fish", "rankscope.fish", fishScript}};

}  // namespace

std::span<const ShellCompletion> shellCompletions() {
    return shells;
}

void addCompletionCommand(CLI::App& app) {
    const auto shell = std::make_shared<std::string>();
    CLI::App* command = app.add_subcommand("completion", "Print a script that completes commands and options");
    std::vector<std::string> names;
    for (const ShellCompletion& known : shells)
        names.emplace_back(known.shell);
    command->add_option("shell", *shell, "the shell that reads it")->required()->check(CLI::IsMember(names));
    setExamples(*command, {"source <(rankscope completion bash)"});
    command->callback(
        [shell, &app] { print(std::ranges::find(shells, *shell, &ShellCompletion::shell)->script(app)); });
}

}  // namespace rankscope
