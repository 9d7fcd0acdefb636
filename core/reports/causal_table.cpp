// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tables of a causal check: a row per condition, and a row per head of what an arm at a rank leaves of its attention.
#include <algorithm>
#include <array>

#include "core/base/number_text.h"
#include "core/reports/latex_grid.h"
#include "core/reports/session_table.h"

namespace rankscope {
namespace {

using Row = std::vector<TableValue>;

ColumnDefinition defined(const char* column, const char* meaning, const char* formula = "", const char* unit = "") {
    return {.column = column, .meaning = meaning, .formula = formula, .unit = unit};
}

std::vector<ColumnDefinition> conditionColumns() {
    return {defined("arm", "what the heads are left with"),
            defined("scope", "which heads are changed: all, those of one layer, one head"),
            defined("layer", "layer that is changed, from 0; empty: all"),
            defined("head", "query head that is changed, from 0; empty: all of the layers"),
            defined("rank", "rank that every changed head keeps", "", "components"),
            defined("share", "share of the arm's spectrum that every changed head keeps", "", "1"),
            defined("mean_rank", "mean rank over the changed heads", "", "components"),
            defined("delta", "rise of the next-token loss, mean over windows", "loss − unchanged loss", "nats"),
            defined("delta_low", "lower end of its 95 % interval over windows", "", "nats"),
            defined("delta_high", "upper end of it", "", "nats"),
            defined("recovered", "share of the cost of rank 0 that is saved", "(Δ_0 − Δ_r) / Δ_0", "1"),
            defined("kl", "divergence of the predictions, mean over windows", "KL(unchanged ‖ changed)", "nats"),
            defined("top1", "share of equal likeliest tokens, mean over windows", "", "1")};
}

std::vector<ColumnDefinition> attentionColumns() {
    return {defined("arm", "what the head is left with"),
            defined("rank", "rank that it keeps", "", "components"),
            defined("layer", "layer, from 0"),
            defined("head", "query head, from 0"),
            defined("kl", "divergence of its attention, mean over queries and windows", "KL(p ‖ p_r)", "nats"),
            defined("tv", "total variation of its attention, mean over queries and windows", "½ Σ |p − p_r|", "1"),
            defined("output_error", "error of what it adds to the stream, mean over windows",
                    "‖(A − A_r) V W_O‖ / ‖A V W_O‖", "1")};
}

template <typename T>
void append(Row& row, const std::optional<T>& value) {
    row.emplace_back();
    if (value)
        row.back() = *value;
}

std::optional<std::int64_t> indexIf(bool isThere, int index) {
    return isThere ? std::optional<std::int64_t>(index) : std::nullopt;
}

void appendNumbers(Row& row, const CausalCheck& check, const CausalCondition& condition) {
    if (!condition.isComputed()) {
        row.resize(row.size() + 6);
        return;
    }
    const CausalNumbers numbers = numbersOf(check, condition);
    const auto end = [&](double Interval::*which) {
        return numbers.interval ? std::optional((*numbers.interval).*which) : std::nullopt;
    };
    row.emplace_back(numbers.delta);
    append(row, end(&Interval::low));
    append(row, end(&Interval::high));
    append(row, recovered(check, condition));
    row.emplace_back(numbers.divergence);
    row.emplace_back(numbers.sameTop);
}

void appendConditions(SessionTable& table, const Session& session) {
    for (const CausalCondition& condition : session.causal->conditions) {
        Row& row = table.rows.emplace_back();
        appendRun(row, session);
        row.emplace_back(std::string(armInfo(condition.arm).id));
        row.emplace_back(std::string(scopeId(condition.scope)));
        const HeadRef head = condition.head.value_or(HeadRef{LayerIndex(0), HeadIndex(0)});
        append(row, indexIf(condition.scope != CausalScope::all, head.layer.value));
        append(row, indexIf(condition.scope == CausalScope::head, head.head.value));
        append(row, indexIf(condition.rank >= 0, condition.rank));
        append(row, condition.share > 0 ? std::optional(condition.share) : std::nullopt);
        append(row, armInfo(condition.arm).hasRank ? std::optional(condition.meanRank) : std::nullopt);
        appendNumbers(row, *session.causal, condition);
    }
}

void appendAttention(SessionTable& table, const Session& session) {
    for (const AttentionError& error : session.causal->attention)
        for (int layer = 0; layer < session.model.layers; ++layer)
            for (int head = 0; head < session.model.heads; ++head) {
                const auto numbers = numbersOf(session, error, {LayerIndex(layer), HeadIndex(head)});
                if (!numbers)
                    continue;
                Row& row = table.rows.emplace_back();
                appendRun(row, session);
                row.emplace_back(std::string(armInfo(error.arm).id));
                for (const int number : {error.rank, layer, head})
                    row.emplace_back(std::int64_t(number));
                for (const double number : {numbers->divergence, numbers->variation, numbers->output})
                    row.emplace_back(number);
            }
}

// Of a table: its cells as text.
class Cells {
public:
    explicit Cells(const SessionTable& table) : m_table(table) {}

    // "--" where there is none.
    std::string text(const Row& row, const char* column, int decimals = 3) const {
        const TableValue& value = at(row, column);
        if (const auto* whole = std::get_if<std::int64_t>(&value))
            return std::to_string(*whole);
        if (const auto* real = std::get_if<double>(&value)) {
            const std::string digits = fixedText(*real, decimals);
            return digits.starts_with('-') ? "−" + digits.substr(1) : digits;
        }
        const auto* words = std::get_if<std::string>(&value);
        return words ? *words : "--";
    }
    bool has(const Row& row, const char* column) const {
        return !std::holds_alternative<std::monostate>(at(row, column));
    }
    std::optional<double> real(const Row& row, const char* column) const {
        const auto* value = std::get_if<double>(&at(row, column));
        return value ? std::optional(*value) : std::nullopt;
    }
    bool any(const char* column) const {
        return std::ranges::any_of(m_table.rows, [&](const Row& row) { return has(row, column); });
    }
    // Whether rows differ in it.
    bool tells(const char* column) const {
        return std::ranges::any_of(
            m_table.rows, [&](const Row& row) { return text(row, column) != text(m_table.rows.front(), column); });
    }

private:
    const TableValue& at(const Row& row, const char* column) const {
        return row[std::size_t(std::ranges::find(m_table.columns, column) - m_table.columns.begin())];
    }

