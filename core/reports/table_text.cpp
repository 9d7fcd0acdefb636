// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables of one session or several as text: CSV, JSON, and what both write.
#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/reports/session_table.h"

namespace rankscope {
namespace {

constexpr std::array formats{TableFormat{"csv", "CSV, for spreadsheets and scripts", false, csvTable},
                             TableFormat{"tex", "LaTeX, with booktabs", true, latexTable},
                             TableFormat{"json", "JSON, with definitions", false, jsonTable}};

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

nlohmann::ordered_json sessionJson(const Session& session) {
    nlohmann::ordered_json json{{"model", session.model.name},
                                {"corpus", session.corpus.name},
                                {"control", controlId(session.corpus)},
                                {"seed", session.corpus.seed},
                                {"window_length", session.corpus.windowLength}};
    for (const Session* at : sessionsByLength(session))
        json["window_lengths"].push_back(at->corpus.windowLength);
    json["windows"] = session.corpus.windows;
    return json;
}

// The columns of both: those that only `more` has, each behind the one that it follows there.
void addColumns(SessionTable& all, const SessionTable& more) {
    auto at = all.columns.begin();
    for (std::size_t i = 0; i < more.columns.size(); ++i) {
        const auto known = std::ranges::find(all.columns, more.columns[i]);
        if (known != all.columns.end()) {
            at = known + 1;
            continue;
        }
        const auto index = at - all.columns.begin();
        all.definitions.insert(all.definitions.begin() + index, more.definitions[i]);
        at = all.columns.insert(at, more.columns[i]) + 1;
    }
}

// What differs between the sessions is no part of a column's definition.
void reconcile(SessionTable& all, const SessionTable& more) {
    for (std::size_t i = 0; i < more.columns.size(); ++i) {
        const auto at = std::ranges::find(all.columns, more.columns[i]) - all.columns.begin();
        if (all.definitions[std::size_t(at)].windows != more.definitions[i].windows)
            all.definitions[std::size_t(at)].windows = 0;
    }
}

void addRows(SessionTable& all, const SessionTable& more) {
    for (const std::vector<TableValue>& values : more.rows) {
        std::vector<TableValue>& row = all.rows.emplace_back(all.columns.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            row[std::size_t(std::ranges::find(all.columns, more.columns[i]) - all.columns.begin())] = values[i];
    }
}

}  // namespace

TableRequest usualTable(const TableFormat& format, bool several) {
    TableRequest request;
    if (several)
        request.scope = TableScope::model;
    if (format.forPaper || several)
        request.variants = {Variant::field, Variant::interaction};
    else
        request.measures = usualMeasures();
    return request;
}

SessionTable makeSessionTable(TableSessions sessions, const TableRequest& request) {
    std::vector<SessionTable> tables;
    for (const Session* session : sessions)
        tables.push_back(makeSessionTable(*session, request));
    SessionTable all;
    for (const SessionTable& table : tables)
        addColumns(all, table);
    for (const SessionTable& table : tables) {
        reconcile(all, table);
        addRows(all, table);
    }
    return all;
}

SessionTable definitionTable(const SessionTable& table) {
    SessionTable result{{"column", "meaning", "formula", "matrix", "threshold", "unit", "windows"}, {}};
    for (const ColumnDefinition& definition : table.definitions) {
        std::vector<TableValue>& row = result.rows.emplace_back();
        for (const std::string* text :
             {&definition.column, &definition.meaning, &definition.formula, &definition.matrix})
            row.emplace_back(*text);
        row.emplace_back();
        if (definition.threshold)
            row.back() = *definition.threshold;
        row.emplace_back(definition.unit);
        row.emplace_back();
        if (definition.windows > 0)
            row.back() = std::int64_t(definition.windows);
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

std::string csvTable(TableSessions sessions, const TableRequest& request) {
    return csvText(makeSessionTable(sessions, request));
}

std::string jsonTable(TableSessions sessions, const TableRequest& request) {
    const SessionTable table = makeSessionTable(sessions, request);
    nlohmann::ordered_json json;
    if (sessions.size() == 1)
        json = sessionJson(*sessions.front());
    else
        for (const Session* session : sessions)
            json["sessions"].push_back(sessionJson(*session));
    for (const MeasureChoice& measure :
         isOfCausalCheck(request.scope) ? std::vector<MeasureChoice>() : request.measures)
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
