// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the next token costs when heads keep fewer directions of their keys: one curve per arm of the causal check.
// Pure functions; any thread.
#pragma once

#include <QString>
#include <optional>
#include <utility>
#include <vector>

#include "ui/plots/chart_model.h"
#include "ui/plots/chart_options.h"

namespace rankscope {

struct CausalChoice {
    CausalValue value = CausalValue::delta;
    bool logarithmic = false;  // heeded for values in nats
    CausalScope scope = CausalScope::all;
    std::optional<HeadRef> head{};  // whose layer or which head, where the scope is one
    std::vector<Arm> arms{};        // empty: all
};
CausalChoice causalChoice(const ChartOptions& options, std::optional<HeadRef> head, std::vector<Arm> arms = {});

struct CausalPoint {
    double rank = 0;  // a mean over heads where each has its own
    double value = 0;
    std::optional<Interval> interval{};
    double share = 0;  // > 0: each head at its own k of this share
    CausalNumbers numbers{};
    bool measured = true;  // false: the head size, which changes nothing
};

struct CausalCurve {
    Arm arm = Arm::field;
    std::vector<CausalPoint> ranks;      // ascending
    std::vector<CausalPoint> shares;     // ascending
    std::optional<CausalPoint> level{};  // of an arm without ranks
};

// A rank of the leading arm that is marked on the axis.
struct CausalMark {
    double rank = 0;
    std::string part;  // for tables
    QString text;
    bool ofSpectrum = false;
    bool reached = true;  // false: no measured rank is enough
};

struct CausalCurves {
    int headSize = 0;
    CausalValue value = CausalValue::delta;
    bool logarithmic = false;
    QString changed;                  // "all heads at once", "layer 3", "L03H02"
    std::vector<CausalCurve> curves;  // those that have something, in the order of the table of arms
    std::optional<Arm> leading;       // whose ranks are named: the first one with a spectrum
    std::vector<CausalMark> marks;    // of it, where all heads are changed
    QString hint;                     // why there are no curves
};

CausalCurves makeCausalCurves(const Session& session, const CausalChoice& choice);
ChartModel causalChart(const CausalCurves& curves);

// "Δ loss", "KL(unchanged ‖ changed)", …
QString causalValueName(CausalValue value);

// "12 of 40 conditions"; empty where all are computed.
QString progressText(const CausalCheck& check);

}  // namespace rankscope
