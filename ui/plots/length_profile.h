// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How effective rank grows with the window length, for sessions with a sweep over it. Pure functions; any thread.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "ui/plots/chart_model.h"
#include "ui/plots/chart_options.h"
#include "ui/viewmodels/selection.h"

namespace rankscope {

// All heads of a model at each window length.
struct LengthCurve {
    GridQuantity quantity = GridQuantity::field;  // or interaction, the same at every length
    std::string matrix;                           // for tables
    QString title, plainTitle;
    std::vector<LengthPoint> points;                   // ascending window lengths; baselines NaN where switched off
    std::vector<std::optional<Interval>> intervals{};  // of each point's median, over windows; empty: not known
};

// One head's own numbers.
struct LengthHeadCurve {
    std::string matrix;  // for tables; a variant of the field
    MarkedHead head;
    std::vector<double> lengths, values;
};

struct LengthProfile {
    MeasureChoice measure{};
    QString valuesTitle;       // rich text, of the vertical axis
    std::vector<int> lengths;  // ascending
    std::vector<LengthCurve> curves;
    std::vector<LengthHeadCurve> heads;

    bool swept() const { return lengths.size() > 1; }
};

// `intervals`: lengthIntervals() of the field, empty where they are not known.
LengthProfile makeLengthProfile(const Session& session, const GridChoice& choice, const ChartOptions& options,
                                const std::vector<std::optional<Interval>>& intervals = {});

// The field of these heads at every length that has it; the weights of a head do not depend on the length.
std::vector<LengthHeadCurve> lengthHeadCurves(const Session& session, const GridChoice& choice,
                                              const std::vector<MarkedHead>& heads);

// Medians over heads with quartiles and range, the weights as level lines, the Gaussian baseline, the heads' own
// curves.
ChartModel lengthChart(const LengthProfile& profile);

}  // namespace rankscope
