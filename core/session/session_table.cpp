// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/session_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/session/head_quantity.h"
#include "core/spectra/gaussian_baseline.h"

namespace rankscope {
namespace {

constexpr std::array formats{TableFormat{"csv", "CSV, for spreadsheets and scripts", false, csvTable},
                             TableFormat{"tex", "LaTeX, with booktabs", true, latexTable},
                             TableFormat{"json", "JSON, with definitions", false, jsonTable}};

constexpr std::array scopes{
    TableScopeInfo{TableScope::head, "head", "per head"},
    TableScopeInfo{TableScope::layer, "layer", "per layer: distribution over its heads"},
    TableScopeInfo{TableScope::model, "model", "per model: distribution over all heads"},
};

// Columns that are filled together, from one look at a head at one window length.
struct ColumnGroup {
    std::vector<ColumnDefinition> columns;
    std::function<void(std::vector<TableValue>& row, const Session& at, HeadRef head)> fill;
};

TableValue valueOr(const std::optional<double>& value) {
    return value ? TableValue(*value) : TableValue();
}

ColumnDefinition named(std::string column, std::string meaning, std::string unit = {}) {
    return {.column = std::move(column),
            .meaning = std::move(meaning),
            .formula = {},
            .matrix = {},
            .unit = std::move(unit)};
}

ColumnGroup identity(const Session& session) {
    return {{named("model", "name of the model"), named("control", "what was done to the text or the weights"),
             named("window_length", "length of the windows", "tokens"), named("layer", "layer, from 0"),
             named("head", "query head, from 0"), named("kv_head", "KV head that the query head reads, from 0"),
             named("status", "done, pending or failed")},
            [&session](std::vector<TableValue>& row, const Session& at, HeadRef head) {
                row.emplace_back(session.model.name);
                row.emplace_back(controlId(session.corpus));
                for (const int number : {at.corpus.windowLength, head.layer.value, head.head.value,
                                         kvHeadOf(head.head, session.model.heads, session.model.kvHeads).value})
                    row.emplace_back(std::int64_t(number));
                row.emplace_back(std::string(stateText(at.state(head))));
            }};
}

ColumnDefinition defined(const MeasureChoice& measure, std::string column, std::string meaning, std::string matrix,
                         int windows) {
    return {.column = std::move(column),
            .meaning = std::move(meaning),
            .formula = measure.formula(),
            .matrix = std::move(matrix),
            .threshold = measure.measure->usesThreshold ? std::optional(measure.threshold) : std::nullopt,
            .unit = "components",
            .windows = windows};
}

// A matrix that exists per window: median and range.
ColumnGroup windowStatistics(const Session& session, const VariantInfo& info, const MeasureChoice& measure) {
    const std::string name = std::string(info.id) + "_" + columnName(measure),
                      label = measure.label() + " of " + std::string(info.label);
    ColumnGroup group{{}, [info, measure](std::vector<TableValue>& row, const Session& at, HeadRef head) {
                          const auto value = headValue(at, info.variant, head, measure);
                          for (const auto part : {&HeadValue::median, &HeadValue::minimum, &HeadValue::maximum})
                              row.push_back(value ? TableValue((*value).*part) : TableValue());
                      }};
    for (const auto& [suffix, statistic] :
         {std::pair("_median", ", median"), std::pair("_min", ", smallest"), std::pair("_max", ", largest")})
        group.columns.push_back(defined(measure, name + suffix, label + statistic + " over windows",
                                        std::string(info.formula), session.corpus.windows));
    group.columns.front().summary = ColumnSummary::distribution;
    return group;
}

// A matrix of the weights alone: `session` knows it at every length.
ColumnGroup weightValue(const Session& session, const VariantInfo& info, const MeasureChoice& measure) {
    ColumnDefinition definition =
        defined(measure, std::string(info.id) + "_" + columnName(measure),
                measure.label() + " of " + std::string(info.label), std::string(info.formula), 0);
    definition.summary = ColumnSummary::distribution;
    return {{definition}, [&session, info, measure](std::vector<TableValue>& row, const Session&, HeadRef head) {
                const auto value = headValue(session, info.variant, head, measure);
                row.push_back(value ? TableValue(value->median) : TableValue());
            }};
}

ColumnGroup baselineColumn(const Session& session, const VariantInfo& info, const MeasureChoice& measure) {
    ColumnDefinition definition = defined(measure, std::string(info.id) + "_" + columnName(measure) + "_baseline",
                                          measure.label() + " of the Gaussian baseline of " + std::string(info.label) +
                                              ", seed " + std::to_string(session.corpus.seed),
                                          std::string(gaussianBaselineRule()), 0);
    definition.summary = ColumnSummary::same;
    return {{definition}, [&session, info, measure](std::vector<TableValue>& row, const Session& at, HeadRef) {
                row.push_back(valueOr(baselineValue(info.perWindow ? at : session, info.variant, measure)));
            }};
}

ColumnGroup gapColumn(const Session& session, const MeasureChoice& measure) {
    ColumnDefinition definition = defined(measure, "gap_" + columnName(measure), "spectral gap in " + measure.label(),
                                          {}, session.corpus.windows);
    definition.matrix = "interaction_" + columnName(measure) + " / field_" + columnName(measure) + "_median";
    definition.unit = "1";
    definition.summary = ColumnSummary::distribution;
    return {{definition}, [&session, measure](std::vector<TableValue>& row, const Session& at, HeadRef head) {
                row.push_back(valueOr(gapAt(session, at, head, measure)));
            }};
}

std::int64_t mostFrequent(std::span<const std::int32_t> positions) {
    std::map<std::int32_t, int> counts;
    for (const std::int32_t position : positions)
        ++counts[position];
    return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->first;
}

TableValue numberOf(const Session& at, const HeadQuantity& quantity, HeadRef head) {
    const auto value = headNumber(at, quantity, head);
    if (!value || !quantity.position)
        return value ? TableValue(value->median) : TableValue();
    const auto windows = static_cast<std::size_t>(at.corpus.windows);
    const auto* positions =
        std::get<const std::vector<std::int32_t>*>(quantity.of(*at.layers[static_cast<std::size_t>(head.layer.value)]));
    return mostFrequent(std::span(*positions).subspan(static_cast<std::size_t>(head.head.value) * windows, windows));
}

ColumnGroup numberColumn(const Session& session, const HeadQuantity& quantity) {
    const bool position = quantity.position;
    return {{{.column = std::string(quantity.id) + (position ? "" : "_median"),
              .meaning = std::string(quantity.label) + (position ? ", most frequent" : ", median") + " over windows",
              .formula = std::string(quantity.formula),
              .matrix = std::string(variantInfo(quantity.variant).formula),
              .unit = std::string(quantity.unit),
              .windows = session.corpus.windows,
              .summary = position ? ColumnSummary::none : ColumnSummary::distribution}},
            [&quantity](std::vector<TableValue>& row, const Session& at, HeadRef head) {
                row.push_back(numberOf(at, quantity, head));
            }};
}

void appendReason(std::vector<TableValue>& row, const Session& at, HeadRef head) {
    const std::string_view reason = at.failureReason(head);
    row.push_back(reason.empty() ? TableValue() : TableValue(std::string(reason)));
}

// `session` must outlive them.
std::vector<ColumnGroup> columnsOf(const Session& session, const TableRequest& request) {
    std::vector<ColumnGroup> groups{identity(session)};
    for (const VariantInfo& info : storedVariants(session, request.variants)) {
        for (const MeasureChoice& measure : request.measures) {
            groups.push_back(info.perWindow ? windowStatistics(session, info, measure)
                                            : weightValue(session, info, measure));
            if (session.baselineOf(info.variant))
                groups.push_back(baselineColumn(session, info, measure));
        }
    }
    for (const MeasureChoice& measure : request.measures)
        groups.push_back(gapColumn(session, measure));
    for (const HeadQuantity& quantity : headQuantities())
        if (holds(session, quantity))
            groups.push_back(numberColumn(session, quantity));
    groups.push_back({{named("reason", "why a head failed")}, appendReason});
    return groups;
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

nlohmann::ordered_json definitionJson(const ColumnDefinition& definition) {
    nlohmann::ordered_json json{{"meaning", definition.meaning}};
    const auto add = [&](const char* key, const std::string& text) {
        if (!text.empty())
            json[key] = text;
    };
    add("formula", definition.formula);
    add("matrix", definition.matrix);
    if (definition.threshold)
        json["threshold"] = *definition.threshold;
    add("unit", definition.unit);
    if (definition.windows > 0)
        json["windows"] = definition.windows;
    return json;
}

nlohmann::ordered_json rowJson(const SessionTable& table, const std::vector<TableValue>& row) {
    nlohmann::ordered_json object;
    for (std::size_t i = 0; i < row.size(); ++i)
        object[table.columns[i]] = jsonValue(row[i]);
    return object;
}

}  // namespace

std::span<const TableScopeInfo> tableScopes() {
    return scopes;
}

std::vector<MeasureChoice> usualMeasures() {
    std::vector<MeasureChoice> measures;
    for (const RankMeasure& measure : rankMeasures()) {
        if (!measure.usesThreshold)
            measures.push_back({&measure});
        else
            for (const double threshold : {0.9, 0.95, 0.99})
                measures.push_back({&measure, threshold});
    }
    return measures;
}

TableRequest usualTable(const TableFormat& format) {
    TableRequest request;
    if (format.forPaper)
        request.variants = {Variant::field, Variant::interaction};
    else
        request.measures = usualMeasures();
    return request;
}

// Labels are field terms already: what is not a letter, a digit or a decimal point becomes an underscore.
std::string columnName(const MeasureChoice& measure) {
    std::string name;
    for (const char c : measure.label()) {
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
        if (kept || (c >= 'A' && c <= 'Z'))
            name += kept ? c : static_cast<char>(c - 'A' + 'a');
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    return name;
}

std::vector<VariantInfo> storedVariants(const Session& session, std::span<const Variant> among) {
    std::vector<VariantInfo> stored;
    std::ranges::copy_if(variantTable(), std::back_inserter(stored), [&](const VariantInfo& info) {
        return session.has(info.variant) && (among.empty() || std::ranges::find(among, info.variant) != among.end());
    });
    return stored;
}

std::optional<double> gapAt(const Session& session, const Session& at, HeadRef head, const MeasureChoice& measure) {
    const auto field = headValue(at, Variant::field, head, measure);
    const auto weights = headValue(session, Variant::interaction, head, measure);
    if (!field || !weights || field->median == 0)
        return std::nullopt;
    return weights->median / field->median;
}

SessionTable makeSessionTable(const Session& session, const TableRequest& request) {
    const std::vector<ColumnGroup> groups = columnsOf(session, request);
    SessionTable table;
    for (const ColumnGroup& group : groups)
        table.definitions.insert(table.definitions.end(), group.columns.begin(), group.columns.end());
    for (const ColumnDefinition& definition : table.definitions)
        table.columns.push_back(definition.column);
    for (const Session* at : sessionsByLength(session))
        for (int layer = 0; layer < session.model.layers; ++layer)
            for (int head = 0; head < session.model.heads; ++head) {
                std::vector<TableValue>& row = table.rows.emplace_back();
                for (const ColumnGroup& group : groups)
                    group.fill(row, *at, {LayerIndex(layer), HeadIndex(head)});
            }
    return request.scope == TableScope::head ? table : summaryTable(session, table, request.scope);
}

SessionTable definitionTable(const SessionTable& table) {
    SessionTable result{{"column", "meaning", "formula", "matrix", "threshold", "unit", "windows"}, {}};
    for (const ColumnDefinition& definition : table.definitions) {
        std::vector<TableValue>& row = result.rows.emplace_back();
        for (const std::string* text :
             {&definition.column, &definition.meaning, &definition.formula, &definition.matrix})
            row.emplace_back(*text);
        row.push_back(valueOr(definition.threshold));
        row.emplace_back(definition.unit);
        row.push_back(definition.windows > 0 ? TableValue(std::int64_t(definition.windows)) : TableValue());
    }
    return result;
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

std::string csvTable(const Session& session, const TableRequest& request) {
    return csvText(makeSessionTable(session, request));
}

std::string jsonTable(const Session& session, const TableRequest& request) {
    const SessionTable table = makeSessionTable(session, request);
    nlohmann::ordered_json json{{"model", session.model.name},
                                {"corpus", session.corpus.name},
                                {"control", controlId(session.corpus)},
                                {"seed", session.corpus.seed},
                                {"window_length", session.corpus.windowLength}};
    for (const Session* at : sessionsByLength(session))
        json["window_lengths"].push_back(at->corpus.windowLength);
    json["windows"] = session.corpus.windows;
    for (const MeasureChoice& measure : request.measures)
        json["measures"][measure.id()] = measure.formula();
    for (const ColumnDefinition& definition : table.definitions)
        json["definitions"][definition.column] = definitionJson(definition);
    json["rows"] = nlohmann::ordered_json::array();
    for (const auto& row : table.rows)
        json["rows"].push_back(rowJson(table, row));
    return json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::span<const TableFormat> tableFormats() {
    return formats;
}

}  // namespace rankscope
