// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reports/session_table.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <tuple>
#include <utility>

#include "core/numbers/session_at_length.h"
#include "core/numbers/uncertainty.h"
#include "core/session/head_quantity.h"
#include "core/session/variant_heads.h"

namespace rankscope {
namespace {

constexpr std::array scopes{
    TableScopeInfo{TableScope::head, "head", "per head"},
    TableScopeInfo{TableScope::layer, "layer", "per layer: distribution over its heads"},
    TableScopeInfo{TableScope::model, "model", "per model: distribution over all heads"},
    TableScopeInfo{TableScope::condition, "condition", "per condition of the causal check: what a rank costs"},
    TableScopeInfo{TableScope::attention, "attention",
                   "per head, arm and rank of the causal check: errors of attention"},
};
constexpr std::size_t scopesOfCausalCheck = 2;  // the last

using Row = std::vector<TableValue>;

// Columns that are filled together, from one look at a head at one window length.
struct ColumnGroup {
    std::vector<ColumnDefinition> columns;
    std::function<void(Row& row, const Session& at, HeadRef head)> fill;
};

template <typename T>
void append(Row& row, const std::optional<T>& value) {
    row.emplace_back();
    if (value)
        row.back() = *value;
}

// A column of one number. `valueOf` of (at, head) may have none.
template <typename ValueOf>
ColumnGroup numberGroup(ColumnDefinition definition, const ValueOf& valueOf) {
    return {{std::move(definition)},
            [valueOf](Row& row, const Session& at, HeadRef head) { append(row, valueOf(at, head)); }};
}

ColumnDefinition named(std::string column, std::string meaning, std::string unit = {}) {
    return {.column = std::move(column), .meaning = std::move(meaning), .unit = std::move(unit)};
}

// A number of a control's or baseline's; those beyond the range of a table's whole numbers as text.
TableValue seedValue(std::uint64_t seed) {
    const bool fits = seed <= std::uint64_t(std::numeric_limits<std::int64_t>::max());
    return fits ? TableValue(std::int64_t(seed)) : TableValue(std::to_string(seed));
}

// What tells the row's run from others, and its head from others.
ColumnGroup identity() {
    std::vector<ColumnDefinition> columns = runColumns();
    for (ColumnDefinition& column : std::array{named("layer", "layer, from 0"), named("head", "query head, from 0"),
                                               named("kv_head", "KV head that the query head reads, from 0"),
                                               named("status", "done, pending, failed, or not asked for")})
        columns.push_back(std::move(column));
    return {std::move(columns), [](Row& row, const Session& at, HeadRef head) {
                appendRun(row, at);
                for (const int number :
                     {head.layer.value, head.head.value, kvHeadOf(head.head, at.model.heads, at.model.kvHeads).value})
                    row.emplace_back(std::int64_t(number));
                row.emplace_back(std::string(statusText(at, head)));
            }};
}

// A number of a matrix or of a field's gap in one measure: `series` is what the long form calls it.
ColumnDefinition defined(const MeasureChoice& measure, const VariantInfo& info, std::string series, std::string column,
                         std::string meaning, std::string matrix) {
    return {.column = std::move(column),
            .meaning = std::move(meaning),
            .formula = measure.formula(),
            .matrix = std::move(matrix),
            .threshold = measure.measure->usesThreshold ? std::optional(measure.threshold) : std::nullopt,
            .unit = "components",
            .summary = ColumnSummary::distribution,
            .perKvHead = info.perKvHead,
            .variant = std::string(info.id),
            .series = std::move(series),
            .part = NumberPart::value};
}

// Of a matrix that exists per window median and range, of the weights alone one value.
ColumnGroup rankColumns(const Session& session, const VariantInfo& info, const MeasureChoice& measure) {
    const std::string name = std::string(info.id) + "_" + columnName(measure),
                      label = measure.label() + " of " + std::string(info.label);
    const ColumnDefinition definition =
        defined(measure, info, columnName(measure), name, label, std::string(info.formula));
    if (!info.perWindow)
        return numberGroup(definition, [info, measure](const Session& at, HeadRef head) {
            const auto value = headValue(at, info.variant, head, measure);
            return value ? std::optional(value->median) : std::nullopt;
        });
    ColumnGroup group{{}, [info, measure](Row& row, const Session& at, HeadRef head) {
                          const auto value = headValue(at, info.variant, head, measure);
                          for (const auto part : {&HeadValue::median, &HeadValue::minimum, &HeadValue::maximum})
                              append(row, value ? std::optional((*value).*part) : std::nullopt);
                      }};
    for (const auto& [suffix, statistic, part] :
         {std::tuple("_median", ", median", NumberPart::value), std::tuple("_min", ", smallest", NumberPart::low),
          std::tuple("_max", ", largest", NumberPart::high)}) {
        ColumnDefinition& column = group.columns.emplace_back(definition);
        column.column += suffix;
        column.meaning += std::string(statistic) + " over windows";
        column.windows = session.corpus.windows;
        column.part = part;
        if (part != NumberPart::value)
            column.summary = ColumnSummary::none;
    }
    return group;
}

ColumnGroup baselineColumn(const VariantInfo& info, const MeasureChoice& measure) {
    const std::string series = columnName(measure) + "_baseline";
    ColumnDefinition definition = defined(measure, info, series, std::string(info.id) + "_" + series,
                                          measure.label() + " of the Gaussian baseline of " + std::string(info.label) +
                                              ", drawn with the seed of the row",
                                          std::string(gaussianBaselineRule()));
    definition.summary = ColumnSummary::same;
    return numberGroup(
        definition, [info, measure](const Session& at, HeadRef) { return baselineValue(at, info.variant, measure); });
}

ColumnGroup gapColumn(const Session& session, Variant field, const MeasureChoice& measure) {
    const VariantInfo& info = variantInfo(field);
    const std::string name = columnName(measure);
    ColumnDefinition definition = defined(measure, info, "gap_" + name, gapColumnName(field, measure),
                                          "spectral gap of " + std::string(info.label) + " in " + measure.label(),
                                          std::string(variantInfo(interactionFor(field)).id) + "_" + name + " / " +
                                              std::string(info.id) + "_" + name + "_median");
    definition.windows = session.corpus.windows;
    definition.unit = "1";
    return numberGroup(definition,
                       [field, measure](const Session& at, HeadRef head) { return headGap(at, field, head, measure); });
}

ColumnGroup noiseColumn(Variant field, const MeasureChoice& measure) {
    ColumnDefinition definition = defined(
        measure, variantInfo(field), "gap_" + columnName(measure) + "_noise", gapColumnName(field, measure) + "_noise",
        "what the gap is of the Gaussian baselines of this window length", std::string(gaussianBaselineRule()));
    definition.unit = "1";
    definition.summary = ColumnSummary::same;
    return numberGroup(definition,
                       [field, measure](const Session& at, HeadRef) { return gapOfNoise(at, field, measure); });
}

ColumnGroup quantityColumn(const Session& session, const HeadQuantity& quantity) {
    const bool position = quantity.kind == NumberKind::keyPosition;
    const ColumnDefinition definition{
        .column = std::string(quantity.id) + (position ? "" : "_median"),
        .meaning = std::string(quantity.label) + (position ? ", most frequent" : ", median") + " over windows",
        .formula = std::string(quantity.formula),
        .matrix = std::string(quantity.matrixFormula()),
        .unit = std::string(quantity.unit),
        .windows = session.corpus.windows,
        .summary = position ? ColumnSummary::none : ColumnSummary::distribution,
        .variant = std::string(quantity.matrix),
        .series = std::string(quantity.id),
        .part = NumberPart::value};
    return {{definition}, [&quantity, position](Row& row, const Session& at, HeadRef head) {
                const auto value = headNumber(at, quantity, head);
                if (value && position)
                    row.emplace_back(static_cast<std::int64_t>(value->median));
                else
                    append(row, value ? std::optional(value->median) : std::nullopt);
            }};
}

std::vector<ColumnGroup> columnsOf(const Session& session, const TableRequest& request) {
    std::vector<ColumnGroup> groups{identity()};
    for (const VariantInfo& info : storedVariants(session, request.variants))
        for (const MeasureChoice& measure : request.measures) {
            groups.push_back(rankColumns(session, info, measure));
            if (session.baselineOf(info.variant))
                groups.push_back(baselineColumn(info, measure));
        }
    for (const Variant field : gapFields(session, request.variants))
        for (const MeasureChoice& measure : request.measures)
            groups.insert(groups.end(), {gapColumn(session, field, measure), noiseColumn(field, measure)});
    for (const HeadQuantity& quantity : headQuantities())
        if (holds(session, quantity))
            groups.push_back(quantityColumn(session, quantity));
    groups.push_back(numberGroup(named("reason", "why a head failed"), [](const Session& at, HeadRef head) {
        const std::string_view reason = at.failureReason(head);
        return reason.empty() ? std::nullopt : std::optional(std::string(reason));
    }));
    return groups;
}

}  // namespace

std::span<const TableScopeInfo> tableScopes() {
    return std::span(scopes).first(scopes.size() - scopesOfCausalCheck);
}

std::span<const TableScopeInfo> causalTableScopes() {
    return std::span(scopes).last(scopesOfCausalCheck);
}

const TableScopeInfo& tableScopeInfo(TableScope scope) {
    return *std::ranges::find(scopes, scope, &TableScopeInfo::scope);
}

std::vector<ColumnDefinition> runColumns() {
    return {named("model", "name of the model"),
            named("corpus", "name of the text"),
            named("control", "what was done to the text or the weights"),
            named("seed", "of the random numbers of control and baseline"),
            named("window_length", "length of the windows", "tokens"),
            named("windows", "number of windows"),
            named("bos", "whether windows begin with BOS: on or off"),
            {.column = "loss",
             .meaning = "next-token loss, of the longest window length",
             .formula = "mean of −ln P(token | tokens before it)",
             .matrix = "the model's own predictions",
             .unit = "nats"},
            named("head_size", "components of a query or key", "components")};
}

void appendRun(std::vector<TableValue>& row, const Session& session) {
    const CorpusFacts& corpus = session.corpus;
    for (const std::string& text : {session.model.name, corpus.name, controlId(corpus)})
        row.emplace_back(text);
    row.push_back(seedValue(corpus.seed));
    for (const int number : {corpus.windowLength, corpus.windows})
        row.emplace_back(std::int64_t(number));
    row.emplace_back(std::string(corpus.bos ? "on" : "off"));
    append(row, session.run.loss);
    row.emplace_back(std::int64_t(session.model.headSize));
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

std::vector<Variant> gapFields(const Session& session, std::span<const Variant> variants) {
    std::vector<Variant> fields;
    for (const VariantInfo& info : storedVariants(session, variants))
        if (info.perWindow && session.has(interactionFor(info.variant)))
            fields.push_back(info.variant);
    return fields;
}

std::string gapColumnName(Variant field, const MeasureChoice& measure) {
    return "gap_" + (field == Variant::field ? "" : std::string(variantInfo(field).id) + "_") + columnName(measure);
}

SessionTable makeSessionTable(const Session& session, const TableRequest& request) {
    if (isOfCausalCheck(request.scope))
        return causalTable(session, request.scope);
    const std::vector<ColumnGroup> groups = columnsOf(session, request);
    SessionTable table;
    for (const ColumnGroup& group : groups)
        table.definitions.insert(table.definitions.end(), group.columns.begin(), group.columns.end());
    for (const ColumnDefinition& definition : table.definitions)
        table.columns.push_back(definition.column);
    for (const SessionPointer& at : sessionsAtLengths(session))
        for (int layer = 0; layer < session.model.layers; ++layer)
            for (int head = 0; head < session.model.heads; ++head) {
                Row& row = table.rows.emplace_back();
                for (const ColumnGroup& group : groups)
                    group.fill(row, *at, {LayerIndex(layer), HeadIndex(head)});
            }
    if (request.scope != TableScope::head)
        table = summaryTable(session, table, request);
    return request.longForm ? longTable(table) : table;
}

}  // namespace rankscope
