// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reports/session_table.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <map>
#include <utility>

#include "core/numbers/uncertainty.h"
#include "core/session/head_quantity.h"
#include "core/session/variant_heads.h"

namespace rankscope {
namespace {

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

// A number of a control's or baseline's; those beyond the range of a table's whole numbers as text.
TableValue seedValue(std::uint64_t seed) {
    const bool fits = seed <= std::uint64_t(std::numeric_limits<std::int64_t>::max());
    return fits ? TableValue(std::int64_t(seed)) : TableValue(std::to_string(seed));
}

// What tells the row's run from others.
ColumnGroup identity(const Session& session) {
    return {{named("model", "name of the model"),
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
             named("head_size", "components of a query or key", "components")},
            [&session](std::vector<TableValue>& row, const Session& at, HeadRef) {
                const CorpusFacts& corpus = session.corpus;
                row.emplace_back(session.model.name);
                row.emplace_back(corpus.name);
                row.emplace_back(controlId(corpus));
                row.push_back(seedValue(corpus.seed));
                row.emplace_back(std::int64_t(at.corpus.windowLength));
                row.emplace_back(std::int64_t(corpus.windows));
                row.emplace_back(std::string(corpus.bos ? "on" : "off"));
                row.push_back(valueOr(&at == &session ? session.run.loss : std::nullopt));
                row.emplace_back(std::int64_t(session.model.headSize));
            }};
}

ColumnGroup headColumns(const Session& session) {
    return {{named("layer", "layer, from 0"), named("head", "query head, from 0"),
             named("kv_head", "KV head that the query head reads, from 0"),
             named("status", "done, pending, failed, or not asked for")},
            [&session](std::vector<TableValue>& row, const Session& at, HeadRef head) {
                for (const int number : {head.layer.value, head.head.value,
                                         kvHeadOf(head.head, session.model.heads, session.model.kvHeads).value})
                    row.emplace_back(std::int64_t(number));
                row.emplace_back(std::string(statusText(session, at, head)));
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

// The names that the long form has for the columns of a group, whose parts are in this order.
void nameSeries(ColumnGroup& group, const std::string& variant, const std::string& series, bool perKvHead) {
    constexpr std::array parts{NumberPart::value, NumberPart::low, NumberPart::high};
    for (std::size_t i = 0; i < group.columns.size(); ++i) {
        group.columns[i].variant = variant;
        group.columns[i].series = series;
        group.columns[i].part = parts.at(i);
        group.columns[i].perKvHead = perKvHead;
    }
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
    nameSeries(group, std::string(info.id), columnName(measure), info.perKvHead);
    return group;
}

// A matrix of the weights alone: `session` knows it at every length.
ColumnGroup weightValue(const Session& session, const VariantInfo& info, const MeasureChoice& measure) {
    ColumnDefinition definition =
        defined(measure, std::string(info.id) + "_" + columnName(measure),
                measure.label() + " of " + std::string(info.label), std::string(info.formula), 0);
    definition.summary = ColumnSummary::distribution;
    ColumnGroup group{{definition},
                      [&session, info, measure](std::vector<TableValue>& row, const Session&, HeadRef head) {
                          const auto value = headValue(session, info.variant, head, measure);
                          row.push_back(value ? TableValue(value->median) : TableValue());
                      }};
    nameSeries(group, std::string(info.id), columnName(measure), info.perKvHead);
    return group;
}

ColumnGroup baselineColumn(const Session& session, const VariantInfo& info, const MeasureChoice& measure) {
    ColumnDefinition definition = defined(measure, std::string(info.id) + "_" + columnName(measure) + "_baseline",
                                          measure.label() + " of the Gaussian baseline of " + std::string(info.label) +
                                              ", drawn with the seed of the row",
                                          std::string(gaussianBaselineRule()), 0);
    definition.summary = ColumnSummary::same;
    ColumnGroup group{{definition},
                      [&session, info, measure](std::vector<TableValue>& row, const Session& at, HeadRef) {
                          row.push_back(valueOr(baselineValue(info.perWindow ? at : session, info.variant, measure)));
                      }};
    nameSeries(group, std::string(info.id), columnName(measure) + "_baseline", info.perKvHead);
    return group;
}

ColumnGroup gapColumn(const Session& session, Variant field, const MeasureChoice& measure) {
    const std::string interaction(variantInfo(interactionFor(field)).id), below(variantInfo(field).id);
    ColumnDefinition definition =
        defined(measure, gapColumnName(field, measure),
                "spectral gap of " + std::string(variantInfo(field).label) + " in " + measure.label(), {},
                session.corpus.windows);
    definition.matrix = interaction + "_" + columnName(measure) + " / " + below + "_" + columnName(measure) + "_median";
    definition.unit = "1";
    definition.summary = ColumnSummary::distribution;
    ColumnGroup group{{definition},
                      [&session, field, measure](std::vector<TableValue>& row, const Session& at, HeadRef head) {
                          row.push_back(valueOr(gapAt(session, at, field, head, measure)));
                      }};
    nameSeries(group, below, "gap_" + columnName(measure), variantInfo(field).perKvHead);
    return group;
}

ColumnGroup noiseColumn(const Session& session, Variant field, const MeasureChoice& measure) {
    ColumnDefinition definition = defined(measure, gapColumnName(field, measure) + "_noise",
                                          "what the gap is of the Gaussian baselines of this window length",
                                          std::string(gaussianBaselineRule()), 0);
    definition.unit = "1";
    definition.summary = ColumnSummary::same;
    ColumnGroup group{{definition},
                      [&session, field, measure](std::vector<TableValue>& row, const Session& at, HeadRef) {
                          row.push_back(valueOr(gapOfNoise(at, field, measure, &session)));
                      }};
    nameSeries(group, std::string(variantInfo(field).id), "gap_" + columnName(measure) + "_noise",
               variantInfo(field).perKvHead);
    return group;
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
              .summary = position ? ColumnSummary::none : ColumnSummary::distribution,
              .variant = std::string(variantInfo(quantity.variant).id),
              .series = std::string(quantity.id),
              .part = NumberPart::value}},
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
    std::vector<ColumnGroup> groups{identity(session), headColumns(session)};
    for (const VariantInfo& info : storedVariants(session, request.variants)) {
        for (const MeasureChoice& measure : request.measures) {
            groups.push_back(info.perWindow ? windowStatistics(session, info, measure)
                                            : weightValue(session, info, measure));
            if (session.baselineOf(info.variant))
                groups.push_back(baselineColumn(session, info, measure));
        }
    }
    for (const Variant field : gapFields(session, request.variants))
        for (const MeasureChoice& measure : request.measures)
            groups.insert(groups.end(), {gapColumn(session, field, measure), noiseColumn(session, field, measure)});
    for (const HeadQuantity& quantity : headQuantities())
        if (holds(session, quantity))
            groups.push_back(numberColumn(session, quantity));
    groups.push_back({{named("reason", "why a head failed")}, appendReason});
    return groups;
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
    if (request.scope != TableScope::head)
        table = summaryTable(session, table, request);
    return request.longForm ? longTable(table) : table;
}

}  // namespace rankscope
