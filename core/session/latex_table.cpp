// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A session as a table for a paper.
#include <algorithm>
#include <cmath>

#include "core/base/number_text.h"
#include "core/session/session_table.h"
#include "core/spectra/gaussian_baseline.h"

namespace rankscope {
namespace {

// Whole numbers without decimals, others with one.
std::string rounded(double value) {
    return fixedText(value, value == std::floor(value) ? 0 : 1);
}

std::string latexValue(const std::optional<HeadValue>& value) {
    if (!value)
        return "--";
    if (value->minimum == value->maximum)
        return rounded(value->median);
    return rounded(value->median) + " (" + rounded(value->minimum) + "--" + rounded(value->maximum) + ")";
}

// The columns in front of the numbers.
std::vector<std::string> leadingLabels(TableScope scope) {
    if (scope == TableScope::head)
        return {"$T$", "Layer", "Head", "KV head"};
    if (scope == TableScope::layer)
        return {"$T$", "Layer", "Heads"};
    return {"$T$", "Heads"};
}

std::string latexHeader(const std::vector<VariantInfo>& variants, std::span<const MeasureChoice> measures,
                        TableScope scope) {
    const std::string each = std::to_string(measures.size());
    std::string names, rules, labels;
    for (const std::string& label : leadingLabels(scope)) {
        names += labels.empty() ? "" : " & ";
        labels += (labels.empty() ? "" : " & ") + label;
    }
    std::size_t column = leadingLabels(scope).size() + 1;
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

std::string latexRow(const Session& session, const Session& at, HeadRef ref, const std::vector<VariantInfo>& variants,
                     std::span<const MeasureChoice> measures) {
    std::string row = std::to_string(at.corpus.windowLength) + " & " + std::to_string(ref.layer.value) + " & " +
                      std::to_string(ref.head.value) + " & " +
                      std::to_string(kvHeadOf(ref.head, session.model.heads, session.model.kvHeads).value);
    if (at.state(ref) != HeadState::done) {
        const std::string reason(at.failureReason(ref));
        return row + " & \\multicolumn{" + std::to_string((variants.size() + 1) * measures.size()) + "}{l}{" +
               std::string(stateText(at.state(ref))) + (reason.empty() ? "" : ": " + latexText(reason)) + "} \\\\\n";
    }
    for (const VariantInfo& info : variants)
        for (const MeasureChoice& measure : measures)
            row += " & " + latexValue(headValue(info.perWindow ? at : session, info.variant, ref, measure));
    for (const MeasureChoice& measure : measures) {
        const auto gap = gapAt(session, at, ref, measure);
        row += " & " + (gap ? rounded(*gap) : std::string("--"));
    }
    return row + " \\\\\n";
}

// Median and range over the heads of a row of `summary`: "12 (4--26)".
std::string latexSummaryValue(const SessionTable& summary, const std::vector<TableValue>& row,
                              const std::string& column) {
    const auto value = [&](const char* part) -> std::optional<double> {
        const auto found = std::ranges::find(summary.columns, column + part);
        const auto* number = found == summary.columns.end()
                                 ? nullptr
                                 : std::get_if<double>(&row[std::size_t(found - summary.columns.begin())]);
        return number ? std::optional(*number) : std::nullopt;
    };
    const auto median = value("_median"), least = value("_min"), most = value("_max");
    if (!median || !least || !most)
        return "--";
    return latexValue(HeadValue{*median, *least, *most, 1});
}

std::string latexSummaryRows(const Session& session, const TableRequest& request,
                             const std::vector<VariantInfo>& variants) {
    const SessionTable summary = makeSessionTable(session, request);
    std::string text;
    for (const std::vector<TableValue>& row : summary.rows) {
        std::string line;
        for (const char* column : {"window_length", "layer", "heads"}) {
            const auto found = std::ranges::find(summary.columns, column);
            if (found != summary.columns.end())
                line += (line.empty() ? "" : " & ") +
                        std::to_string(std::get<std::int64_t>(row[std::size_t(found - summary.columns.begin())]));
        }
        for (const VariantInfo& info : variants)
            for (const MeasureChoice& measure : request.measures)
                line += " & " + latexSummaryValue(summary, row, std::string(info.id) + "_" + columnName(measure));
        for (const MeasureChoice& measure : request.measures)
            line += " & " + latexSummaryValue(summary, row, "gap_" + columnName(measure));
        text += line + " \\\\\n";
    }
    return text;
}

// "k90 of Ẽ 25 at T = 64, 52 at T = 512": empty where there is none.
std::string baselineText(const Session& session, const VariantInfo& info, const MeasureChoice& measure) {
    std::string text;
    for (const Session* at : sessionsByLength(session))
        if (const auto value = info.perWindow ? baselineValue(*at, info.variant, measure) : std::nullopt)
            text += (text.empty() ? " " : ", ") + rounded(*value) +
                    " at $T = " + std::to_string(at->corpus.windowLength) + "$";
    if (const auto value = baselineValue(session, info.variant, measure); value && !info.perWindow)
        text = " " + rounded(*value);
    return text.empty() ? text : latexText(measure.label()) + " of " + latexText(info.label) + text;
}

// What every column is, and what it would be of noise.
std::string latexNote(const Session& session, const std::vector<VariantInfo>& variants, const TableRequest& request) {
    const std::vector<MeasureChoice>& measures = request.measures;
    const std::string windows = std::to_string(session.corpus.windows);
    std::string note = "$T$: window length in tokens. " +
                       (request.scope == TableScope::head
                            ? "Medians over " + windows + " windows (range). "
                            : "Medians over heads (range) of each head's median over " + windows + " windows. "),
                baselines;
    for (const MeasureChoice& measure : measures)
        note += latexText(measure.label()) + ": " + latexText(measure.formula()) + ". ";
    for (const VariantInfo& info : variants)
        note += latexText(info.label) + ": " + latexText(info.formula) + ". ";
    note += "Gap: " + latexText(variantInfo(Variant::interaction).label) + " / " +
            latexText(variantInfo(Variant::field).label) + ".";
    for (const VariantInfo& info : variants)
        for (const MeasureChoice& measure : measures)
            if (const std::string text = baselineText(session, info, measure); !text.empty())
                baselines += (baselines.empty() ? "" : "; ") + text;
    if (!baselines.empty())
        note += " Gaussian baseline (" + latexText(gaussianBaselineRule()) + ", seed " +
                std::to_string(session.corpus.seed) + "): " + baselines + ".";
    return note;
}

}  // namespace

std::string latexTable(const Session& session, const TableRequest& request) {
    const std::vector<VariantInfo> variants = storedVariants(session, request.variants);
    const std::vector<MeasureChoice>& measures = request.measures;
    const std::size_t columns = leadingLabels(request.scope).size() + (variants.size() + 1) * measures.size();
    std::string text = "% needs \\usepackage{booktabs,longtable}\n% " + latexText(session.model.name) + ", " +
                       latexText(session.corpus.name) + ", " + std::to_string(session.corpus.windows) + " windows of " +
                       std::to_string(session.corpus.windowLength) + " tokens, control " + controlId(session.corpus) +
                       "\n";
    text += "\\begin{longtable}{" + std::string(columns, 'r') + "}\n" + latexHeader(variants, measures, request.scope) +
            "\\endhead\n\\bottomrule\n\\endfoot\n\\bottomrule\n\\multicolumn{" + std::to_string(columns) +
            "}{p{\\linewidth}}{\\footnotesize " + latexNote(session, variants, request) + "} \\\\\n\\endlastfoot\n";
    if (request.scope != TableScope::head)
        return text + latexSummaryRows(session, request, variants) + "\\end{longtable}\n";
    for (const Session* at : sessionsByLength(session))
        for (int layer = 0; layer < session.model.layers; ++layer)
            for (int head = 0; head < session.model.heads; ++head)
                text += latexRow(session, *at, {LayerIndex(layer), HeadIndex(head)}, variants, measures);
    return text + "\\end{longtable}\n";
}

}  // namespace rankscope
