// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reports/comparison_table.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace rankscope {
namespace {

using Json = nlohmann::ordered_json;

std::vector<ComparisonChoice> choicesFor(const Session& a, const Session& b, std::span<const MeasureChoice> measures) {
    std::vector<ComparisonChoice> choices;
    for (const ComparedMatrix& matrix : comparedMatrices(a, b))
        for (const MeasureChoice& measure : measures)
            choices.push_back({matrix, measure});
    return choices;
}

std::string columnOf(const ComparisonChoice& choice) {
    return choice.matrix.id() + "_" + columnName(choice.measure);
}

void append(std::vector<TableValue>& row, double value, bool exists) {
    row.emplace_back();
    if (exists)
        row.back() = value;
}

SessionTable headTable(const Session& a, const Session& b, const std::vector<ComparisonChoice>& choices) {
    SessionTable table{{"layer", "head"}, {}};
    for (int layer = 0; layer < a.model.layers; ++layer)
        for (int head = 0; head < a.model.heads; ++head) {
            table.rows.emplace_back();
            table.rows.back().emplace_back(std::int64_t(layer));
            table.rows.back().emplace_back(std::int64_t(head));
        }
    for (const ComparisonChoice& choice : choices) {
        for (const char* part : {"_a", "_b", "_difference"})
            table.columns.push_back(columnOf(choice) + part);
        const ComparedHeads inA = comparedHeads(a, choice), inB = comparedHeads(b, choice);
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            // The row of a query head shows the number of the KV head that it reads.
            const std::size_t layer = row / std::size_t(a.model.heads), head = row % std::size_t(a.model.heads);
            const auto valueIn = [&](const ComparedHeads& heads) {
                return heads.layer(int(layer))[head * std::size_t(heads.heads) / std::size_t(a.model.heads)];
            };
            const double valueA = valueIn(inA), valueB = valueIn(inB);
            for (const double value : {valueA, valueB, valueA - valueB})
                append(table.rows[row], value, std::isfinite(value));
        }
    }
    return table;
}

void appendDistribution(std::vector<TableValue>& row, const Distribution& distribution) {
    for (const auto& [name, part] : distributionParts)
        append(row, distribution.*part, distribution.count > 0);
    row.emplace_back(std::int64_t(distribution.count));
}

void appendBoth(std::vector<TableValue>& row, const Distribution& a, const Distribution& b) {
    appendDistribution(row, a);
    appendDistribution(row, b);
    append(row, a.median - b.median, a.count > 0 && b.count > 0);
}

void addPart(SessionTable& table, std::string_view part, double from, double to) {
    table.rows.emplace_back();
    table.rows.back().emplace_back(std::string(part));
    table.rows.back().emplace_back(from);
    table.rows.back().emplace_back(to);
}

SessionTable depthTable(const Session& a, const Session& b, const std::vector<ComparisonChoice>& choices) {
    SessionTable table{{"part", "depth_from", "depth_to"}, {}};
    addPart(table, "all", 0, 1);
    for (const ComparisonChoice& choice : choices) {
        for (const char* side : {"_a_", "_b_"}) {
            for (const auto& [name, part] : distributionParts)
                table.columns.push_back(columnOf(choice) + side + std::string(name));
            table.columns.push_back(columnOf(choice) + side + "heads");
        }
        table.columns.push_back(columnOf(choice) + "_difference");
        const SessionComparison comparison = compareSessions(a, b, choice);
        appendBoth(table.rows[0], comparison.a.distribution, comparison.b.distribution);
        for (std::size_t bin = 0; bin < comparison.depth.size(); ++bin) {
            const DepthBin& depth = comparison.depth[bin];
            if (table.rows.size() == bin + 1)
                addPart(table, "depth", depth.from, depth.to);
            appendBoth(table.rows[bin + 1], depth.a, depth.b);
        }
    }
    return table;
}

Json sessionJson(const Session& session) {
    return {{"model", session.model.name},          {"layers", session.model.layers},
            {"heads", session.model.heads},         {"corpus", session.corpus.name},
            {"control", controlId(session.corpus)}, {"window_length", session.corpus.windowLength},
            {"windows", session.corpus.windows},    {"bos", session.corpus.bos}};
}

