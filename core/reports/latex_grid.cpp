// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reports/latex_grid.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <utility>

#include "core/base/number_text.h"
#include "core/base/utf8.h"
#include "core/reports/session_table.h"

namespace rankscope {
namespace {

constexpr char32_t firstLatin = 0xa1, lastLatin = 0x17f;  // Latin-1 and Latin Extended-A: inputenc knows them

// A character that is no command: itself where fonts have it, else its code point. A stray byte is "?".
std::string plainCharacter(std::string_view text, std::size_t length) {
    if (length == 1)
        return static_cast<unsigned char>(text[0]) >= 0x20 && text[0] < 0x7f ? std::string(text.substr(0, 1)) : "?";
    const char32_t codePoint = utf8CodePoint(text, 0, length);
    if (codePoint >= firstLatin && codePoint <= lastLatin)
        return std::string(text.substr(0, length));
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(codePoint));
    return name.data();
}

// Size of text, of the space beside a column, in points: the first in which all fits, else the last, cut.
struct Setting {
    double size, separation;
};
constexpr std::array settings{Setting{9, 4}, Setting{8, 3}};

constexpr double noteSize = 8, lineHeight = 1.2;
constexpr double optical = 1.0625;   // ems of Computer Modern at 8 pt: small sizes are wider than their name
constexpr double mostWords = 0.3;    // of the width, for a column of words
constexpr double mostHeading = 0.3;  // of the width, for a heading of one column; longer ones have several lines

// Of Computer Modern at 10 pt, in 1/1000 em: the character that is widest of each kind.
double characterWidth(char c) {
    constexpr std::string_view narrow = "fijlrtsI.,:;!'|()[]{}-` ", wide = "mwMW%@&+=<>#~^";
    if (narrow.find(c) != std::string_view::npos)
        return 0.4;
    if (wide.find(c) != std::string_view::npos)
        return c == 'W' ? 1.03 : 0.92;
    return c >= 'A' && c <= 'Z' ? 0.79 : c == '_' ? 0.4 : 0.56;
}

// Columns that lie side by side in one of the tables, by their numbers.
using Part = std::vector<std::size_t>;

class Layout {
public:
    Layout(const LatexGrid& grid, double width) : m_grid(grid), m_width(width) {
        for (const Setting& setting : settings) {
            m_setting = setting;
            measure();
            cut();
            if (m_parts.size() == 1)
                return;
        }
    }

    std::string text() const {
        std::string text;
        for (const Part& part : m_parts)
            text += table(part);
        return "{\\fontsize{" + number(m_setting.size) + "}{" + number(m_setting.size * lineHeight) +
               "}\\selectfont\\setlength{\\tabcolsep}{" + number(m_setting.separation) + "pt}%\n" + text + "}\n";
    }

private:
    static std::string number(double value) { return generalText(value, 5); }

    double em() const { return m_setting.size * optical; }
    double widthOf(const std::string& text) const { return latexWidth(text) * em(); }

    // The natural widths of the columns; of words no more than their share.
    void measure() {
        m_widths.assign(m_grid.columns.size(), 0);
        m_saying = 0;
        for (const auto& row : m_grid.rows)
            if (row.size() < m_grid.columns.size()) {
                m_saying = std::max(m_saying, widthOf(row.back()) + 2 * m_setting.separation);
                m_firstSaid = row.size() - 1;
            }
        for (std::size_t i = 0; i < m_widths.size(); ++i) {
            m_widths[i] = std::min(widthOf(m_grid.columns[i].label), mostHeading * m_width);
            for (const auto& row : m_grid.rows)
                if (i < row.size() && (i + 1 < row.size() || row.size() == m_grid.columns.size()))
                    m_widths[i] = std::max(m_widths[i], widthOf(row[i]));
            if (m_grid.columns[i].words)
                m_widths[i] = std::max(std::min(m_widths[i], mostWords * m_width), widthOf(m_grid.columns[i].label));
        }
        narrowWords();
    }

