// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reports/interval_columns.h"

namespace rankscope {

std::optional<IntervalColumns::Choice> IntervalColumns::choiceOf(const ColumnDefinition& definition) const {
    const auto variant = variantFromId(definition.variant);
    if (!variant || !variantInfo(*variant).perWindow)
        return std::nullopt;
    for (const MeasureChoice& measure : m_measures)
        for (const bool gap : {false, true})
            if (definition.series == (gap ? "gap_" : "") + columnName(measure))
                return Choice{*variant, measure, gap};
    return std::nullopt;
}

std::optional<Interval> IntervalColumns::of(const ColumnDefinition& definition, const Session& at,
                                            std::optional<int> layer) {
    const auto choice = choiceOf(definition);
    if (!choice || !whyNoIntervals(at.corpus).empty() || (choice->gap && layer))
        return std::nullopt;
    const std::string key = std::to_string(at.corpus.windowLength) + " " +
                            std::string(variantInfo(choice->variant).id) + " " + choice->measure.id();
    const auto [found, isNew] = m_known.try_emplace(key);
    Known& known = found->second;
    if (isNew && layer) {
        known.layers = layerIntervals(at, choice->variant, choice->measure);
    } else if (isNew) {
        const WindowUncertainty windows = windowUncertainty(at, choice->variant, choice->measure, &m_session);
        if (windows.field)
            known.median = windows.field->median;
        if (windows.gap)
            known.gap = windows.gap->median;
    }
    if (layer)
        return known.layers[static_cast<std::size_t>(*layer)];
    return choice->gap ? known.gap : known.median;
}

}  // namespace rankscope
