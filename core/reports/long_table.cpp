// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The long form of a table: a row per number.
#include <algorithm>
#include <array>
#include <utility>

#include "core/reports/session_table.h"

namespace rankscope {
namespace {

struct PartColumn {
    NumberPart part;
    const char* column;
    const char* meaning;
};
constexpr std::array parts{
    PartColumn{NumberPart::value, "value", "the number: of a head its median over windows, else the median over heads"},
    PartColumn{NumberPart::low, "low", "the smallest over windows, else over heads"},
    PartColumn{NumberPart::high, "high", "the largest over windows, else over heads"},
    PartColumn{NumberPart::lowerQuartile, "lower_quartile", "lower quartile over heads"},
    PartColumn{NumberPart::upperQuartile, "upper_quartile", "upper quartile over heads"},
    PartColumn{NumberPart::intervalLow, "interval_low",
               "of the median over heads, lower end of the 95 % interval over windows"},
    PartColumn{NumberPart::intervalHigh, "interval_high", "of the median over heads, upper end of it"},
};

// Columns of one number lie together.
struct Series {
    std::size_t first = 0, last = 0;
};

std::vector<Series> seriesOf(const SessionTable& wide) {
    std::vector<Series> all;
    for (std::size_t i = 0; i < wide.definitions.size(); ++i) {
        const ColumnDefinition& definition = wide.definitions[i];
        if (definition.part == NumberPart::none)
            continue;
        const bool same = !all.empty() && all.back().last + 1 == i &&
                          wide.definitions[i - 1].variant == definition.variant &&
                          wide.definitions[i - 1].series == definition.series;
        if (same)
            all.back().last = i;
        else
            all.push_back({i, i});
    }
    return all;
}

TableValue asNumber(const TableValue& value) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    return whole ? TableValue(double(*whole)) : value;
}

std::size_t indexOf(const SessionTable& table, std::string_view column) {
    return std::size_t(std::ranges::find(table.columns, column) - table.columns.begin());
}

// The columns in front of the numbers. Whether a head is done says its having numbers.
std::vector<std::size_t> leadingColumns(const SessionTable& wide) {
    std::vector<std::size_t> leading;
    for (std::size_t i = 0; i < wide.columns.size(); ++i)
        if (wide.definitions[i].part == NumberPart::none && wide.columns[i] != "status" && wide.columns[i] != "reason")
            leading.push_back(i);
    return leading;
}

// The parts that the table has of any number.
std::vector<PartColumn> partsOf(const SessionTable& wide) {
    std::vector<PartColumn> shown;
    for (const PartColumn& part : parts)
        if (std::ranges::count(wide.definitions, part.part, &ColumnDefinition::part) > 0)
            shown.push_back(part);
    return shown;
}

// Whether the head of a row reads the KV head that the row before it reads: rows of such heads follow each other, and
// the KV head has its numbers in the first.
bool repeatsKvHead(const SessionTable& wide, std::size_t row) {
    const auto same = [&](std::string_view column) {
        const std::size_t i = indexOf(wide, column);
        return wide.rows[row][i] == wide.rows[row - 1][i];
    };
    return row > 0 && same("kv_head") && same("layer") && same("window_length");
}

SessionTable emptyTable(const SessionTable& wide, const std::vector<std::size_t>& leading,
                        const std::vector<PartColumn>& shown) {
    SessionTable result;
    for (const std::size_t i : leading)
        result.definitions.push_back(wide.definitions[i]);
    for (const auto& [column, meaning] :
         {std::pair("variant", "the matrix, or the field that a number is taken of"),
          std::pair("measure", "what is measured: a rank measure, gap_ and one, one and _baseline, or a key quantity")})
        result.definitions.push_back({.column = column, .meaning = meaning});
    for (const PartColumn& part : shown)
        result.definitions.push_back({.column = part.column, .meaning = part.meaning});
    for (const ColumnDefinition& definition : result.definitions)
        result.columns.push_back(definition.column);
    return result;
}

}  // namespace

SessionTable longTable(const SessionTable& wide) {
    const std::vector<std::size_t> leading = leadingColumns(wide);
    const std::vector<Series> series = seriesOf(wide);
    const std::vector<PartColumn> shown = partsOf(wide);
    const std::size_t head = indexOf(wide, "head");
    SessionTable result = emptyTable(wide, leading, shown);
    for (std::size_t r = 0; r < wide.rows.size(); ++r) {
        const std::vector<TableValue>& from = wide.rows[r];
        for (const Series& number : series) {
            const ColumnDefinition& definition = wide.definitions[number.first];
            const bool ofKvHead = definition.perKvHead && head < wide.columns.size();
            if (std::holds_alternative<std::monostate>(from[number.first]) || (ofKvHead && repeatsKvHead(wide, r)))
                continue;
            std::vector<TableValue>& row = result.rows.emplace_back();
            for (const std::size_t i : leading)
                row.push_back(ofKvHead && i == head ? TableValue() : from[i]);
            row.emplace_back(definition.variant);
            row.emplace_back(definition.series);
            for (const PartColumn& part : shown) {
                row.emplace_back();
                for (std::size_t i = number.first; i <= number.last; ++i)
                    if (wide.definitions[i].part == part.part)
                        row.back() = asNumber(from[i]);
            }
        }
    }
    return result;
}

}  // namespace rankscope