    // Words make room for the widest column that stands alone behind the leading ones.
    void narrowWords() {
        Part leading;
        double widest = m_saying;
        for (std::size_t i = 0; i < m_widths.size(); ++i)
            if (m_grid.columns[i].leading)
                leading.push_back(i);
            else
                widest = std::max(
                    {widest, m_widths[i] + 2 * m_setting.separation, headingWidth(i) + 2 * m_setting.separation});
        double excess = widest - m_width;
        for (const std::size_t i : leading)
            excess += m_widths[i] + 2 * m_setting.separation;
        for (const std::size_t i : leading)
            if (m_grid.columns[i].words && excess > 0) {
                const double narrowed = std::max(widthOf(m_grid.columns[i].label), m_widths[i] - excess);
                excess -= m_widths[i] - narrowed;
                m_widths[i] = narrowed;
            }
    }

    // With what a heading over several columns asks for.
    double widthOf(const Part& part) const {
        double width = 0, saying = m_saying;
        for (std::size_t i = 0; i < part.size();) {
            const std::size_t end = endOfGroup(part, i);
            double inside = 0;
            for (std::size_t j = i; j < end; ++j)
                inside += m_widths[part[j]] + 2 * m_setting.separation;
            if (part[i] < m_firstSaid)
                saying += inside;
            width += std::max(inside, headingWidth(part[i]) + 2 * m_setting.separation);
            i = end;
        }
        return std::max(width, saying);
    }

    double headingWidth(std::size_t column) const {
        return std::min(widthOf(m_grid.columns[column].group), mostHeading * m_width);
    }

    // On several lines where it is longer than it may be and than what it stands over.
    std::string headingOf(const Part& part, std::size_t from, std::size_t end) const {
        const std::string& group = m_grid.columns[part[from]].group;
        double inside = -2 * m_setting.separation;
        for (std::size_t i = from; i < end; ++i)
            inside += m_widths[part[i]] + 2 * m_setting.separation;
        const double room = std::max(inside, headingWidth(part[from]));
        return widthOf(group) <= room
                   ? latexText(group)
                   : "\\parbox[b]{" + number(room) + "pt}{\\centering " + latexText(group) + "\\strut}";
    }

    std::size_t endOfGroup(const Part& part, std::size_t from) const {
        std::size_t end = from + 1;
        const std::string& group = m_grid.columns[part[from]].group;
        while (!group.empty() && end < part.size() && m_grid.columns[part[end]].group == group)
            ++end;
        return end;
    }

    // Groups stay together where one fits.
    void cut() {
        Part leading, all;
        for (std::size_t i = 0; i < m_grid.columns.size(); ++i)
            (m_grid.columns[i].leading ? leading : all).push_back(i);
        m_parts.assign(1, leading);
        for (std::size_t i = 0; i < all.size();) {
            const std::size_t end = endOfGroup(all, i);
            Part group(all.begin() + std::ptrdiff_t(i), all.begin() + std::ptrdiff_t(end));
            if (!fits(leading, group))
                group.resize(1);
            if (m_parts.back().size() > leading.size() && !fits(m_parts.back(), group))
                m_parts.push_back(leading);
            m_parts.back().insert(m_parts.back().end(), group.begin(), group.end());
            i += group.size();
        }
    }

    bool fits(Part part, const Part& more) const {
        part.insert(part.end(), more.begin(), more.end());
        return widthOf(part) <= m_width;
    }

