// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/options.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
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

std::optional<std::pair<int, int>> parseLayers(const std::string& text) {
    const char* end = text.data() + text.size();
    std::pair<int, int> layers;
    auto parsed = std::from_chars(text.data(), end, layers.first);
    if (parsed.ec != std::errc() || layers.first < 0)
        return std::nullopt;
    layers.second = layers.first;
    if (parsed.ptr != end) {
        if (*parsed.ptr != '-')
            return std::nullopt;
        parsed = std::from_chars(parsed.ptr + 1, end, layers.second);
    }
    if (parsed.ec != std::errc() || parsed.ptr != end || layers.second < layers.first)
        return std::nullopt;
    return layers;
}

CLI::Validator isLayerRange() {
    return CLI::Validator(
        [](std::string& text) {
            return parseLayers(text) ? std::string() : "expected FIRST-LAST with FIRST <= LAST, found \"" + text + "\"";
        },
        "A-B");
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

void addTextOptions(CLI::App& command, bool& replaceInvalid, std::string& field) {
    command.add_flag("--replace-invalid", replaceInvalid,
                     "put U+FFFD in the place of bytes that are not UTF-8, and say how many, instead of refusing them");
    command
        .add_option("--field", field,
                    "of a corpus of JSON lines, or of one JSON array of objects: the field that holds the text of each "
                    "record. A dot: the file as it is, names and braces too")
        ->type_name("NAME");
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
