// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/advice.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include "app/option_facts.h"

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

// Letters to change, insert or remove to come from one to the other.
std::size_t distanceBetween(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    return row.back();
}

std::string meant(const std::string& word, const std::vector<std::string>& words) {
    const std::string nearest = nearestTo(word, words);
    return nearest.empty() ? nearest : "; did you mean " + nearest + "?";
}

// An option that does not exist is the reason for whatever else is missing.
std::string unknownOption(const CLI::App& program, const CLI::App& command) {
    std::vector<std::string> names;
    for (const OptionFacts& option : optionsOf(command))
        names.push_back(option.longName);
    for (const std::string& word : program.remaining(true))
        if (word.starts_with("-") && std::ranges::find(names, word) == names.end())
            return "no option " + word + meant(word, names);
    return {};
}

// "--kind: Check pie value in {…} FAILED" and "--kind: pie not in {…}" in words, with the values that there are.
std::string wrongValue(const CLI::App& command, const std::string& message) {
    const auto colon = message.find(": ");
    if (colon == std::string::npos)
        return {};
    std::string found = message.substr(colon + 2);
    if (found.starts_with("Check "))
        found = found.substr(6, found.find(" value in ") - 6);
    else if (const auto end = found.find(" not in {"); end != std::string::npos)
        found = found.substr(0, end);
    else
        return {};
    for (const OptionFacts& option : optionsOf(command))
        if (!option.choices.empty() && message.substr(0, colon) == option.longName)
            return option.longName + ": expected " + option.value + ", found " + found + meant(found, option.choices);
    return {};
}

}  // namespace

std::string nearestTo(const std::string& word, const std::vector<std::string>& words) {
    std::string nearest;
    std::size_t least = 3;
    for (const std::string& candidate : words)
        if (const std::size_t distance = distanceBetween(word, candidate);
            distance < least && distance < candidate.size()) {
            least = distance;
            nearest = candidate;
        }
    return nearest;
}

std::string usageLine(const CLI::App& program, const CLI::ParseError& error) {
    const CLI::App* command = &program;
    std::string name = program.get_name();
    for (const CLI::App* used : program.get_subcommands()) {
        command = used;
        name += " " + used->get_name();
    }
    std::string line = unknownOption(program, *command);
    if (line.empty())
        line = wrongValue(*command, error.what());
    if (line.empty())
        line = error.what();
    return name + ": " + printable(line, 1000) + " (see " + name + " --help)";
}

std::string adviceOn(const Error& error) {
    for (const Advice& advice : advices)
        if (advice.subject == error.subject() && (advice.found.empty() || advice.found == error.found()))
            return "; " + std::string(advice.step);
    return {};
}

}  // namespace rankscope
