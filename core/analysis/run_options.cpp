// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/run_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "core/analysis/controls.h"
#include "core/analysis/option_numbers.h"
#include "core/session/session_limits.h"

namespace rankscope {
namespace {

// A switch, which stands for `on`.
RunAccess flag(bool& (*at)(AnalysisRequest&), bool on = true) {
    return {[=](AnalysisRequest request) { return std::string(at(request) == on ? "true" : ""); },
            [=](AnalysisRequest& request, std::string_view text) {
                at(request) = (text == "true") == on;
                return text == "true" || text == "false";
            }};
}

// One of the row's choices, by their order. `said`: also the first, which is what a run does by itself.
template <typename Choice>
RunAccess choice(const RunOption& row, Choice& (*at)(AnalysisRequest&), bool said = false) {
    return {[=, choices = row.choices](AnalysisRequest request) {
                return said || at(request) != Choice() ? choices.at(std::size_t(at(request))) : std::string();
            },
            [=, choices = row.choices](AnalysisRequest& request, std::string_view text) {
                const auto found = std::ranges::find(choices, text);
                if (found != choices.end())
                    at(request) = Choice(found - choices.begin());
                return found != choices.end();
            }};
}

// "512", or "64,128,512" in any order and with any of ",; " between. The longest is the session's own, the others are
// its sweep.
bool takeLengths(AnalysisRequest& request, std::string_view text) {
    std::set<int> lengths;
    constexpr std::string_view separators = " \t\n,;";
    for (std::size_t at = 0; (at = text.find_first_not_of(separators, at)) != text.npos;) {
        const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
        const auto length = parseWithin<int>(text.substr(at, end - at), 2, limits::maxWindowLength);
        if (!length)
            return false;
        lengths.insert(*length);
        at = end;
    }
    if (lengths.empty())
        return false;
    request.window.length = *lengths.rbegin();
    request.shorterLengths.assign(lengths.begin(), std::prev(lengths.end()));
    return true;
}

std::string lengthsText(const AnalysisRequest& request) {
    std::string text;
    for (const int length : request.shorterLengths)
        text += std::to_string(length) + ",";
    return text + std::to_string(request.window.length);
}

std::string rangeText(const std::optional<std::pair<int, int>>& range) {
    return range ? std::to_string(range->first) + "-" + std::to_string(range->second) : std::string();
}

// "8", or a part of them: "4-7/16" or "4-7 of 16", counted from 0.
bool takeWindows(AnalysisRequest& request, std::string_view text) {
    const std::size_t slash = text.find('/'), word = text.find(" of ");
    const std::size_t end = std::min(slash, word);
    const auto all = parseWithin<int>(end == text.npos ? text : text.substr(slash < word ? slash + 1 : word + 4), 1,
                                      limits::maxWindows);
    const auto range = end == text.npos ? std::nullopt : parseRange(text.substr(0, end));
    if (!all || (end != text.npos && (!range || range->second >= *all)))
        return false;
    request.window.windows = *all;
    request.windowRange = range;
    return true;
}

std::string windowsText(const AnalysisRequest& request) {
    return (request.windowRange ? rangeText(request.windowRange) + "/" : "") + std::to_string(request.window.windows);
}

bool takeLayers(AnalysisRequest& request, std::string_view text) {
    const auto range = parseRange(text);
    request.layers = range ? range : request.layers;
    return range.has_value();
}

bool takeDeviation(AnalysisRequest& request, std::string_view text) {
    const auto deviation = parseNumber<double>(text);
    if (!deviation || !std::isfinite(*deviation) || *deviation <= 0)
        return false;
    request.weights.initialDeviation = deviation;
    return true;
}

std::string deviationText(const AnalysisRequest& request) {
    std::array<char, 32> text{};
    if (!request.weights.initialDeviation)
        return {};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), *request.weights.initialDeviation).ptr;
    return {text.data(), end};
}

// "visibleKeys" for "visible-keys".
std::string inOneWord(std::string_view option) {
    std::string word;
    for (const char c : option)
        if (!word.empty() && word.back() == '-')
            word.back() = char(c - 'a' + 'A');
        else
            word += c;
    return word;
}

// What each control is, below each other.
std::string controlHelp() {
    std::string text = "baseline to run instead of the text as written:";
    for (const ControlInfo& info : controlTable())
        text += "\n" + std::string(info.id) + ": " + std::string(info.description);
    return text;
}

std::vector<std::string> controlIds() {
    std::vector<std::string> ids;
    for (const ControlInfo& info : controlTable())
        ids.emplace_back(info.id);
    return ids;
}

using Request = AnalysisRequest;

