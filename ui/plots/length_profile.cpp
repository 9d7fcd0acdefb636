// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/length_profile.h"

#include <algorithm>
#include <limits>

#include "ui/text/text.h"

namespace rankscope {

LengthProfile makeLengthProfile(const Session& session, const GridChoice& choice, const ChartOptions& options,
                                const std::vector<std::optional<Interval>>& intervals) {
    LengthProfile profile;
    profile.measure = choice.measure;
    profile.valuesTitle = measureHtml(choice.measure);
    for (const Session* at : sessionsByLength(session))
        profile.lengths.push_back(at->corpus.windowLength);
    for (const auto& [quantity, variant] :
         {std::pair(GridQuantity::field, choice.field), std::pair(GridQuantity::interaction, choice.interaction)}) {
        LengthCurve curve{
            quantity, variantHtml(variant), variantName(variant), lengthProfile(session, variant, choice.measure), {}};
        if (quantity == GridQuantity::field && !intervals.empty())
            for (const LengthPoint& point : curve.points)
                curve.intervals.push_back(intervals[std::size_t(std::ranges::find(profile.lengths, point.windowLength) -
                                                                profile.lengths.begin())]);
        if (!options.baseline)
            for (LengthPoint& point : curve.points)
                point.baseline = std::numeric_limits<double>::quiet_NaN();
        if (!curve.points.empty())
            profile.curves.push_back(std::move(curve));
    }
    return profile;
}

std::vector<LengthHeadCurve> lengthHeadCurves(const Session& session, const GridChoice& choice,
                                              const std::vector<MarkedHead>& heads) {
    std::vector<LengthHeadCurve> curves;
    for (const MarkedHead& head : heads) {
        LengthHeadCurve curve{GridQuantity::field, head, {}, {}};
        for (const Session* at : sessionsByLength(session)) {
            if (const auto value = headValue(*at, choice.field, head.head, choice.measure)) {
                curve.lengths.push_back(at->corpus.windowLength);
                curve.values.push_back(value->median);
            }
        }
        if (!curve.values.empty())
            curves.push_back(std::move(curve));
    }
    return curves;
}

}  // namespace rankscope
