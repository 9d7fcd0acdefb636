// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The 95 % intervals of a summary's medians, beside them in a table. Pure functions; any thread.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/numbers/uncertainty.h"
#include "core/reports/session_table.h"

namespace rankscope {

// Intervals of one session's medians over heads, computed once for all rows that ask.
class IntervalColumns {
public:
    IntervalColumns(const Session& session, std::span<const MeasureChoice> measures)
        : m_session(session), m_measures(measures) {}

    // Whether the numbers of a column are taken over windows, so that a summary has intervals of them.
    bool isFor(const ColumnDefinition& definition) const { return choiceOf(definition).has_value(); }

    // Of the median over the heads of `layer`, or of all of them. A gap has one over all heads only.
    std::optional<Interval> of(const ColumnDefinition& definition, const Session& at, std::optional<int> layer);

private:
    struct Choice {
        Variant variant;
        MeasureChoice measure;
        bool gap;
    };
    struct Known {
        std::optional<Interval> median, gap;
        std::vector<std::optional<Interval>> layers;
    };
    std::optional<Choice> choiceOf(const ColumnDefinition& definition) const;

    const Session& m_session;
    const std::span<const MeasureChoice> m_measures;
    std::map<std::string, Known> m_known;  // by window length, variant and measure
};

}  // namespace rankscope
