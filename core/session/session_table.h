// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A session as a table of numbers, one row per query head and window length, or a summary per layer or model, for
// spreadsheets, scripts and papers. Pure functions; any thread.
//
// Columns, in this order (MEASURE is a name as in the field, such as k90, stable_rank, entropy_rank or
// participation_ratio; VARIANT one that the session holds):
//   model, control                        name of the model, what was done to text or weights
//   window_length                         in tokens: the session's own, or one of its sweep; rows are sorted by it
//   layer, head, kv_head                  indices from 0; kv_head is the KV head that the head reads
//   status                                done, pending, failed
//   VARIANT_MEASURE_median, _min, _max    over windows, for matrices that exist per window (field_k90_median)
//   VARIANT_MEASURE                       for matrices of the weights alone (interaction_k90): the same at every length
//   VARIANT_MEASURE_baseline              of the Gaussian baseline, if the session has one
//   gap_MEASURE                           interaction_MEASURE / field_MEASURE_median
//   effective_keys_median                 1 / Σ c_j², median over windows
//   largest_share_median                  max c_j, median over windows
//   largest_position                      of the key with the largest share: the most frequent over windows
//   position_share_median                 Σ n_δ m(δ)² / ‖Ẽ‖², median over windows; the same of other matrices as
//                                         position_share_before_rotation_median, position_share_visible_keys_median
//   reason                                why a head failed
// The columns of keys and positions are there if the session holds such numbers. A value that does not exist is empty.
//
// A summary per layer or model has, for every such value, its distribution over heads: VARIANT_MEASURE_median,
// _lower_quartile, _upper_quartile, _min, _max (of the heads' medians over windows), and the same for gap and keys;
// then the baseline. Columns in front: model, control, window_length, layer (per layer only), heads (that are done),
// failed_heads, pending_heads.
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
enum class TableScope { head, layer, model };

// THE TABLE OF SCOPES: `rankscope table --per`, and the window's export.
struct TableScopeInfo {
    TableScope scope;
    std::string_view id;     // "layer"
    std::string_view label;  // "per layer: distribution over its heads"
};
std::span<const TableScopeInfo> tableScopes();

struct TableRequest {
    TableRequest(std::vector<MeasureChoice> of = {MeasureChoice()}) : measures(std::move(of)) {}

    std::vector<MeasureChoice> measures;
    std::vector<Variant> variants{};  // those of them that the session holds; empty: all that it holds
    TableScope scope = TableScope::head;
};

// k90, k95, k99 and every measure without a threshold.
std::vector<MeasureChoice> usualMeasures();

// "k90", "stable_rank", "roy_vetterli_rank": a measure's part of the names of columns.
std::string columnName(const MeasureChoice& measure);

// What a summary over heads does with a column.
enum class ColumnSummary { none, distribution, same };

// What the numbers of a column are.
struct ColumnDefinition {
    std::string column;
    std::string meaning;                // "k90 of Ẽ, median over windows"
    std::string formula;                // of the measure; empty for names, indices and states
    std::string matrix;                 // what it is taken of: the formula of the variant
    std::optional<double> threshold{};  // τ of k_τ, 0.5 to 0.9999
    std::string unit{};                 // "components", "tokens", "1" for a ratio; empty for names and states
    int windows = 0;                    // over which the value is taken; 0: of none
    ColumnSummary summary = ColumnSummary::none;
};

struct SessionTable {
    std::vector<std::string> columns;
    std::vector<std::vector<TableValue>> rows;    // as long as `columns` each
    std::vector<ColumnDefinition> definitions{};  // as long as `columns`; empty: the table has none
};

SessionTable makeSessionTable(const Session& session, const TableRequest& request);

// RFC 4180 with a header line, but lines end with LF. Decimal points, shortest digits that read back as the same
// number.
std::string csvText(const SessionTable& table);
// The definitions as a table of their own: column, meaning, formula, matrix, threshold, unit, windows.
SessionTable definitionTable(const SessionTable& table);
std::string csvTable(const Session& session, const TableRequest& request);

// {"model", "corpus", "control", "seed", "window_length", "window_lengths", "windows", "measures": {id: formula},
// "definitions": {column: {"meaning", "formula", "matrix", "threshold", "unit", "windows"}}, "rows": [{column:
// value}]}; null where there is no value, and a member of a definition only where it has one.
std::string jsonTable(const Session& session, const TableRequest& request);

// `text` as LaTeX, compiled with pdflatex: its commands escaped, the symbols of our labels in mathematics; other
// characters that its fonts do not have as "U+4E2D".
std::string latexText(std::string_view text);

// longtable with booktabs rules: medians with their range (over windows; in a summary over heads), one column per
// variant and measure, and the gap. A note below it defines the columns and gives the baselines.
std::string latexTable(const Session& session, const TableRequest& request);

// `heads`, a table with a row per head, as a table with a row per layer or model and window length.
SessionTable summaryTable(const Session& session, const SessionTable& heads, TableScope scope);

// The variants of which the session holds spectra, in the order of their table; `among`, where it is not empty.
std::vector<VariantInfo> storedVariants(const Session& session, std::span<const Variant> among = {});

// interaction / field at one of the session's window lengths: `at` may be one of its sweep, which has no weights.
std::optional<double> gapAt(const Session& session, const Session& at, HeadRef head, const MeasureChoice& measure);

// THE TABLE OF TABLE FORMATS: `rankscope table --format`, and the extension of --output.
struct TableFormat {
    std::string_view extension;  // "csv"
    std::string_view label;      // "CSV, for spreadsheets and scripts"
    bool forPaper;               // shows k90 of field and interaction unless asked for more
    std::string (*write)(const Session& session, const TableRequest& request);
};
std::span<const TableFormat> tableFormats();

// What `rankscope table` and the window write unless told otherwise: all, or in a paper k90 of the two matrices.
TableRequest usualTable(const TableFormat& format);

}  // namespace rankscope