void addWindowOptions(std::vector<RunOption>& rows) {
    static_assert(limits::maxWindowLength == 16'777'216, "said below");
    rows.push_back({"--length", "N[,N...]",
                    "positions in a window, BOS included; several, such as 64,128,512, make a sweep: the shorter ones "
                    "are the first tokens of the windows of the longest"});
    rows.back().access = {lengthsText, takeLengths, "N >= 2, or N,N,..."};
    rows.back().field = {"length", "",
                         "Tokens in a window, BOS included. Several numbers: also the spectra of each window's first "
                         "tokens, for the view over context length.",
                         "Tokens in a window", "tokens: 512, or 64, 128, 256, 512"};
    rows.back().field.problem = "Expected token counts from 2 to 16,777,216, such as 512 or 64, 128, 256.";
    rows.push_back({"--windows", "N|A-B/N",
                    "windows to cut at most, of all documents together; with A-B/N (or \"A-B of N\") a shard of such a "
                    "run: windows A to B of N, counted from 0, for `rankscope merge`"});
    rows.back().access = {windowsText, takeWindows, "N >= 1, or A-B/N with A <= B < N"};
    rows.back().field = {"windows", "", "At most; fewer if the corpus is shorter", "Number of windows", "", 1, 10'000};
    rows.push_back({"--stride", "N >= 1", "corpus tokens from one window's start to the next [as many as it holds]"});
    rows.back().access = number<int>(1, INT32_MAX, [](Request& r) -> int& { return r.window.stride; });
    rows.back().field = {"stride", "windows, stride", "Corpus tokens from one window's start to the next",
                         "Stride of the windows", "side by side"};
    rows.back().field.most = 1 << 20;
    rows.push_back(
        {"--bos", "", "begin windows with BOS [auto: as the model's tokenizer does]", {"auto", "on", "off"}});
    rows.back().access = choice<BosChoice>(rows.back(), [](Request& r) -> BosChoice& { return r.window.bos; });
    rows.back().field = {"bos", "", "Whether every window begins with the BOS token", "BOS", "as the tokenizer does"};
}

void addTextOptions(std::vector<RunOption>& rows) {
    rows.push_back({"--plain", "", "read special tokens such as <s> in the text as plain text"});
    rows.back().access = flag([](Request& r) -> bool& { return r.window.matchSpecialTokens; }, false);
    rows.back().field = {"plain", "Special tokens in the text are plain text",
                         "A <s> in the text is three characters, not the token of that name"};
    rows.push_back({"--replace-invalid", "",
                    "put U+FFFD in the place of bytes that are not UTF-8, and say how many, instead of refusing them"});
    rows.back().access = flag([](Request& r) -> bool& { return r.window.replaceInvalid; });
    rows.back().field = {"replaceInvalid", "",
                         "Each such byte becomes the token of the replacement character U+FFFD; the session says how "
                         "many did. Where the text is of another encoding, convert it to UTF-8 instead."};
    rows.push_back({"--field", "NAME",
                    "of a corpus of JSON lines, or of one JSON array of objects: the field that holds the text of each "
                    "record. A dot: the file as it is, names and braces too"});
    rows.back().access = {[](const Request& r) { return r.window.field; },
                          [](Request& r, std::string_view text) { return r.window.field = text, true; }};
    rows.back().field = {"field", "",
                         "The corpus is made of JSON records; the texts in this field are read, each a document"};
    rows.push_back({"--across-documents", "",
                    "join several files, or the records of --field, to one text with an empty line between two: "
                    "windows may begin in one document and end in another"});
    rows.back().access = flag([](Request& r) -> bool& { return r.window.acrossDocuments; });
    rows.back().field = {"acrossDocuments", "&Join the documents: windows may go from one into the next",
                         "All texts become one, with an empty line between two. Without it no window goes across two "
                         "documents, and those that are too short for one are left out"};
}

void addControlOptions(std::vector<RunOption>& rows) {
    rows.push_back({"--control", "", controlHelp(), controlIds()});
    rows.back().access = choice<Control>(
        rows.back(), [](Request& r) -> Control& { return r.control; }, true);
    rows.push_back({"--keep", "", "of a control's weights, leave these as trained", {}, "gains"});
    rows.back().access = flag([](Request& r) -> bool& { return r.weights.keepGains; });
    rows.back().field = {"keepGains", "gains", "", "Keep the trained gains"};
    rows.push_back({"--keep", "", "", {}, "biases"});
    rows.back().access = flag([](Request& r) -> bool& { return r.weights.keepBiases; });
    rows.back().field = {"keepBiases", "biases", "", "Keep the trained biases"};
    rows.push_back({"--init-std", "S > 0",
                    "standard deviation of initial-weights [the model's own; GGUF does not state it: 0.02]"});
    rows.back().access = {deviationText, takeDeviation};
    rows.back().field = {"initialDeviation", "standard deviation before training", "",
                         "Standard deviation of weights before training", "the model's own"};
    rows.back().field.problem = "Expected a standard deviation above 0, such as 0.02.";
    rows.push_back({"--seed", "N >= 0", "of the control's and the Gaussian baseline's random numbers"});
    rows.back().access = number<std::uint64_t>(0, UINT64_MAX, [](Request& r) -> std::uint64_t& { return r.seed; });
    rows.back().field = {"seed", "seed", "", "Seed of the controls"};
    rows.back().field.most = 1'000'000'000;
    rows.push_back({"--seeds", "1 to " + std::to_string(maxSeeds),
                    "draw the control and the baseline with as many seeds, --seed and those after it; a control takes "
                    "as many times as long"});
    rows.back().access = number<int>(1, maxSeeds, [](Request& r) -> int& { return r.seeds; });
}

void addComputationOptions(std::vector<RunOption>& rows) {
    rows.push_back({"--layers", "A-B", "compute the spectra of these layers only"});
    rows.back().access = {[](const Request& r) { return rangeText(r.layers); }, takeLayers,
                          "FIRST-LAST with FIRST <= LAST"};
    rows.back().field = {"layers", "", "Compute the spectra of these layers only, such as 4-7", "Layers", "all"};
    rows.back().field.problem = "Expected a range such as 4-7.";
    for (const OptionalPartInfo& info : optionalParts()) {
        const OptionalPart part = info.part;
        rows.push_back(
            {"--with", "", "more variants; grams: second moments of queries and keys", {}, std::string(info.option)});
        rows.back().access = {[=](const Request& r) { return std::string(r.with.contains(part) ? "true" : ""); },
                              [=](Request& r, std::string_view text) {
                                  text == "true" ? void(r.with.insert(part)) : void(r.with.erase(part));
                                  return text == "true" || text == "false";
                              }};
        rows.back().field = {inOneWord(info.option), info.question};
    }
    rows.push_back({"--factors", "N >= 0", "stored singular triples of the field per head; 0: none"});
    rows.back().access = number<int>(0, 4096, [](Request& r) -> int& { return r.factorRank; });
    rows.back().field = {"factors", "factors",
                         "Components of the field that are stored for each head, to redraw it: 0 leaves them out",
                         "Stored components of the field"};
    rows.back().field.most = 256;
    rows.push_back({"--loss", "", "also run the output head: next-token loss"});
    rows.back().access = flag([](Request& r) -> bool& { return r.loss; });
    rows.back().field = {"loss", "Next-token loss: was the model read correctly?"};
    rows.push_back({"--device", "", "where the forward pass runs", {"cpu", "cuda"}});
    rows.back().access = choice<Device>(
        rows.back(), [](Request& r) -> Device& { return r.device; }, true);
    rows.push_back({"--threads", "N >= 1", "threads at once [as many as the process may use processors]"});
    rows.back().access = number<int>(1, 4096, [](Request& r) -> int& { return r.threads; });
    rows.back().field = {"threads", "threads", "", "Threads", "all " + std::to_string(defaultThreadCount())};
    rows.back().field.most = 1024;
}

}  // namespace

