// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

namespace rankscope {
namespace {

constexpr std::array formats{TableFormat{"csv", csvTable}, TableFormat{"tex", latexTable},
                             TableFormat{"json", jsonTable}};

std::string_view stateText(HeadState state) {
    constexpr std::array<std::string_view, 3> texts{"done", "pending", "failed"};
    return texts[static_cast<std::size_t>(state)];
}

std::vector<VariantInfo> storedVariants(const Session& session) {
    std::vector<VariantInfo> stored;
    std::ranges::copy_if(variantTable(), std::back_inserter(stored),
                         [&](const VariantInfo& info) { return session.has(info.variant); });
    return stored;
}

bool holdsKeys(const Session& session) {
    return std::ranges::any_of(session.layers,
                               [](const auto& layer) { return layer && !layer->keys.effectiveKeys.empty(); });
}

std::vector<HeadRef> allHeads(const Session& session) {
    std::vector<HeadRef> heads;
    for (int layer = 0; layer < session.model.layers; ++layer)
        for (int head = 0; head < session.model.heads; ++head)
            heads.push_back({LayerIndex(layer), HeadIndex(head)});
    return heads;
}

std::vector<std::string> columnsOf(const Session& session, std::span<const MeasureChoice> measures) {
    std::vector<std::string> columns{"model", "layer", "head", "kv_head", "status"};
    for (const VariantInfo& info : storedVariants(session)) {
        for (const MeasureChoice& measure : measures) {
            const std::string name = std::string(info.id) + "_" + measure.id();
            if (info.perWindow)
                columns.insert(columns.end(), {name + "_median", name + "_min", name + "_max"});
            else
                columns.push_back(name);
        }
    }
    for (const MeasureChoice& measure : measures)
        columns.push_back("gap_" + measure.id());
    if (holdsKeys(session))
        columns.insert(columns.end(), {"effective_keys_median", "largest_share_median", "largest_position"});
    columns.push_back("reason");
    return columns;
}

void appendValue(std::vector<TableValue>& row, const std::optional<HeadValue>& value, bool perWindow) {
    const std::size_t count = perWindow ? 3 : 1;
    if (!value) {
        row.insert(row.end(), count, TableValue());
        return;
    }
    row.emplace_back(value->median);
    if (perWindow) {
        row.emplace_back(value->minimum);
        row.emplace_back(value->maximum);
    }
}

std::int64_t mostFrequent(std::span<const std::int32_t> positions) {
    std::map<std::int32_t, int> counts;
    for (const std::int32_t position : positions)
        ++counts[position];
    return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->first;
}

void appendKeys(std::vector<TableValue>& row, const Session& session, HeadRef ref) {
    const auto windows = static_cast<std::size_t>(session.corpus.windows);
    const auto first = static_cast<std::size_t>(ref.head.value) * windows;
    if (session.state(ref) != HeadState::done ||
        session.layers[static_cast<std::size_t>(ref.layer.value)]->keys.effectiveKeys.empty()) {
        row.insert(row.end(), 3, TableValue());
        return;
    }
    const KeyConcentration& keys = session.layers[static_cast<std::size_t>(ref.layer.value)]->keys;
    const auto median = [&](const std::vector<double>& values) {
        const auto part = std::span(values).subspan(first, windows);
        return distributionOf({part.begin(), part.end()}).median;
    };
    row.emplace_back(median(keys.effectiveKeys));
    row.emplace_back(median(keys.largestShare));
    row.emplace_back(mostFrequent(std::span(keys.largestPosition).subspan(first, windows)));
}

std::vector<TableValue> rowOf(const Session& session, HeadRef ref, std::span<const MeasureChoice> measures,
                              bool withKeys) {
    std::vector<TableValue> row{session.model.name, std::int64_t(ref.layer.value), std::int64_t(ref.head.value),
                                std::int64_t(kvHeadOf(ref.head, session.model.heads, session.model.kvHeads).value),
                                std::string(stateText(session.state(ref)))};
    for (const VariantInfo& info : storedVariants(session))
        for (const MeasureChoice& measure : measures)
            appendValue(row, headValue(session, info.variant, ref, measure), info.perWindow);
    for (const MeasureChoice& measure : measures) {
        const auto gap = headGap(session, Variant::field, ref, measure);
        row.emplace_back();
        if (gap)
            row.back() = *gap;
    }
    if (withKeys)
        appendKeys(row, session, ref);
    row.emplace_back();
    if (const std::string_view reason = session.failureReason(ref); !reason.empty())
        row.back() = std::string(reason);
    return row;
}

std::string shortest(double value) {
    std::array<char, 32> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), written.ptr};
}

std::string csvField(const TableValue& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return std::to_string(*integer);
    if (const auto* real = std::get_if<double>(&value))
        return shortest(*real);
    const auto* text = std::get_if<std::string>(&value);
    if (!text || text->find_first_of("\",\r\n") == std::string::npos)
        return text ? *text : std::string();
    std::string quoted = "\"";
    for (const char c : *text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

nlohmann::ordered_json jsonValue(const TableValue& value) {
    return std::visit(
        [](const auto& held) -> nlohmann::ordered_json {
            if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>)
                return nullptr;
            else
                return held;
        },
        value);
}

// Characters that LaTeX would take for commands, and the few symbols of our labels.
std::string latexText(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 15> replacements{
        {{"W_QᵀW_K", "$W_Q^\\top W_K$"},
         {"Ẽ", "$\\tilde{E}$"},
         {"–", "--"},
         {"…", "\\dots{}"},
         {"\\", "\\textbackslash{}"},
         {"{", "\\{"},
         {"}", "\\}"},
         {"$", "\\$"},
         {"&", "\\&"},
         {"#", "\\#"},
         {"%", "\\%"},
         {"_", "\\_"},
         {"^", "\\textasciicircum{}"},
         {"~", "\\textasciitilde{}"},
         {"\n", " "}}};
    std::string result;
    while (!text.empty()) {
        const auto found = std::ranges::find_if(replacements, [&](const auto& r) { return text.starts_with(r.first); });
        result += found == replacements.end() ? text.substr(0, 1) : found->second;
        text.remove_prefix(found == replacements.end() ? 1 : found->first.size());
    }
    return result;
}

// Whole numbers without decimals, others with one.
std::string rounded(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), value == std::floor(value) ? "%.0f" : "%.1f", value);
    return text.data();
}

