// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Cells as LaTeX tables of a given width, with booktabs rules. Widths are estimated from above for Computer Modern, the
// widest of the usual text fonts, so that no box is overfull; what does not fit side by side is cut into several tables
// that repeat the leading columns. Pure functions; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/reports/session_table.h"

namespace rankscope {

struct LatexColumn {
    std::string group{};  // heading over neighbours that share it; plain text, as label and cells; empty: none
    std::string label{};
    bool leading = false;  // repeated in front of every part
    bool words = false;    // set to the left, and broken over lines where it is long
};

struct LatexGrid {
    std::vector<LatexColumn> columns;            // the leading ones first
    std::vector<std::vector<std::string>> rows;  // a cell each; a row that ends before its last column says one thing
                                                 // over all that are left: "failed"
    std::vector<std::string> notes;              // sentences below the tables, in LaTeX
    bool longtable = false;                      // breaks over pages
};

// The tables, then the notes. Width in TeX points of 1/72.27 inch.
std::string latexOf(const LatexGrid& grid, double widthPt);

// With comments above that say what it needs and which sessions it is of.
std::string latexFile(std::span<const Session* const> sessions, const LatexGrid& grid, const TableRequest& request);

// What `text` takes at most, in ems of its font.
double latexWidth(std::string_view text);

// `text` as LaTeX with places where a long name may be broken: behind its punctuation, and wherever `ems` are full.
std::string latexBreakable(std::string_view text, double ems);

}  // namespace rankscope
