// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sessions as a table of numbers, one row per query head and window length, or a summary per layer or model, for
// spreadsheets, scripts and papers. Several sessions follow each other in one table, which has the columns of all. Pure
// functions; any thread.
//
// Columns, in this order (MEASURE is a name as in the field, such as k90, stable_rank, entropy_rank or
// participation_ratio; VARIANT one that the session holds):
//   model, corpus, control, seed          names of model and text, what was done to text or weights
//   window_length                         in tokens: the session's own, or one of its sweep; rows are sorted by it
//   windows, bos                          how many windows, and whether they begin with BOS: on, off
//   loss                                  next-token loss in nats; of the longest length only
//   head_size                             d_h
//   layer, head, kv_head                  indices from 0; kv_head is the KV head that the head reads
//   status                                done, pending, failed, or not asked for
//   VARIANT_MEASURE_median, _min, _max    over windows, for matrices that exist per window (field_k90_median)
//   VARIANT_MEASURE                       for matrices of the weights alone (interaction_k90): the same at every length
//   VARIANT_MEASURE_baseline              of the Gaussian baseline, if the session has one
//   gap_MEASURE                           interaction_MEASURE / field_MEASURE_median, if the field is asked for
//   gap_VARIANT_MEASURE                   of every other field: kv_interaction over kv_field
//   gap_MEASURE_noise                     the gap of the Gaussian baselines
//   effective_keys_median                 1 / Σ c_j², median over windows
//   largest_share_median                  max c_j, median over windows
//   largest_position                      of the key with the largest share: the most frequent over windows
//   position_share_median                 Σ n_δ m(δ)² / ‖Ẽ‖², median over windows
//   position_share_before_rotation_median, position_share_visible_keys_median    the same of those matrices
//   attention_entropy_median              mean of −Σ a_ij ln a_ij over queries, nats, median over windows
//   attention_first_token_median, attention_previous_token_median    means of a_i0 and a_i,i−1, as above
//   attention_rank_median, attention_rank_keys_before_rotation_median, head_delta_median    of a causal check
//   reason                                why a head failed
// The columns of keys and positions are there if the session holds such numbers. A value that does not exist is empty.
//
// A summary per layer or model has, for every such value, its distribution over heads: VARIANT_MEASURE_median,
// _lower_quartile, _upper_quartile, _min, _max (of the heads' medians over windows), and the same for gap and keys;
// VARIANT_MEASURE_interval_low and _interval_high, where the variant is per window: the 95 % interval of the median (of
// a gap per model only; empty where there are too few windows); then the baseline. Of a variant per KV head they are
// over KV heads, each once. Columns in front: model … head_size, layer (per layer) or layers (how many, per model),
// heads (that are done), failed_heads, pending_heads, not_asked_heads.
//
// Per condition of a causal check: model … head_size, then arm, scope (all, layer, head), layer, head, rank, share,
// mean_rank, delta, delta_low, delta_high (95 % interval over windows), recovered, kl, top1. Per attention: arm, rank,
// layer, head, kl, tv, output_error, means over windows. Measures and variants say nothing there, and there is no long
// form.
//
// The long form has a row per number: the columns in front, variant, measure (k90, gap_k90, effective_keys, …), value,
// low, high, and in a summary lower_quartile, upper_quartile, interval_low, interval_high. A head's value is its median
// over windows, low and high the range over them; a summary's are median and range over heads. A KV head has a row
// once, without a query head.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/session/session.h"

namespace rankscope {

using TableValue = std::variant<std::monostate, std::int64_t, double, std::string>;

// The parts of a distribution, by their names in columns and in that order.
inline constexpr std::pair<std::string_view, double Distribution::*> distributionParts[] = {
    {"median", &Distribution::median},
    {"lower_quartile", &Distribution::lowerQuartile},
    {"upper_quartile", &Distribution::upperQuartile},
    {"min", &Distribution::minimum},
    {"max", &Distribution::maximum},
};

// What a row of a table stands for.
enum class TableScope { head, layer, model, condition, attention };

// THE TABLE OF SCOPES: `rankscope table --per`, and the window's export. Those of every session, and those of one with
// a causal check, whose rows are conditions, or heads at an arm and a rank.
struct TableScopeInfo {
    TableScope scope;
    std::string_view id;     // "layer"
    std::string_view label;  // "per layer: distribution over its heads"
};
std::span<const TableScopeInfo> tableScopes();
std::span<const TableScopeInfo> causalTableScopes();
const TableScopeInfo& tableScopeInfo(TableScope scope);
inline bool isOfCausalCheck(TableScope scope) {
    return scope == TableScope::condition || scope == TableScope::attention;
}

struct TableRequest {
    TableRequest(std::vector<MeasureChoice> of = {MeasureChoice()}) : measures(std::move(of)) {}

    std::vector<MeasureChoice> measures;
    std::vector<Variant> variants{};  // those of them that the session holds; empty: all that it holds
    TableScope scope = TableScope::head;
    bool longForm = false;
    double widthMm = articleWidthMm;  // of LaTeX: what is wider is cut into several tables