    std::string table(const Part& part) const {
        std::string columns;
        for (const std::size_t i : part)
            columns += m_grid.columns[i].words ? "p{" + number(m_widths[i]) + "pt}" : "r";
        // Without the space at both ends: what is estimated has it, as a reserve.
        const std::string declaration = "{@{}" + columns + "@{}}\n", name = m_grid.longtable ? "longtable" : "tabular";
        std::string text = m_grid.longtable ? "" : "\\noindent";
        text += "\\begin{" + name + "}" + declaration + heading(part);
        text += m_grid.longtable ? "\\endhead\n\\bottomrule\n\\endfoot\n" : "";
        for (const auto& row : m_grid.rows)
            text += line(part, row);
        text += m_grid.longtable ? "" : "\\bottomrule\n";
        return text + "\\end{" + name + "}\n" + (m_grid.longtable ? "" : "\\par\\medskip\n");
    }

    std::string heading(const Part& part) const {
        std::string groups, rules, labels;
        for (std::size_t i = 0; i < part.size();) {
            const std::size_t end = endOfGroup(part, i);
            const std::string& group = m_grid.columns[part[i]].group;
            groups += i > 0 ? " & " : "";
            if (!group.empty()) {
                groups += "\\multicolumn{" + std::to_string(end - i) + "}{c}{" + headingOf(part, i, end) + "}";
                rules += "\\cmidrule(lr){" + std::to_string(i + 1) + "-" + std::to_string(end) + "}";
            }
            i = end;
        }
        for (std::size_t i = 0; i < part.size(); ++i)
            labels += (i > 0 ? " & " : "") + inItsWidth(part[i], labelOf(m_grid.columns[part[i]]));
        return "\\toprule\n" + (rules.empty() ? std::string() : groups + " \\\\\n" + rules + "\n") + labels +
               " \\\\\n\\midrule\n";
    }

    // Pages of a longtable know the widths of each other's columns, but not that a heading needs room over several of
    // them only where they are narrow: the labels give each its width.
    std::string inItsWidth(std::size_t column, const std::string& label) const {
        if (widthOf(m_grid.columns[column].label) > m_widths[column])
            return "\\parbox[b]{" + number(m_widths[column]) + "pt}{\\raggedleft " + label + "\\strut}";
        return m_grid.longtable && !m_grid.columns[column].words
                   ? "\\makebox[" + number(m_widths[column]) + "pt][r]{" + label + "}"
                   : label;
    }

    // Symbols are in italics.
    static std::string labelOf(const LatexColumn& column) {
        if (column.label == "T")
            return "$T$";
        return column.label == "d_h" ? "$d_h$" : latexText(column.label);
    }

    std::string line(const Part& part, const std::vector<std::string>& row) const {
        std::string text;
        const bool whole = row.size() == m_grid.columns.size();
        for (std::size_t i = 0; i < part.size(); ++i) {
            text += i > 0 ? " & " : "";
            if (!whole && part[i] + 1 >= row.size()) {
                text += "\\multicolumn{" + std::to_string(part.size() - i) + "}{l}{" + latexText(row.back()) + "}";
                break;
            }
            const std::string& cell = row[part[i]];
            text += m_grid.columns[part[i]].words ? "\\raggedright " + latexBreakable(cell, m_widths[part[i]] / em())
                                                  : latexText(cell);
        }
        return text + " \\\\\n";
    }

    const LatexGrid& m_grid;
    const double m_width;
    Setting m_setting{};
    double m_saying = 0;  // the widest of what a row says in the place of its numbers
    std::size_t m_firstSaid = 0;
    std::vector<double> m_widths;
    std::vector<Part> m_parts;
};

}  // namespace

