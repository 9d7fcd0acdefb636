// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/session_intervals.h"

namespace rankscope {

std::vector<std::optional<Interval>> lengthIntervals(const Session& session, const GridChoice& choice) {
    std::vector<std::optional<Interval>> intervals;
    for (const Session* at : sessionsByLength(session))
        intervals.push_back(medianInterval(*at, choice.field, choice.measure));
    return intervals;
}

SessionIntervals intervalsOf(const Session& session, const GridChoice& choice, const Session* partner) {
    SessionIntervals result;
    result.windows = windowUncertainty(session, choice.field, choice.measure);
    result.layers = layerIntervals(session, choice.field, choice.measure);
    result.lengths = lengthIntervals(session, choice);
    result.bySeed = mediansBySeed(session, choice.field, choice.measure);
    if (partner && partner->has(choice.field))
        result.againstPartner = compareSessions(session, *partner, {{choice.field, false}, choice.measure});
    return result;
}

}  // namespace rankscope
