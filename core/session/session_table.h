// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A session as a table of numbers, one row per query head and window length, for spreadsheets, scripts and papers. Pure
// functions; any thread.
//
// Columns, in this order (MEASURE is an id such as k90 or roy-vetterli, VARIANT one that the session holds):
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
//   reason                                why a head failed
// The key columns are there if the session holds key concentrations. A value that does not exist is empty.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/session/session.h"

namespace rankscope {

using TableValue = std::variant<std::monostate, std::int64_t, double, std::string>;

// What the numbers of a column are.
struct ColumnDefinition {
    std::string column;
    std::string meaning;                // "k90 of Ẽ, median over windows"
    std::string formula;                // of the measure; empty for names, indices and states
    std::string matrix;                 // what it is taken of: the formula of the variant
    std::optional<double> threshold{};  // τ of k_τ, 0.5 to 0.9999
    std::string unit{};                 // "components", "tokens", "1" for a ratio; empty for names and states
    int windows = 0;                    // over which the value is taken; 0: of none
};

struct SessionTable {
    std::vector<std::string> columns;
    std::vector<std::vector<TableValue>> rows;    // as long as `columns` each
    std::vector<ColumnDefinition> definitions{};  // as long as `columns`; empty: the table has none
};

SessionTable makeSessionTable(const Session& session, std::span<const MeasureChoice> measures);

// RFC 4180 with a header line, but lines end with LF. Decimal points, shortest digits that read back as the same
// number.
std::string csvText(const SessionTable& table);
// The definitions as a table of their own: column, meaning, formula, matrix, threshold, unit, windows.
SessionTable definitionTable(const SessionTable& table);
std::string csvTable(const Session& session, std::span<const MeasureChoice> measures);

// {"model", "corpus", "control", "seed", "window_length", "window_lengths", "windows", "measures": {id: formula},
// "definitions": {column: {"meaning", "formula", "matrix", "threshold", "unit", "windows"}}, "rows": [{column:
// value}]}; null where there is no value, and a member of a definition only where it has one.
std::string jsonTable(const Session& session, std::span<const MeasureChoice> measures);

// longtable with booktabs rules: medians with their range, one column per variant and measure, and the gap. A note
// below it defines the columns and gives the baselines.
std::string latexTable(const Session& session, std::span<const MeasureChoice> measures);

// The variants of which the session holds spectra, in the order of their table.
std::vector<VariantInfo> storedVariants(const Session& session);

// interaction / field at one of the session's window lengths: `at` may be one of its sweep, which has no weights.
std::optional<double> gapAt(const Session& session, const Session& at, HeadRef head, const MeasureChoice& measure);

// THE TABLE OF TABLE FORMATS: `rankscope table --format`, and the extension of --output.
struct TableFormat {
    std::string_view extension;  // "csv"
    std::string (*write)(const Session& session, std::span<const MeasureChoice> measures);
};
std::span<const TableFormat> tableFormats();

}  // namespace rankscope