std::string latexText(std::string_view text) {
    constexpr auto replacements =
        std::to_array<std::pair<std::string_view, std::string_view>>({{"W_QᵀW_K", "$W_Q^\\top W_K$"},
                                                                      {"W_Q", "$W_Q$"},
                                                                      {"W_K", "$W_K$"},
                                                                      {"Ẽ", "$\\tilde{E}$"},
                                                                      {"⁻²³", "$^{-23}$"},
                                                                      {"²", "$^2$"},
                                                                      {"³", "$^3$"},
                                                                      {"⁴", "$^4$"},
                                                                      {"₁", "$_1$"},
                                                                      {"ᵢ", "$_i$"},
                                                                      {"ᵣ", "$_r$"},
                                                                      {"ᵀ", "$^\\top$"},
                                                                      {"Σ", "$\\Sigma$"},
                                                                      {"σ", "$\\sigma$"},
                                                                      {"τ", "$\\tau$"},
                                                                      {"ε", "$\\varepsilon$"},
                                                                      {"·", "$\\cdot$"},
                                                                      {"×", "$\\times$"},
                                                                      {"≤", "$\\leq$"},
                                                                      {"≥", "$\\geq$"},
                                                                      {"−", "$-$"},
                                                                      {"‖", "$\\Vert$"},
                                                                      {"–", "--"},
                                                                      {"…", "\\dots{}"},
                                                                      {"“", "``"},
                                                                      {"”", "''"},
                                                                      {"₉", "$_9$"},
                                                                      {"₀", "$_0$"},
                                                                      {"\\", "\\textbackslash{}"},
                                                                      {"{", "\\{"},
                                                                      {"}", "\\}"},
                                                                      {"$", "\\$"},
                                                                      {"&", "\\&"},
                                                                      {"#", "\\#"},
                                                                      {"%", "\\%"},
                                                                      {"_", "\\_"},
                                                                      {"^", "\\textasciicircum{}"},
                                                                      {"~", "\\textasciitilde{}"},
                                                                      {"\n", " "}});
    std::string result;
    while (!text.empty()) {
        const auto found = std::ranges::find_if(replacements, [&](const auto& r) { return text.starts_with(r.first); });
        if (found != replacements.end()) {
            result += found->second;
            text.remove_prefix(found->first.size());
        } else {
            const std::size_t length = std::max<std::size_t>(1, utf8SequenceLength(text, 0));
            result += plainCharacter(text, length);
            text.remove_prefix(length);
        }
    }
    return result;
}

double latexWidth(std::string_view text) {
    constexpr std::array symbols{std::pair(std::string_view("W_QᵀW_K"), 3.6), std::pair(std::string_view("–"), 0.5)};
    double width = 0;
    while (!text.empty()) {
        const auto symbol = std::ranges::find_if(symbols, [&](const auto& row) { return text.starts_with(row.first); });
        if (symbol != symbols.end()) {
            width += symbol->second;
            text.remove_prefix(symbol->first.size());
            continue;
        }
        const std::size_t length = std::max<std::size_t>(1, utf8SequenceLength(text, 0));
        const std::string shown = length > 1 ? latexText(text.substr(0, length)) : std::string();
        if (length == 1)
            width += characterWidth(text.front());
        else if (shown.starts_with("U+"))  // a code point that fonts lack
            for (const char c : shown)
                width += characterWidth(c);
        else
            width += 0.92;
        text.remove_prefix(length);
    }
    return width;
}

std::string latexBreakable(std::string_view text, double ems) {
    std::string result;
    double run = 0;  // since the last place to break
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = std::max<std::size_t>(1, utf8SequenceLength(text, at));
        const std::string_view character = text.substr(at, length);
        if (run > 0 && run + latexWidth(character) > ems) {
            result += "\\allowbreak{}";
            run = 0;
        }
        result += latexText(character);
        run += latexWidth(character);
        at += length;
        if (character == " ")
            run = 0;
        else if (at < text.size() && std::string_view("-_./:,").find(character) != std::string_view::npos) {
            result += "\\allowbreak{}";
            run = 0;
        }
    }
    return result;
}

std::string latexOf(const LatexGrid& grid, double widthPt) {
    std::string notes;
    for (const std::string& note : grid.notes)
        notes += (notes.empty() ? "" : " ") + note;
    return Layout(grid, widthPt).text() + "{\\fontsize{" + generalText(noteSize, 3) + "}{" +
           generalText(noteSize * lineHeight, 3) + "}\\selectfont\\raggedright\\noindent " + notes + "\\par}\n";
}

}  // namespace rankscope
