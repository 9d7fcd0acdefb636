// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/options.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <span>

#include "core/base/error.h"
#include "core/base/nearest_word.h"
#include "core/base/number_text.h"
#include "core/numbers/session_at_length.h"
#include "core/reports/session_table.h"
#include "core/session_file/session_file.h"
#include "core/storage/atomic_file.h"

namespace rankscope {

namespace {

// "k90|k95|k99|entropy|…": the usual thresholds stand for every kN.
std::string measureNames(const std::string& also) {
    std::string names;
    for (const RankMeasure& measure : rankMeasures())
        names +=
            (names.empty() ? "" : "|") + (measure.usesThreshold ? std::string("k90|k95|k99") : std::string(measure.id));
    return also.empty() ? names : names + "|" + also;
}

}  // namespace

CLI::Validator isOutputFile(std::string extension) {
    return CLI::Validator(
        [extension = std::move(extension)](std::string& text) {
            if (text == "-")
                return std::string("expected the name of a file, found -: this cannot go to standard output");
            return extension.empty() || extensionOf(text) == extension
                       ? std::string()
                       : "expected a name that ends in ." + extension + ", found " + text;
        },
        "");
}

CLI::Validator isMeasure(const std::string& also) {
    return CLI::Validator(
        [also](std::string& id) {
            if (!also.empty() && id == also)
                return std::string();
            try {
                parseMeasure(id);
                return std::string();
            } catch (const Error& error) {
                std::vector<std::string> words{also};
                for (const RankMeasure& measure : rankMeasures())
                    words.emplace_back(measure.id);
                return "expected " + error.expected() + (also.empty() ? "" : ", " + also) + ", found " + error.found() +
                       didYouMean(id, words);
            }
        },
        measureNames(also));
}

CLI::Validator isPaperLength() {
    return CLI::Validator(
        [](std::string& text) {
            return millimetresOf(text) ? std::string()
                                       : "expected " + std::string(paperLengths) + ", found \"" + text + "\"";
        },
        "LENGTH");
}

void addLengthOption(CLI::App& command, int& length) {
    command
        .add_option(
            "--length", length,
            "of sessions with several window lengths the one that is read, in tokens [the longest; a table: all]")
        ->check(CLI::Range(2, INT32_MAX).description("N >= 2"));
}

SessionPointer openAtLength(const std::filesystem::path& file, int length) {
    SessionPointer session = openSession(file);
    return length > 0 ? sessionAtLength(session, length, file.string()) : session;
}

std::vector<MeasureChoice> measuresOf(const std::vector<std::string>& ids) {
    std::vector<MeasureChoice> measures;
    for (const std::string& id : ids)
        if (const MeasureChoice measure = parseMeasure(id); std::ranges::find(measures, measure) == measures.end())
            measures.push_back(measure);
    return measures;
}

Variant storedVariant(const Session& session, const std::filesystem::path& file, std::string_view id) {
    const std::optional<Variant> variant = variantFromId(id);
    if (variant && session.has(*variant))
        return *variant;
    std::vector<std::string> stored;
    for (const VariantInfo& info : storedVariants(session))
        stored.emplace_back(info.id);
    throw Error(ErrorCode::missing, file.string(), "variant", CLI::detail::join(stored, ", "), id);
}

CLI::Option* addInput(CLI::App& command, AnalysisRequest& request, const std::string& corpus,
                      const std::string& tokens) {
    command.add_option("model", request.model, "HF folder, .safetensors, .gguf or Hugging Face cache entry")
        ->required()
        ->type_name("MODEL");
    CLI::Option_group* input = command.add_option_group("input", "The text, exactly one of");
    CLI::Option* texts = input->add_option("--corpus", request.corpora, corpus)->type_name("FILE");
    input->add_option("--tokens", request.tokens, tokens)->type_name("FILE.json");
    input->require_option(1);
    return texts;
}

void addRunOption(CLI::App& command, const RunOption& row, AnalysisRequest& request, const std::string& help) {
    const std::string& text = help.empty() ? row.help : help;
    if (command.get_option_no_throw(row.name))
        return;  // one more word of a list
    if (row.isFlag() && row.word.empty()) {
        command.add_flag_callback(
            row.name, [&] { row.access.set(request, "true"); }, text);
        return;
    }
    if (!row.word.empty()) {
        std::vector<std::string> words;
        for (const RunOption& other : runOptions())
            if (other.name == row.name)
                words.push_back(other.word);
        const auto take = [&](const std::vector<std::string>& given) {
            for (const RunOption& other : runOptions())
                if (other.name == row.name && std::ranges::find(given, other.word) != given.end())
                    other.access.set(request, "true");
        };
        command.add_option_function<std::vector<std::string>>(row.name, take, text)
            ->delimiter(',')
            ->check(CLI::IsMember(words));
        return;
    }
    CLI::Option* option = command.add_option_function<std::string>(
        row.name, [&](const std::string& value) { row.access.set(request, value); }, text);
    option->default_str(row.access.get(AnalysisRequest()));
    if (row.choices.empty())
        option->check(CLI::Validator(
            [&row](std::string& value) {
                AnalysisRequest scratch;
                return row.access.set(scratch, value) ? std::string() : refusalOf(row, value);
            },
            row.value));
    else
        option->check(CLI::IsMember(row.choices));
}

void print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw Error(ErrorCode::writeFailed, "standard output", "write", std::to_string(text.size()) + " bytes written",
                    std::strerror(errno));
}

void requireOther(const std::filesystem::path& output, const std::filesystem::path& input) {
    std::error_code ignored;
    if (std::filesystem::equivalent(output, input, ignored))
        throw Error(ErrorCode::writeFailed, output.string(), "output", "another file than the input", "the input");
}

void requireReplaceable(const std::filesystem::path& output, std::initializer_list<std::filesystem::path> inputs,
                        bool force) {
    requireWritable(output);
    for (const std::filesystem::path& input : inputs)
        requireOther(output, input);
    if (!force && std::filesystem::exists(output) && !isSessionFile(output))
        throw Error(ErrorCode::writeFailed, output.string(), "output", "a new file or a Rankscope session",
                    "another file (--force overwrites it)");
}

void deliver(std::string_view text, const std::filesystem::path& output, const std::filesystem::path& input) {
    if (output.empty()) {
        print(text);
        return;
    }
    requireOther(output, input);
    writeFileAtomically(output, std::as_bytes(std::span(text)));
}

std::string extensionOf(const std::filesystem::path& path) {
    std::string extension = path.extension().string();
    if (!extension.empty())
        extension.erase(0, 1);
    std::ranges::transform(extension, extension.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return extension;
}

}  // namespace rankscope
