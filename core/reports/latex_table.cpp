// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sessions as a table for a paper: what the cells and the note say. latex_grid.h lays them out.
#include <algorithm>
#include <array>
#include <set>

#include "core/base/number_text.h"
#include "core/numbers/uncertainty.h"
#include "core/reports/latex_grid.h"
#include "core/reports/session_table.h"
#include "core/session/variant_heads.h"

namespace rankscope {
namespace {

constexpr double longestWord = 12;  // of a note, in ems, before it may be broken
constexpr std::size_t listedReasons = 10;

// A column that tells rows apart: shown where it does, else in the note.
struct Identity {
    const char* column;
    const char* label;     // of the column
    const char* note;      // in front of the value; null: always a column
    bool ofRun;            // in one column with the others that tell runs apart
    bool leading = false;  // repeated where a table is cut
};
constexpr std::array identities{
    Identity{"model", "Model", "Model: ", true, true},
    Identity{"corpus", "Text", "Text: ", true, true},
    Identity{"control", "Control", "Control: ", true, true},
    Identity{"seed", "Seed", "Seed: ", true, true},
    Identity{"window_length", "T", nullptr, false, true},
    Identity{"layer", "Layer", nullptr, false, true},
    Identity{"head", "Head", nullptr, false, true},
    Identity{"kv_head", "KV head", nullptr, false},
    Identity{"windows", "Windows", "Windows: ", false},
    Identity{"bos", "BOS", "BOS: ", false},
    Identity{"head_size", "d_h", "Head size: ", false},
    Identity{"loss", "Loss", "Next-token loss (nats): ", false},
    Identity{"layers", "Layers", "Layers: ", false},
    Identity{"heads", "Heads", nullptr, false},
};

// Numbers of one matrix and measure, or of a gap.
struct Numbers {
    std::string group, label;
    std::string column;  // COLUMN_median, _min and _max of the table, or COLUMN itself
};

class Wide {
public:
    explicit Wide(SessionTable table) : m_table(std::move(table)) {}

    const std::vector<std::vector<TableValue>>& rows() const { return m_table.rows; }
    bool has(const std::string& column) const { return std::ranges::count(m_table.columns, column) > 0; }

    const TableValue& at(const std::vector<TableValue>& row, const std::string& column) const {
        static const TableValue nothing;
        const auto found = std::ranges::find(m_table.columns, column);
        return found == m_table.columns.end() ? nothing : row[std::size_t(found - m_table.columns.begin())];
    }

    // "--" where there is none.
    std::string text(const std::vector<TableValue>& row, const std::string& column) const {
        const TableValue& value = at(row, column);
        if (const auto* whole = std::get_if<std::int64_t>(&value))
            return std::to_string(*whole);
        if (const auto* real = std::get_if<double>(&value))
            return column == "loss" ? fixedText(*real, 2) : rankText(*real);
        const auto* words = std::get_if<std::string>(&value);
        return words ? *words : "--";
    }

    // "12 (4–26)"; the range only where it is one.
    std::string numbers(const std::vector<TableValue>& row, const std::string& column) const {
        const bool spread = has(column + "_median");
        std::string median = text(row, spread ? column + "_median" : column);
        const TableValue &least = at(row, column + "_min"), &most = at(row, column + "_max");
        if (!spread || median == "--")
            return median;
        const std::string low = text(row, column + "_interval_low"), high = text(row, column + "_interval_high");
        const std::string interval = low == "--" ? "" : " [" + low + ", " + high + "]";
        if (least == most)
            return median + interval;
        return median + interval + " (" + text(row, column + "_min") + "–" + text(row, column + "_max") + ")";
    }

