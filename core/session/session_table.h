// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A session as a table of numbers, one row per query head, for spreadsheets, scripts and papers. Pure functions; any
// thread.
//
// Columns, in this order (MEASURE is an id such as k90 or roy-vetterli, VARIANT one that the session holds):
//   model, layer, head, kv_head           name and indices from 0; kv_head is the KV head that the head reads
//   status                                done, pending, failed
//   VARIANT_MEASURE_median, _min, _max    over windows, for matrices that exist per window (field_k90_median)
//   VARIANT_MEASURE                       for matrices of the weights alone (interaction_k90)
//   gap_MEASURE                           interaction_MEASURE / field_MEASURE_median
//   effective_keys_median                 1 / Σ c_j², median over windows
//   largest_share_median                  max c_j, median over windows
//   largest_position                      of the key with the largest share: the most frequent over windows
//   reason                                why a head failed
// The key columns are there if the session holds key concentrations. A value that does not exist is empty.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/session/session.h"

namespace rankscope {

using TableValue = std::variant<std::monostate, std::int64_t, double, std::string>;

struct SessionTable {
    std::vector<std::string> columns;
    std::vector<std::vector<TableValue>> rows;  // as long as `columns` each
};

SessionTable makeSessionTable(const Session& session, std::span<const MeasureChoice> measures);

// RFC 4180 with a header line, but lines end with LF. Decimal points, shortest digits that read back as the same
// number.
std::string csvText(const SessionTable& table);
std::string csvTable(const Session& session, std::span<const MeasureChoice> measures);

// {"model", "corpus", "control", "window_length", "windows", "measures": {id: formula}, "rows": [{column: value}]};
// null where there is no value.
std::string jsonTable(const Session& session, std::span<const MeasureChoice> measures);

// longtable with booktabs rules: medians with their range, one column per variant and measure, and the gap.
std::string latexTable(const Session& session, std::span<const MeasureChoice> measures);

// THE TABLE OF TABLE FORMATS: `rankscope table --format`, and the extension of --output.
struct TableFormat {
    std::string_view extension;  // "csv"
    std::string (*write)(const Session& session, std::span<const MeasureChoice> measures);
};
std::span<const TableFormat> tableFormats();

}  // namespace rankscope