std::string latexValue(const std::optional<HeadValue>& value) {
    if (!value)
        return "--";
    if (value->minimum == value->maximum)
        return rounded(value->median);
    return rounded(value->median) + " (" + rounded(value->minimum) + "--" + rounded(value->maximum) + ")";
}

std::string latexHeader(const std::vector<VariantInfo>& variants, std::span<const MeasureChoice> measures) {
    const std::string each = std::to_string(measures.size());
    std::string names = " & & ", rules, labels = "Layer & Head & KV head";
    std::size_t column = 4;
    const auto addGroup = [&](const std::string& name) {
        names += " & \\multicolumn{" + each + "}{c}{" + name + "}";
        rules += "\\cmidrule(lr){" + std::to_string(column) + "-" + std::to_string(column + measures.size() - 1) + "}";
        column += measures.size();
        for (const MeasureChoice& measure : measures)
            labels += " & " + latexText(measure.label());
    };
    for (const VariantInfo& info : variants)
        addGroup(latexText(info.label));
    addGroup("Gap");
    return "\\toprule\n" + names + " \\\\\n" + rules + "\n" + labels + " \\\\\n\\midrule\n";
}

std::string latexRow(const Session& session, HeadRef ref, const std::vector<VariantInfo>& variants,
                     std::span<const MeasureChoice> measures) {
    std::string row = std::to_string(ref.layer.value) + " & " + std::to_string(ref.head.value) + " & " +
                      std::to_string(kvHeadOf(ref.head, session.model.heads, session.model.kvHeads).value);
    if (session.state(ref) != HeadState::done) {
        const std::string reason(session.failureReason(ref));
        return row + " & \\multicolumn{" + std::to_string((variants.size() + 1) * measures.size()) + "}{l}{" +
               std::string(stateText(session.state(ref))) + (reason.empty() ? "" : ": " + latexText(reason)) +
               "} \\\\\n";
    }
    for (const VariantInfo& info : variants)
        for (const MeasureChoice& measure : measures)
            row += " & " + latexValue(headValue(session, info.variant, ref, measure));
    for (const MeasureChoice& measure : measures) {
        const auto gap = headGap(session, Variant::field, ref, measure);
        row += " & " + (gap ? rounded(*gap) : std::string("--"));
    }
    return row + " \\\\\n";
}

}  // namespace

SessionTable makeSessionTable(const Session& session, std::span<const MeasureChoice> measures) {
    SessionTable table{columnsOf(session, measures), {}};
    const bool withKeys = holdsKeys(session);
    for (const HeadRef ref : allHeads(session))
        table.rows.push_back(rowOf(session, ref, measures, withKeys));
    return table;
}

std::string csvText(const SessionTable& table) {
    std::string csv;
    const auto addLine = [&](const auto& values, const auto& text) {
        for (std::size_t i = 0; i < values.size(); ++i)
            csv.append(i ? "," : "").append(text(values[i]));
        csv += "\n";
    };
    addLine(table.columns, [](const std::string& name) { return name; });
    for (const auto& row : table.rows)
        addLine(row, csvField);
    return csv;
}

std::string csvTable(const Session& session, std::span<const MeasureChoice> measures) {
    return csvText(makeSessionTable(session, measures));
}

std::string jsonTable(const Session& session, std::span<const MeasureChoice> measures) {
    const SessionTable table = makeSessionTable(session, measures);
    nlohmann::ordered_json json{{"model", session.model.name},
                                {"corpus", session.corpus.name},
                                {"control", session.corpus.control},
                                {"window_length", session.corpus.windowLength},
                                {"windows", session.corpus.windows}};
    for (const MeasureChoice& measure : measures)
        json["measures"][measure.id()] = measure.formula();
    json["rows"] = nlohmann::ordered_json::array();
    for (const auto& row : table.rows) {
        nlohmann::ordered_json object;
        for (std::size_t i = 0; i < row.size(); ++i)
            object[table.columns[i]] = jsonValue(row[i]);
        json["rows"].push_back(std::move(object));
    }
    return json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string latexTable(const Session& session, std::span<const MeasureChoice> measures) {
    const std::vector<VariantInfo> variants = storedVariants(session);
    std::string text = "% needs \\usepackage{booktabs,longtable}\n% " + latexText(session.model.name) + ", " +
                       latexText(session.corpus.name) + ", " + std::to_string(session.corpus.windows) + " windows of " +
                       std::to_string(session.corpus.windowLength) + " tokens, control " + session.corpus.control +
                       "; medians over windows (range)\n";
    text += "\\begin{longtable}{rrr" + std::string((variants.size() + 1) * measures.size(), 'r') + "}\n" +
            latexHeader(variants, measures) + "\\endhead\n\\bottomrule\n\\endfoot\n";
    for (const HeadRef ref : allHeads(session))
        text += latexRow(session, ref, variants, measures);
    return text + "\\end{longtable}\n";
}

std::span<const TableFormat> tableFormats() {
    return formats;
}

}  // namespace rankscope
