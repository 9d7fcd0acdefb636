// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <string_view>

#include "app/command.h"
#include "app/option_facts.h"
#include "core/base/nearest_word.h"

namespace rankscope {
namespace {

struct Advice {
    std::string_view subject, found;  // of the error; anything may be found where this is empty
    std::string_view step;
};

constexpr std::array advices{
    Advice{"tokenizer", "none", "put tokenizer.json beside the weights, or give token ids with --tokens"},
    Advice{"config.json", "none",
           "a model folder holds config.json and .safetensors files; see rankscope analyze --help"},
    Advice{"file format", "", "convert other weights to safetensors or GGUF; text goes behind --corpus"},
    Advice{"folder", "none", "make it first, or write somewhere else"},
};

// "SUBJECT: expected X, found Y; did you mean Z?"
std::string fault(const std::string& subject, const std::string& expected, const std::string& found,
                  const std::vector<std::string>& words = {}) {
    return subject + ": expected " + expected + ", found " + found + didYouMean(found, words);
}

bool isOption(const std::string& word) {
    return word.size() > 1 && word.front() == '-' && !(word[1] >= '0' && word[1] <= '9');
}

// The part of `text` behind `before`, up to `after` or the end; empty without them.
std::string between(const std::string& text, std::string_view before, std::string_view after = {}) {
    const auto from = text.find(before);
    if (from == std::string::npos)
        return {};
    const auto start = from + before.size();
    const auto end = after.empty() ? text.size() : text.find(after, start);
    return end == std::string::npos ? std::string() : text.substr(start, end - start);
}

// A command that does not exist was taken for the file that the window opens.
std::string unknownCommand(const CLI::App& program) {
    const std::vector<std::string> commands = namesOf(commandsOf(program));
    for (const CLI::Option* option : program.get_options())
        if (option->get_positional() && option->count() > 0)
            if (const std::string word = option->results().front(); !nearestTo(word, commands).empty())
                return fault("command", CLI::detail::join(commands, ", "), word, commands);
    return {};
}

// What is left over, or an option that does not exist, which is the reason for whatever else is missing.
std::string unexpected(const CLI::App& program, const CLI::App& command) {
    std::vector<std::string> names;
    for (const OptionFacts& option : optionsOf(command))
        names.insert(names.end(), option.allNames.begin(), option.allNames.end());
    const std::vector<std::string> remaining = program.remaining(true);
    for (const std::string& word : remaining)
        if (isOption(word))
            return fault("option", "one of " + nameOf(command), word.substr(0, word.find('=')), names);
    if (remaining.empty())
        return {};
    const std::string usage = synopsisOf(command);
    return fault("argument", "no more than " + usage.substr(usage.find("[OPTIONS]")), remaining.front());
}

std::string missing(const CLI::App& command, const std::string& message) {
    if (const std::string names = between(message, "option from [", "]"); !names.empty()) {
        std::string list = names;
        if (const auto comma = list.rfind(','); comma != std::string::npos)
            list.replace(comma, 1, " or ");
        const std::string given = between(message, "is required and ", " were given");
        return fault("options", "exactly one of " + list, given.empty() ? "none" : given);
    }
    const auto facts = findOption(command, message.substr(0, message.find(" is required")));
    if (!facts)
        return {};
    return facts->positional() ? fault("argument", facts->value, "none") : fault(facts->longName, facts->value, "none");
}

// The value that a message of the parser is about.
std::string valueIn(const std::string& message) {
    if (message.starts_with("Check "))  // "Check pie value in {…} FAILED"
        return between(message, "Check ", " value in ");
    if (const auto end = message.find(" not in {"); end != std::string::npos)  // "pie not in {…}"
        return message.substr(0, end);
    return between(message, "Value ", " not in range");
}

// "--kind: …", where the reason is the parser's or that of a check of ours: "expected X, found Y".
std::string wrongValue(const CLI::App& command, const std::string& message) {
    const auto colon = message.find(": ");
    const auto facts = colon == std::string::npos ? std::nullopt : findOption(command, message.substr(0, colon));
    if (!facts)
        return {};
    const std::string subject = facts->positional() ? "argument" : facts->longName, reason = message.substr(colon + 2);
    if (reason.find("expected ") != std::string::npos && reason.find(", found ") != std::string::npos)
        return subject + ": " + reason;
    if (reason.ends_with(" missing"))
        return fault(subject, facts->value, "none");
    if (const std::string value = valueIn(reason); !value.empty())
        return fault(subject, facts->value, value, facts->choices);
    return facts->value.empty() ? fault(subject, "no value", "one") : fault(subject, facts->value, reason);
}

// "Could not convert: --threads = x"
std::string notConverted(const CLI::App& command, const std::string& message) {
    const std::string name = between(message, "Could not convert: ", " = ");
    const auto facts = findOption(command, name);
    return facts ? fault(facts->positional() ? "argument" : facts->longName, facts->value, between(message, " = "))
                 : std::string();
}

// Why the parser gave up, in the form of all errors.
std::string reasonOf(const CLI::App& program, const CLI::App& command, const CLI::ParseError& error) {
    const std::string message = error.what();
    std::string line = &program == &command ? unknownCommand(program) : std::string();
    if (line.empty())
        line = unexpected(program, command);
    if (line.empty() && error.get_name() == "RequiredError")
        line = missing(command, message);
    if (line.empty())
        line = wrongValue(command, message);
    if (line.empty())
        line = notConverted(command, message);
    return line.empty() ? fault("arguments", "what " + nameOf(command) + " --help lists", message) : line;
}

}  // namespace

std::string usageLine(const CLI::App& program, const CLI::ParseError& error) {
    const CLI::App* command = &program;
    for (const CLI::App* used : program.get_subcommands())
        command = used;
    const std::string name = nameOf(*command);
    return name + ": " + printable(reasonOf(program, *command, error), 1000) + " (see " + name + " --help)";
}

std::string adviceOn(const Error& error) {
    for (const Advice& advice : advices)
        if (advice.subject == error.subject() && (advice.found.empty() || advice.found == error.found()))
            return "; " + std::string(advice.step);
    return {};
}

}  // namespace rankscope