const std::vector<RunOption>& runOptions() {
    static const std::vector<RunOption> table = [] {
        std::vector<RunOption> rows;
        addWindowOptions(rows);
        addTextOptions(rows);
        addControlOptions(rows);
        addComputationOptions(rows);
        return rows;
    }();
    return table;
}

const RunOption& runOption(std::string_view name) {
    return *std::ranges::find(runOptions(), name, &RunOption::name);
}

std::vector<const RunOption*> allRunOptions() {
    std::vector<const RunOption*> all;
    for (const std::vector<RunOption>* table : {&runOptions(), &causalOptions()})
        for (const RunOption& option : *table)
            all.push_back(&option);
    return all;
}

const RunOption* runOptionOfField(std::string_view key) {
    static const std::vector<const RunOption*> all = allRunOptions();
    const auto found = std::ranges::find(all, key, [](const RunOption* row) { return row->field.key; });
    return found == all.end() ? nullptr : *found;
}

std::optional<std::pair<int, int>> parseRange(std::string_view text) {
    constexpr std::string_view dashes[] = {"-", "–"};
    constexpr int most = std::numeric_limits<int>::max();
    for (const std::string_view dash : dashes)
        if (const std::size_t at = text.find(dash); at != text.npos) {
            const auto first = parseWithin(text.substr(0, at), 0, most);
            const auto last = parseWithin(text.substr(at + dash.size()), 0, most);
            return first && last && *first <= *last ? std::optional(std::pair(*first, *last)) : std::nullopt;
        }
    const auto only = parseWithin(text, 0, most);
    return only ? std::optional(std::pair(*only, *only)) : std::nullopt;
}

std::string refusalOf(const RunOption& option, const std::string& text) {
    const std::string_view expected = option.access.expected;
    return expected.empty() ? "expected " + option.value + ", found " + text
                            : "expected " + std::string(expected) + ", found \"" + text + "\"";
}

}  // namespace rankscope
