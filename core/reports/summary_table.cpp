// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A table of heads summed up per layer or model.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "core/numbers/session_at_length.h"
#include "core/numbers/uncertainty.h"
#include "core/reports/session_table.h"
#include "core/session/variant_heads.h"

namespace rankscope {
namespace {

using Row = std::vector<TableValue>;
using Rows = std::span<const Row>;

// The 95 % intervals of one session's medians over heads, each computed once for all rows that ask.
class IntervalColumns {
public:
    explicit IntervalColumns(std::span<const MeasureChoice> measures) : m_measures(measures) {}

    // Whether the numbers of a column are taken over windows, so that a summary has intervals of them.
    bool isFor(const ColumnDefinition& definition) const {
        return definition.summary == ColumnSummary::distribution && choiceOf(definition).has_value();
    }

    // Of the median over the heads of `layer`, or of all of them. A gap has one over all heads only.
    std::optional<Interval> of(const ColumnDefinition& definition, const Session& at, std::optional<int> layer) {
        const auto choice = choiceOf(definition);
        if (!choice || !whyNoIntervals(at.corpus).empty() || (choice->gap && layer))
            return std::nullopt;
        const std::string key = std::to_string(at.corpus.windowLength) + " " +
                                std::string(variantInfo(choice->variant).id) + " " + choice->measure.id();
        const auto [found, isNew] = m_known.try_emplace(key);
        Known& known = found->second;
        if (isNew && layer) {
            known.layers = layerIntervals(at, choice->variant, choice->measure);
        } else if (isNew) {
            const WindowUncertainty windows = windowUncertainty(at, choice->variant, choice->measure);
            if (windows.field)
                known.median = windows.field->median;
            if (windows.gap)
                known.gap = windows.gap->median;
        }
        if (layer)
            return known.layers[static_cast<std::size_t>(*layer)];
        return choice->gap ? known.gap : known.median;
    }

private:
    struct Choice {
        Variant variant;
        MeasureChoice measure;
        bool gap;
    };
    struct Known {
        std::optional<Interval> median, gap;
        std::vector<std::optional<Interval>> layers;
    };

    std::optional<Choice> choiceOf(const ColumnDefinition& definition) const {
        const auto variant = variantFromId(definition.variant);
        if (!variant || !variantInfo(*variant).perWindow)
            return std::nullopt;
        for (const MeasureChoice& measure : m_measures)
            for (const bool gap : {false, true})
                if (definition.series == (gap ? "gap_" : "") + columnName(measure))
                    return Choice{*variant, measure, gap};
        return std::nullopt;
    }