    // The values that are there.
    std::set<std::string> distinct(const std::string& column) const {
        std::set<std::string> values;
        for (const auto& row : m_table.rows)
            if (const std::string value = text(row, column); value != "--")
                values.insert(value);
        return values;
    }

private:
    SessionTable m_table;
};

// The variants that any of the sessions holds, in the order of their table.
std::vector<VariantInfo> variantsOf(TableSessions sessions, const TableRequest& request) {
    std::vector<VariantInfo> variants;
    for (const VariantInfo& info : variantTable())
        if (std::ranges::any_of(sessions, [&](const Session* session) {
                return std::ranges::count(storedVariants(*session, request.variants), info.variant,
                                          &VariantInfo::variant) > 0;
            }))
            variants.push_back(info);
    return variants;
}

std::vector<Variant> gapsOf(TableSessions sessions, const TableRequest& request) {
    std::set<Variant> fields;
    for (const Session* session : sessions)
        for (const Variant field : gapFields(*session, request.variants))
            fields.insert(field);
    return {fields.begin(), fields.end()};
}

std::string gapName(Variant field) {
    return field == Variant::field ? "Gap" : "Gap of " + std::string(variantInfo(field).label);
}

// Of several sessions a baseline stands beside its matrix; of one in the note.
std::vector<Numbers> numbersOf(TableSessions sessions, const TableRequest& request, const Wide& wide) {
    std::vector<Numbers> all;
    for (const VariantInfo& info : variantsOf(sessions, request))
        for (const MeasureChoice& measure : request.measures) {
            const std::string column = std::string(info.id) + "_" + columnName(measure);
            all.push_back({std::string(info.label), measure.label(), column});
            if (sessions.size() > 1 && wide.has(column + "_baseline"))
                all.push_back({std::string(info.label), "Gauss", column + "_baseline"});
        }
    for (const Variant field : gapsOf(sessions, request))
        for (const MeasureChoice& measure : request.measures) {
            all.push_back({gapName(field), measure.label(), gapColumnName(field, measure)});
            if (request.scope == TableScope::model && !wide.distinct(gapColumnName(field, measure) + "_noise").empty())
                all.push_back({gapName(field), "noise", gapColumnName(field, measure) + "_noise"});
        }
    return all;
}

std::vector<Identity> shownIdentities(const Wide& wide) {
    std::vector<Identity> shown;
    for (const Identity& identity : identities)
        if (wide.has(identity.column) && (!identity.note || wide.distinct(identity.column).size() > 1))
            shown.push_back(identity);
    return shown;
}

// "SmolLM2, shuffled, seed 3": those of the first column.
std::string runText(const Wide& wide, const std::vector<TableValue>& row, const std::vector<Identity>& shown) {
    std::string text;
    for (const Identity& identity : shown) {
        const std::string value = identity.ofRun ? wide.text(row, identity.column) : std::string();
        const bool seed = identity.column == std::string_view("seed"), written = value == "none";
        const bool idle = seed && wide.text(row, "control") == "none";  // only the baseline's
        if (!value.empty() && !idle)
            text += (text.empty() ? "" : ", ") + (seed ? "seed " : std::string()) + (written ? "as written" : value);
    }
    return text;
}

// The heading of that column: what it holds, if that is one thing.
std::string runLabel(const std::vector<Identity>& shown) {
    const auto count = std::ranges::count(shown, true, &Identity::ofRun);
    return count == 1 ? std::ranges::find(shown, true, &Identity::ofRun)->label : count > 1 ? "Run" : "";
}

// What a run is called stands in the first of its rows.
void nameOnce(LatexGrid& grid) {
    for (std::size_t row = grid.rows.size(); row-- > 1;)
        if (grid.rows[row].front() == grid.rows[row - 1].front())
            grid.rows[row].front().clear();
}

// A head that has no numbers says why, once.
std::vector<std::string> rowOf(const Wide& wide, const std::vector<TableValue>& row, const std::vector<Identity>& shown,
                               const std::vector<Numbers>& numbers) {
    std::vector<std::string> cells;
    if (!runLabel(shown).empty())
        cells.push_back(runText(wide, row, shown));
    for (const Identity& identity : shown)
        if (!identity.ofRun)
            cells.push_back(wide.text(row, identity.column));
    if (wide.has("status") && wide.text(row, "status") != "done") {
        cells.push_back(wide.text(row, "status"));
        return cells;
    }
    for (const Numbers& number : numbers)
        cells.push_back(wide.numbers(row, number.column));
    return cells;
}

// "Text: a.txt. Windows: 8.": what all rows share.
std::string sharedNote(const Wide& wide) {
    std::string note;
    for (const Identity& identity : identities) {
        const std::set<std::string> values =
            identity.note && wide.has(identity.column) ? wide.distinct(identity.column) : std::set<std::string>();
        if (values.size() == 1 && !(identity.column == std::string_view("control") && *values.begin() == "none"))
            note +=
                (note.empty() ? "" : "; ") + std::string(identity.note) + latexBreakable(*values.begin(), longestWord);
    }
    return note.empty() ? note : note + ".";
}

// "k90 of Ẽ 25 at T = 64, 52 at T = 512": empty where there is none.
std::string baselineText(const Session& session, const VariantInfo& info, const MeasureChoice& measure) {
    std::string text;
    for (const Session* at : sessionsByLength(session))
        if (const auto value = info.perWindow ? baselineValue(*at, info.variant, measure) : std::nullopt)
            text += (text.empty() ? " " : ", ") + rankText(*value) +
                    " at $T = " + std::to_string(at->corpus.windowLength) + "$";
    if (const auto value = baselineValue(session, info.variant, measure); value && !info.perWindow)
        text = " " + rankText(*value);
    return text.empty() ? text : latexText(measure.label()) + " of " + latexText(info.label) + text;
}

std::string baselineNote(TableSessions sessions, const TableRequest& request) {
    const std::string rule = "Gaussian baseline (" + latexText(gaussianBaselineRule());
    if (sessions.size() > 1)
        return "Gauss: " + rule + ").";
    std::string baselines;
    for (const VariantInfo& info : variantsOf(sessions, request))
        for (const MeasureChoice& measure : request.measures)
            if (const std::string text = baselineText(*sessions.front(), info, measure); !text.empty())
                baselines += (baselines.empty() ? "" : "; ") + text;
    const std::string seed = std::to_string(sessions.front()->corpus.seed);
    return baselines.empty() ? baselines : rule + ", seed " + seed + "): " + baselines + ".";
}

std::string windowsNote(TableSessions sessions, TableScope scope) {
    const int windows = sessions.front()->corpus.windows;
    const bool same = std::ranges::all_of(sessions, [&](const Session* s) { return s->corpus.windows == windows; });
    const std::string over = same ? counted(windows, "window") : "its windows";
    const bool one = same && windows == 1;
    if (scope == TableScope::head)
        return one ? "Numbers of 1 window." : "Medians over " + over + " (range).";
    const bool intervals =
        std::ranges::any_of(sessions, [](const Session* s) { return whyNoIntervals(s->corpus).empty(); });
    return "Medians over heads (range) of each head's " + (one ? "number in 1 window." : "median over " + over + ".") +
           (intervals ? " In square brackets: 95 % interval of the median, with other windows of the text." : "");
}

// Why heads have failed, as far as a note can hold it.
std::string failureNote(const Wide& wide) {
    std::string note;
    std::size_t count = 0;
    for (const auto& row : wide.rows()) {
        const auto* reason = std::get_if<std::string>(&wide.at(row, "reason"));
        if (!reason || ++count > listedReasons)
            continue;
        note += (note.empty() ? "Failed: " : "; ") + std::string("layer ") + wide.text(row, "layer") + ", head " +
                wide.text(row, "head") + ": " + latexText(*reason);
    }
    if (count > listedReasons)
        note += "; and " + std::to_string(count - listedReasons) + " more";
    return note.empty() ? note : note + ".";
}

std::vector<std::string> notesOf(TableSessions sessions, const TableRequest& request, const Wide& wide) {
    std::vector<std::string> notes{sharedNote(wide), "$T$: window length in tokens.",
                                   windowsNote(sessions, request.scope)};
    for (const MeasureChoice& measure : request.measures)
        notes.push_back(latexText(measure.label()) + ": " + latexText(measure.formula()) + ".");
    for (const VariantInfo& info : variantsOf(sessions, request))
        notes.push_back(latexText(info.label) + ": " + latexText(info.formula) + ".");
    for (const Variant field : gapsOf(sessions, request))
        notes.push_back(latexText(gapName(field)) + ": " + latexText(variantInfo(interactionFor(field)).label) + " / " +
                        latexText(variantInfo(field).label) + ".");
    notes.push_back(baselineNote(sessions, request));
    notes.push_back(failureNote(wide));
    std::erase(notes, std::string());
    return notes;
}

}  // namespace

std::string latexTable(TableSessions sessions, const TableRequest& request) {
    if (isOfCausalCheck(request.scope))
        return causalLatexTable(sessions, request);
    const Wide wide(makeSessionTable(sessions, request));
    const std::vector<Identity> shown = shownIdentities(wide);
    const std::vector<Numbers> numbers = numbersOf(sessions, request, wide);
    LatexGrid grid;
    if (const std::string label = runLabel(shown); !label.empty())
        grid.columns.push_back({.label = label, .leading = true, .words = true});
    for (const Identity& identity : shown)
        if (!identity.ofRun)
            grid.columns.push_back({.label = identity.label, .leading = identity.leading});
    for (const Numbers& number : numbers)
        grid.columns.push_back({.group = number.group, .label = number.label});
    for (const auto& row : wide.rows())
        grid.rows.push_back(rowOf(wide, row, shown, numbers));
    grid.notes = notesOf(sessions, request, wide);
    grid.longtable = request.scope != TableScope::model;
    if (!grid.longtable && !runLabel(shown).empty())
        nameOnce(grid);
    return latexFile(sessions, grid, request);
}

std::string latexFile(TableSessions sessions, const LatexGrid& grid, const TableRequest& request) {
    constexpr double pointsInMm = 72.27 / 25.4;
    std::string text = std::string("% needs \\usepackage{booktabs") + (grid.longtable ? ",longtable" : "") + "}\n";
    for (const Session* session : sessions)
        text += "% " + latexText(session->model.name) + ", " + latexText(session->corpus.name) + ", " +
                counted(session->corpus.windows, "window") + " of " + std::to_string(session->corpus.windowLength) +
                " tokens, control " + latexText(controlId(session->corpus)) + "\n";
    return text + latexOf(grid, request.widthMm * pointsInMm);
}

}  // namespace rankscope