    const SessionTable& m_table;
};

struct RunColumn {
    const char *column, *label;
};
constexpr std::array runs{RunColumn{"model", "Model"}, RunColumn{"corpus", "Text"}, RunColumn{"control", "Control"},
                          RunColumn{"seed", "Seed"}, RunColumn{"window_length", "T"}};

// "8", "99 %: 38.8", "--" of an arm without ranks.
std::string rankCell(const Cells& cells, const Row& row) {
    if (cells.has(row, "rank"))
        return cells.text(row, "rank");
    if (!cells.has(row, "share"))
        return "--";
    const std::string percent = generalText(100 * cells.real(row, "share").value(), 6);
    return percent + " %: " + cells.text(row, "mean_rank", 1);
}

std::string deltaCell(const Cells& cells, const Row& row) {
    const std::string value = cells.text(row, "delta");
    return cells.has(row, "delta_low")
               ? value + " [" + cells.text(row, "delta_low") + ", " + cells.text(row, "delta_high") + "]"
               : value;
}

// The columns that tell runs and places apart, as far as they do.
std::vector<RunColumn> leadingColumns(const Cells& cells, bool ofConditions) {
    std::vector<RunColumn> leading;
    for (const RunColumn& run : runs)
        if (cells.tells(run.column))
            leading.push_back(run);
    leading.push_back({"arm", "Arm"});
    for (const RunColumn& place : {RunColumn{"layer", "Layer"}, RunColumn{"head", "Head"}})
        if (!ofConditions || cells.any(place.column))
            leading.push_back(place);
    return leading;
}

std::vector<std::string> notesOf(TableSessions sessions, bool ofConditions) {
    std::vector<std::string> notes;
    for (const Session* session : sessions)
        if (session->causal && !session->causal->loss.empty())
            notes.push_back(latexText(session->model.name) + " on " + latexText(session->corpus.name) + ", " +
                            counted(session->corpus.windows, "window") + " of " +
                            std::to_string(session->corpus.windowLength) + " tokens: unchanged loss " +
                            fixedText(session->causal->meanLoss(), 4) + " nats.");
    notes.push_back(
        ofConditions
            ? "Rank: components of the keys that every changed head keeps; of a share the mean over heads, each at its "
              "own. Rise: of the next-token loss in nats, mean over windows, in square brackets its 95 \\% interval. "
              "Recovered: share of the cost of rank 0 that is saved. KL: of the predictions, in nats. Top 1: share of "
              "positions with the same likeliest token."
            : "KL and TV: divergence (nats) and total variation of the attention, means over queries and windows. "
              "Output: error of what the head adds to the stream, relative.");
    for (const ArmInfo& info : armTable())
        if (std::ranges::any_of(sessions, [&](const Session* session) {
                return session->causal &&
                       std::ranges::count(session->causal->conditions, info.arm, &CausalCondition::arm) > 0;
            }))
            notes.push_back(latexText(info.id) + ": " + latexText(info.meaning) + ".");
    return notes;
}

}  // namespace

SessionTable causalTable(const Session& session, TableScope scope) {
    const bool ofConditions = scope == TableScope::condition;
    SessionTable table{{}, {}, runColumns()};
    for (ColumnDefinition& column : ofConditions ? conditionColumns() : attentionColumns()) {
        column.windows = column.unit == "nats" || column.unit == "1" ? session.corpus.windows : 0;
        table.definitions.push_back(std::move(column));
    }
    for (const ColumnDefinition& definition : table.definitions)
        table.columns.push_back(definition.column);
    if (session.causal && ofConditions)
        appendConditions(table, session);
    else if (session.causal)
        appendAttention(table, session);
    return table;
}

std::string causalLatexTable(TableSessions sessions, const TableRequest& request) {
    const bool ofConditions = request.scope == TableScope::condition;
    const SessionTable table = makeSessionTable(sessions, request);
    const Cells cells(table);
    const std::vector<RunColumn> leading = leadingColumns(cells, ofConditions);
    LatexGrid grid{{}, {}, notesOf(sessions, ofConditions), true};
    for (const RunColumn& column : leading)
        grid.columns.push_back(
            {.label = column.label, .leading = true, .words = column.column == std::string_view("arm")});
    for (const char* label : ofConditions ? std::vector{"Rank", "Rise", "Recovered", "KL", "Top 1"}
                                          : std::vector{"Rank", "KL", "TV", "Output"})
        grid.columns.push_back({.label = label});
    for (const Row& row : table.rows) {
        std::vector<std::string>& line = grid.rows.emplace_back();
        for (const RunColumn& column : leading)
            line.push_back(cells.text(row, column.column));
        line.push_back(rankCell(cells, row));
        if (ofConditions && !cells.has(row, "delta")) {
            line.emplace_back("not computed");
            continue;
        }
        if (ofConditions)
            line.push_back(deltaCell(cells, row));
        for (const char* column :
             ofConditions ? std::vector{"recovered", "kl", "top1"} : std::vector{"kl", "tv", "output_error"})
            line.push_back(cells.text(row, column));
    }
    return latexFile(sessions, grid, request);
}

}  // namespace rankscope
