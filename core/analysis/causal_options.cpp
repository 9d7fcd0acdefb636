// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rows of the table of run options that a causal check adds to its analysis.
#include <algorithm>
#include <optional>

#include "core/analysis/option_numbers.h"
#include "core/base/number_text.h"
#include "core/base/path_text.h"
#include "core/session/session_limits.h"

namespace rankscope {
namespace {

constexpr double leastShare = 0.5, mostShare = 0.9999;
constexpr int mostRank = 1 << 16;

// What stands between commas, without spaces around; at least one.
std::vector<std::string_view> wordsOf(std::string_view text) {
    constexpr std::string_view space = " \t";
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t comma = text.find(',');
        std::string_view word = text.substr(0, comma);
        const std::size_t first = word.find_first_not_of(space);
        word = first == word.npos ? std::string_view() : word.substr(first, word.find_last_not_of(space) + 1 - first);
        words.push_back(word);
        if (comma == text.npos)
            return words;
        text.remove_prefix(comma + 1);
    }
}

// A list of the plan: each value as `read` and `write` have it, none twice. An empty text is the list that a plan has
// by itself where that is empty, else refused.
template <typename Value>
RunAccess list(std::vector<Value> CausalPlan::*at, std::optional<Value> (*read)(std::string_view),
               std::string (*write)(Value), std::string_view expected) {
    return {[=](const AnalysisRequest& request) {
                std::string text;
                for (const Value& value : request.causal.*at)
                    text += (text.empty() ? "" : ",") + write(value);
                return text;
            },
            [=](AnalysisRequest& request, std::string_view text) {
                std::vector<Value> values;
                if (text.empty() && (CausalPlan().*at).empty()) {
                    request.causal.*at = {};
                    return true;
                }
                for (const std::string_view word : wordsOf(text)) {
                    const std::optional<Value> value = read(word);
                    if (!value)
                        return false;
                    if (std::ranges::find(values, *value) == values.end())
                        values.push_back(*value);
                }
                request.causal.*at = std::move(values);
                return true;
            },
            expected};
}

std::string armsHelp() {
    std::string text = "what heads are left with; all: every legal one of";
    for (const ArmInfo& info : armTable())
        text += "\n" + std::string(info.id) + ": " + std::string(info.meaning);
    return text;
}

// "all" stands for every legal arm, in the order of the table.
RunAccess arms() {
    RunAccess access = list<Arm>(
        &CausalPlan::arms, armFromId, [](Arm arm) { return std::string(armInfo(arm).id); },
        "all or ids of arms, such as field,random");
    access.set = [each = access.set](AnalysisRequest& request, std::string_view text) {
        if (text != "all")
            return each(request, text);
        request.causal.arms.clear();
        for (const ArmInfo& info : armTable())
            if (info.isLegal)
                request.causal.arms.push_back(info.arm);
        return true;
    };
    return access;
}

void addTextRows(std::vector<RunOption>& rows) {
    rows.push_back({"--calibrate", "FILE",
                    "another text, or .json list of ids, for the directions; without it the first windows of the "
                    "corpus calibrate and the next ones are evaluated"});
    rows.back().access = {[](const AnalysisRequest& r) { return pathText(r.causal.calibration); },
                          [](AnalysisRequest& r, std::string_view text) {
                              r.causal.calibration = pathOfText(std::string(text));
                              return true;
                          }};
    rows.back().field = {"calibration", "", "A text of its own for the directions", "Calibration text",
                         "the first windows of the corpus"};
    rows.push_back({"--calibration-windows", "N >= 1", "windows that give the directions"});
    rows.back().access =
        number<int>(1, limits::maxWindows, [](AnalysisRequest& r) -> int& { return r.causal.calibrationWindows; });
    rows.back().field = {"calibrationWindows",
                         "calibration windows",
                         "Windows that give the directions; those after them are evaluated",
                         "Calibration windows",
                         "",
                         1,
                         10'000};
}

void addConditionRows(std::vector<RunOption>& rows) {
    rows.push_back({"--arm", "ARM,...", armsHelp()});
    rows.back().access = arms();
    rows.back().field = {"arms", "arms", "", "Arms of the causal check"};
    rows.back().field.problem = "Choose at least one arm.";
    rows.push_back({"--rank", "N,...",
                    "directions that every head keeps [0, 1, 2, 4, 8, 12, 16, 24, 32, 48, ... up to the head size]"});
    rows.back().access = list<int>(
        &CausalPlan::ranks, [](std::string_view word) { return parseWithin<int>(word, 0, mostRank); },
        [](int rank) { return std::to_string(rank); }, "ranks from 0, such as 4,8,16");
    rows.back().field = {"ranks", "ranks", "Directions that every head keeps", "Ranks", "0, 1, 2, 4, 8, … head size"};
    rows.back().field.problem = "Expected ranks such as 4, 8, 16.";
    rows.push_back({"--share", "S,...", "each head at its own k of this share [0.9, 0.99, 0.999]"});
    rows.back().access = list<double>(
        &CausalPlan::shares, [](std::string_view word) { return parseWithin<double>(word, leastShare, mostShare); },
        [](double share) { return generalText(share, 6); }, "shares from 0.5 to 0.9999, such as 0.9,0.99");
    rows.back().field = {"shares", "shares", "Each head at its own k of such a share of the arm's spectrum", "Shares",
                         "0.9, 0.99, 0.999"};
    rows.back().field.problem = "Expected shares from 0.5 to 0.9999, such as 0.9, 0.99.";
}

void addScopeRows(std::vector<RunOption>& rows) {
    rows.push_back(
        {"--scope", "SCOPE,...", "all heads at once (all), each layer alone (layer), each head alone (head)"});
    rows.back().access = list<CausalScope>(
        &CausalPlan::scopes, scopeFromId, [](CausalScope scope) { return std::string(scopeId(scope)); },
        "all, layer or head, or several of them");
    rows.back().field = {"scopes", "scopes", "", "Scopes of the causal check"};
    rows.push_back({"--heads", "L05H07,...", "heads of the scope head [all of the layers]"});
    rows.back().access = list<HeadRef>(&CausalPlan::heads, parseHeadName, headName, "heads such as L05H07");
    rows.back().field = {"heads", "heads", "Heads that are cut alone", "Heads", "all of the layers"};
    rows.back().field.problem = "Expected heads such as L05H07.";
}

}  // namespace

const std::vector<RunOption>& causalOptions() {
    static const std::vector<RunOption> table = [] {
        std::vector<RunOption> rows;
        addTextRows(rows);
        addConditionRows(rows);
        addScopeRows(rows);
        return rows;
    }();
    return table;
}

}  // namespace rankscope