    static constexpr double articleWidthMm =
        121.25;  // 345 pt, the text of LaTeX's article: the narrowest of one column
};

// k90, k95, k99 and every measure without a threshold.
std::vector<MeasureChoice> usualMeasures();

// "k90", "stable_rank", "roy_vetterli_rank": a measure's part of the names of columns.
std::string columnName(const MeasureChoice& measure);

// What a summary over heads does with a column.
enum class ColumnSummary { none, distribution, same };

// What a column is of a number that the long form has a row of.
enum class NumberPart { none, value, low, high, lowerQuartile, upperQuartile, intervalLow, intervalHigh };

// What the numbers of a column are.
struct ColumnDefinition {
    std::string column;
    std::string meaning;                // "k90 of Ẽ, median over windows"
    std::string formula{};              // of the measure; empty for names, indices and states
    std::string matrix{};               // what it is taken of: the formula of the variant
    std::optional<double> threshold{};  // τ of k_τ, 0.5 to 0.9999
    std::string unit{};                 // "components", "tokens", "1" for a ratio; empty for names and states
    int windows = 0;                    // over which the value is taken; 0: of none
    ColumnSummary summary = ColumnSummary::none;
    bool perKvHead = false;           // the same in all rows of query heads that read one KV head
    std::string variant{}, series{};  // what the long form calls the number: "field", "k90"
    NumberPart part = NumberPart::none;
};

struct SessionTable {
    std::vector<std::string> columns;
    std::vector<std::vector<TableValue>> rows;    // as long as `columns` each
    std::vector<ColumnDefinition> definitions{};  // as long as `columns`; empty: the table has none
};

using TableSessions = std::span<const Session* const>;

SessionTable makeSessionTable(const Session& session, const TableRequest& request);
SessionTable makeSessionTable(TableSessions sessions, const TableRequest& request);

// The long form of a table with definitions.
SessionTable longTable(const SessionTable& wide);

// RFC 4180 with a header line, but lines end with LF. Decimal points, shortest digits that read back as the same
// number.
std::string csvText(const SessionTable& table);
// The definitions as a table of their own: column, meaning, formula, matrix, threshold, unit, windows.
SessionTable definitionTable(const SessionTable& table);
std::string csvTable(TableSessions sessions, const TableRequest& request);

// {"model", "corpus", "control", "seed", "window_length", "window_lengths", "windows", "measures": {id: formula},
// "definitions": {column: {"meaning", "formula", "matrix", "threshold", "unit", "windows"}}, "rows": [{column:
// value}]}; null where there is no value, and a member of a definition only where it has one. Of several sessions
// "sessions": [{"model", …, "windows"}] stands in the place of the first seven.
std::string jsonTable(TableSessions sessions, const TableRequest& request);

// `text` as LaTeX, compiled with pdflatex: its commands escaped, the symbols of our labels in mathematics; other
// characters that its fonts do not have as "U+4E2D".
std::string latexText(std::string_view text);

// Tables with booktabs rules, no wider than asked for: medians with their range (over windows; in a summary over
// heads), one column per variant and measure, and the gap. What is the same in all rows is in the note below them,
// which also defines the columns and gives the baselines. Per head and layer they are longtables, which break over
// pages and want one column of text; per model tabulars, which go anywhere.
std::string latexTable(TableSessions sessions, const TableRequest& request);

// `heads`, a table with a row per head, as a table with a row per layer or model and window length.
SessionTable summaryTable(const Session& session, const SessionTable& heads, const TableRequest& request);

// Of one session.
inline std::string csvTable(const Session& session, const TableRequest& request) {
    const Session* const only = &session;
    return csvTable(TableSessions(&only, 1), request);
}
inline std::string jsonTable(const Session& session, const TableRequest& request) {
    const Session* const only = &session;
    return jsonTable(TableSessions(&only, 1), request);
}
inline std::string latexTable(const Session& session, const TableRequest& request) {
    const Session* const only = &session;
    return latexTable(TableSessions(&only, 1), request);
}

// What tells the run of a row from others: the columns model … head_size, and their values.
std::vector<ColumnDefinition> runColumns();
void appendRun(std::vector<TableValue>& row, const Session& session);

// Tables of a causal check: no rows of a session without one. REQUIRES isOfCausalCheck(scope).
SessionTable causalTable(const Session& session, TableScope scope);
std::string causalLatexTable(TableSessions sessions, const TableRequest& request);

// The variants of which the session holds spectra, in the order of their table; `among`, where it is not empty.
std::vector<VariantInfo> storedVariants(const Session& session, std::span<const Variant> among = {});

// The fields among `variants` that the session holds with an interaction to set them against: those that have a gap.
std::vector<Variant> gapFields(const Session& session, std::span<const Variant> variants);

// "gap_k90" of Ẽ, "gap_kv_field_k90" of another field.
std::string gapColumnName(Variant field, const MeasureChoice& measure);

// THE TABLE OF TABLE FORMATS: `rankscope table --format`, and the extension of --output.
struct TableFormat {
    std::string_view extension;  // "csv"
    std::string_view label;      // "CSV, for spreadsheets and scripts"
    bool forPaper;               // shows k90 of field and interaction unless asked for more
    std::string (*write)(TableSessions sessions, const TableRequest& request);
};
std::span<const TableFormat> tableFormats();

// What `rankscope table` and the window write unless told otherwise: all measures and matrices; in a paper, and of
// several sessions, k90 of the two matrices. A row per head, of several sessions per model.
TableRequest usualTable(const TableFormat& format, bool several = false);

}  // namespace rankscope
