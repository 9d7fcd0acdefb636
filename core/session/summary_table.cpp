// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A table of heads summed up per layer or model.
#include <algorithm>
#include <map>
#include <utility>

#include "core/session/session_table.h"

namespace rankscope {
namespace {

using Rows = std::vector<const std::vector<TableValue>*>;

std::size_t columnAt(const SessionTable& table, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(table.columns, name) - table.columns.begin());
}

std::string withoutSuffix(std::string name, std::string_view suffix) {
    if (name.ends_with(suffix))
        name.resize(name.size() - suffix.size());
    return name;
}

void addDefinitions(SessionTable& table, const ColumnDefinition& of) {
    if (of.summary == ColumnSummary::same)
        table.definitions.push_back(of);
    if (of.summary != ColumnSummary::distribution)
        return;
    for (const auto& [name, part] : distributionParts) {
        ColumnDefinition definition = of;
        definition.column = withoutSuffix(of.column, "_median") + "_" + std::string(name);
        std::string words(name);
        std::ranges::replace(words, '_', ' ');
        definition.meaning += "; " + words + " over heads";
        table.definitions.push_back(definition);
    }
}

void addValues(std::vector<TableValue>& row, const Rows& rows, std::size_t column, ColumnSummary summary) {
    if (summary == ColumnSummary::same)
        row.push_back((*rows.front())[column]);
    if (summary != ColumnSummary::distribution)
        return;
    std::vector<double> values;
    for (const auto* of : rows)
        if (const auto* value = std::get_if<double>(&(*of)[column]))
            values.push_back(*value);
    const Distribution distribution = distributionOf(std::move(values));
    for (const auto& [name, part] : distributionParts) {
        row.emplace_back();
        if (distribution.count > 0)
            row.back() = distribution.*part;
    }
}

std::vector<ColumnDefinition> identities(const SessionTable& heads, TableScope scope) {
    std::vector<ColumnDefinition> definitions;
    for (const char* name : {"model", "control", "window_length", "layer"})
        if (scope == TableScope::layer || name != std::string_view("layer"))
            definitions.push_back(heads.definitions[columnAt(heads, name)]);
    for (const auto& [name, meaning] :
         {std::pair("heads", "query heads that are done"), std::pair("failed_heads", "query heads that failed"),
          std::pair("pending_heads", "query heads that are not computed yet")})
        definitions.push_back({.column = name, .meaning = meaning, .formula = {}, .matrix = {}});
    return definitions;
}

}  // namespace

SessionTable summaryTable(const Session& session, const SessionTable& heads, TableScope scope) {
    SessionTable table{{}, {}, identities(heads, scope)};
    const std::size_t status = columnAt(heads, "status"), identityColumns = table.definitions.size() - 3;
    for (const ColumnDefinition& definition : heads.definitions)
        addDefinitions(table, definition);
    for (const ColumnDefinition& definition : table.definitions)
        table.columns.push_back(definition.column);
    // Rows of heads are sorted by length, then by layer: what belongs together lies together.
    const auto inRow = static_cast<std::size_t>(session.model.heads) *
                       static_cast<std::size_t>(scope == TableScope::model ? session.model.layers : 1);
    for (std::size_t first = 0; first + inRow <= heads.rows.size() && inRow > 0; first += inRow) {
        Rows rows;
        std::map<std::string, std::int64_t> states;
        for (std::size_t i = first; i < first + inRow; ++i) {
            rows.push_back(&heads.rows[i]);
            ++states[std::get<std::string>(heads.rows[i][status])];
        }
        std::vector<TableValue>& row = table.rows.emplace_back();
        for (std::size_t i = 0; i < identityColumns; ++i)
            row.push_back((*rows.front())[columnAt(heads, table.columns[i])]);
        for (const HeadState state : {HeadState::done, HeadState::failed, HeadState::pending})
            row.emplace_back(states[std::string(stateText(state))]);
        for (std::size_t i = 0; i < heads.definitions.size(); ++i)
            addValues(row, rows, i, heads.definitions[i].summary);
    }
    return table;
}

}  // namespace rankscope