Json comparisonOf(const SessionComparison& comparison) {
    const bool both = comparison.a.distribution.count > 0 && comparison.b.distribution.count > 0;
    const auto whereBoth = [&](double value) { return both ? Json(value) : Json(); };
    const auto whereSame = [&](int value) { return comparison.sameShape ? Json(value) : Json(); };
    Json json{{"matrix", comparison.choice.matrix.id()},
              {"label", comparison.choice.matrix.label()},
              {"measure", comparison.choice.measure.id()},
              {"formula", comparison.choice.measure.formula()},
              {"a", distributionJson(comparison.a.distribution)},
              {"b", distributionJson(comparison.b.distribution)},
              {"difference_of_medians", whereBoth(comparison.differenceOfMedians())},
              {"probability_lower_in_a", whereBoth(comparison.probabilityLowerInA)},
              {"ecdf_distance", whereBoth(comparison.largestDistance)},
              {"heads_compared", whereSame(comparison.compared())},
              {"left_out_of_a", comparison.leftOutOfA()},
              {"left_out_of_b", comparison.leftOutOfB()},
              {"lower_in_a", whereSame(comparison.lowerInA)},
              {"equal", whereSame(comparison.equal)},
              {"lower_in_b", whereSame(comparison.lowerInB)},
              {"difference", distributionJson(comparison.difference)},
              {"paired", comparison.sameShape ? pairedTestsJson(comparison.paired) : Json()},
              {"thirds", Json::array()},
              {"gap_of_noise_a", comparison.noiseA ? Json(*comparison.noiseA) : Json()},
              {"gap_of_noise_b", comparison.noiseB ? Json(*comparison.noiseB) : Json()},
              {"depth", Json::array()}};
    for (const DepthThird& third : comparison.thirds)
        json["thirds"].push_back({{"first_layer", third.firstLayer},
                                  {"last_layer", third.lastLayer},
                                  {"tests", pairedTestsJson(third.tests)}});
    for (const DepthBin& bin : comparison.depth)
        json["depth"].push_back(
            {{"from", bin.from}, {"to", bin.to}, {"a", distributionJson(bin.a)}, {"b", distributionJson(bin.b)}});
    return json;
}

constexpr std::array terms{
    ComparisonTerm{
        "probability_lower_in_a",
        "P(A < B) + ½ P(A = B): of all pairs of a head of A and a head of B, the share with the lower number "
        "in A, ties counted half; 0.5: neither is lower"},
    ComparisonTerm{"ecdf_distance",
                   "Kolmogorov–Smirnov distance: the largest difference between the shares of heads of A and of B with "
                   "at most a number; 0: the same distribution, 1: no overlap"},
    ComparisonTerm{"difference", "A − B of each head that both have, as a distribution over them"},
    ComparisonTerm{"left_out_of_a", "heads of A with a number that are not compared: B has none of theirs"},
    ComparisonTerm{"left_out_of_b", "heads of B with a number that are not compared: A has none of theirs"},
};

bool sameGrid(const Session& a, const Session& b) {
    return a.model.layers == b.model.layers && a.model.heads == b.model.heads;
}

}  // namespace

Json intervalJson(const std::optional<Interval>& interval) {
    return interval ? Json{interval->low, interval->high} : Json();
}

Json pairedTestsJson(const PairedTests& tests) {
    return {{"pairs", tests.pairs},
            {"lower", tests.lower},
            {"equal", tests.equal},
            {"higher", tests.higher},
            {"median", tests.median},
            {"sign_test", tests.signTest},
            {"signed_rank", tests.signedRank},
            {"clusters", tests.clusters},
            {"median_interval", intervalJson(tests.medianInterval)},
            {"excess_interval", intervalJson(tests.excess)}};
}

std::span<const ComparisonTerm> comparisonTerms() {
    return terms;
}

Json distributionJson(const Distribution& distribution) {
    if (distribution.count == 0)
        return nullptr;
    Json json;
    for (const auto& [name, part] : distributionParts)
        json[std::string(name)] = distribution.*part;
    json["count"] = distribution.count;
    return json;
}

SessionTable makeComparisonTable(const Session& a, const Session& b, std::span<const MeasureChoice> measures) {
    const std::vector<ComparisonChoice> choices = choicesFor(a, b, measures);
    return sameGrid(a, b) ? headTable(a, b, choices) : depthTable(a, b, choices);
}

Json comparisonJson(const Session& a, const Session& b, std::span<const MeasureChoice> measures) {
    Json json{{"a", sessionJson(a)},       {"b", sessionJson(b)},           {"same_shape", sameGrid(a, b)},
              {"settings", Json::array()}, {"definitions", Json::object()}, {"comparisons", Json::array()}};
    for (const SettingDifference& difference : settingDifferences(a, b))
        json["settings"].push_back({{"setting", difference.setting}, {"a", difference.a}, {"b", difference.b}});
    for (const ComparisonTerm& term : comparisonTerms())
        json["definitions"][std::string(term.id)] = term.meaning;
    for (const ComparisonChoice& choice : choicesFor(a, b, measures))
        json["comparisons"].push_back(comparisonOf(compareSessions(a, b, choice)));
    return json;
}

}  // namespace rankscope