    const std::span<const MeasureChoice> m_measures;
    std::map<std::string, Known> m_known;  // by window length, variant and measure
};

std::size_t columnAt(const SessionTable& table, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(table.columns, name) - table.columns.begin());
}

std::string withoutSuffix(std::string name, std::string_view suffix) {
    if (name.ends_with(suffix))
        name.resize(name.size() - suffix.size());
    return name;
}

void addDefinitions(SessionTable& table, const ColumnDefinition& of, const IntervalColumns& intervals) {
    if (of.summary == ColumnSummary::same)
        table.definitions.push_back(of);
    if (of.summary != ColumnSummary::distribution)
        return;
    constexpr std::array series{NumberPart::value, NumberPart::lowerQuartile, NumberPart::upperQuartile,
                                NumberPart::low, NumberPart::high};
    static_assert(series.size() == std::size(distributionParts));
    for (std::size_t i = 0; i < series.size(); ++i) {
        ColumnDefinition definition = of;
        std::string words(distributionParts[i].first);
        definition.column = withoutSuffix(of.column, "_median") + "_" + words;
        std::ranges::replace(words, '_', ' ');
        definition.meaning += "; " + words + (of.perKvHead ? " over KV heads" : " over heads");
        definition.part = series[i];
        table.definitions.push_back(definition);
    }
    if (!intervals.isFor(of))
        return;
    for (const auto& [part, end] :
         {std::pair(NumberPart::intervalLow, "low"), std::pair(NumberPart::intervalHigh, "high")}) {
        ColumnDefinition definition = of;
        definition.column = withoutSuffix(of.column, "_median") + "_interval_" + end;
        definition.meaning += std::string("; median over heads, ") +
                              (part == NumberPart::intervalLow ? "lower" : "upper") +
                              " end of its interval over windows (" + std::string(bootstrapRule()) + ")";
        definition.part = part;
        table.definitions.push_back(definition);
    }
}

// `rows` are of query heads; those that read one KV head are `group` neighbours with the same number.
void addValues(Row& row, Rows rows, std::size_t column, const ColumnDefinition& definition, std::size_t group) {
    if (definition.summary == ColumnSummary::same)
        row.push_back(rows.front()[column]);
    if (definition.summary != ColumnSummary::distribution)
        return;
    std::vector<double> values;
    for (std::size_t i = 0; i < rows.size(); i += definition.perKvHead ? group : 1)
        if (const auto* value = std::get_if<double>(&rows[i][column]))
            values.push_back(*value);
    const Distribution distribution = distributionOf(std::move(values));
    for (const auto& [name, part] : distributionParts) {
        row.emplace_back();
        if (distribution.count > 0)
            row.back() = distribution.*part;
    }
}

void addInterval(Row& row, const ColumnDefinition& definition, IntervalColumns& intervals, const Session& at,
                 std::optional<int> layer) {
    if (!intervals.isFor(definition))
        return;
    const auto interval = intervals.of(definition, at, layer);
    for (const auto end : {&Interval::low, &Interval::high}) {
        row.emplace_back();
        if (interval)
            row.back() = (*interval).*end;
    }
}

// How many query heads are so far, by what their rows say.
struct StateColumn {
    const char* column;
    const char* meaning;
    std::string_view status;
};
constexpr std::array stateColumns{
    StateColumn{"heads", "query heads that are done", "done"},
    StateColumn{"failed_heads", "query heads that failed", "failed"},
    StateColumn{"pending_heads", "query heads that are not computed yet", "pending"},
    StateColumn{"not_asked_heads", "query heads of layers that the run was not asked for", notAskedFor},
};

std::vector<ColumnDefinition> identities(const SessionTable& heads, TableScope scope) {
    std::vector<ColumnDefinition> definitions;
    for (std::size_t i = 0; i < columnAt(heads, "head"); ++i)  // what tells runs apart, and the layer
        if (scope == TableScope::layer || heads.columns[i] != "layer")
            definitions.push_back(heads.definitions[i]);
    if (scope == TableScope::model)
        definitions.push_back({.column = "layers", .meaning = "layers of the model"});
    for (const StateColumn& state : stateColumns)
        definitions.push_back({.column = state.column, .meaning = state.meaning});
    return definitions;
}

}  // namespace

SessionTable summaryTable(const Session& session, const SessionTable& heads, const TableRequest& request) {
    const bool ofModel = request.scope == TableScope::model;
    IntervalColumns intervals(request.measures);
    const std::vector<SessionPointer> lengths = sessionsAtLengths(session);
    SessionTable table{{}, {}, identities(heads, request.scope)};
    const std::size_t status = columnAt(heads, "status"), head = columnAt(heads, "head");
    const auto group = static_cast<std::size_t>(std::max(1, session.model.heads / std::max(1, session.model.kvHeads)));
    for (const ColumnDefinition& definition : heads.definitions)
        addDefinitions(table, definition, intervals);
    for (const ColumnDefinition& definition : table.definitions)
        table.columns.push_back(definition.column);
    // Rows of heads are sorted by length, then by layer: what belongs together lies together.
    const auto inRow =
        static_cast<std::size_t>(session.model.heads) * static_cast<std::size_t>(ofModel ? session.model.layers : 1);
    const std::size_t perLength = heads.rows.size() / lengths.size();
    for (std::size_t first = 0; first + inRow <= heads.rows.size() && inRow > 0; first += inRow) {
        const Rows rows = std::span(heads.rows).subspan(first, inRow);
        std::map<std::string, std::int64_t> states;
        for (const Row& of : rows)
            ++states[std::get<std::string>(of[status])];
        Row& row = table.rows.emplace_back();
        for (std::size_t i = 0; i < head; ++i)
            if (!ofModel || heads.columns[i] != "layer")
                row.push_back(rows.front()[i]);
        if (ofModel)
            row.emplace_back(std::int64_t(session.model.layers));
        for (const StateColumn& state : stateColumns)
            row.emplace_back(states[std::string(state.status)]);
        for (std::size_t i = 0; i < heads.definitions.size(); ++i) {
            addValues(row, rows, i, heads.definitions[i], group);
            addInterval(row, heads.definitions[i], intervals, *lengths[first / perLength],
                        ofModel ? std::nullopt : std::optional(int(first % perLength / inRow)));
        }
    }
    return table;
}

}  // namespace rankscope
