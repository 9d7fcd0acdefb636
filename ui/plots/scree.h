// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scree curves as data, made from a session by pure functions.
#pragma once

#include <QString>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "core/measures/degenerate_runs.h"
#include "ui/plots/chart_model.h"
#include "ui/plots/chart_options.h"

namespace rankscope {

enum class ScreeQuantity { share, cumulative, sigma };  // p_i, p_1 + … + p_r, σ_i
enum class CurveRole { field, interaction };            // decides the colour: Ẽ blue, W_QᵀW_K vermilion

// One head, the median over heads with a quartile band, or the Gaussian baseline.
enum class CurveScope { head, median, baseline };

// What the read-out says of a component besides the chosen quantity; [components] each.
struct ScreeNumbers {
    std::vector<double> share, cumulative, sigma;  // means over windows
};

struct ScreeCurve {
    CurveRole role = CurveRole::field;
    CurveScope scope = CurveScope::head;
    HeadRef head;                      // of a head's curve
    int order = 0;                     // of a head's curve: 0 in the foreground, then as in ScreeChoice::heads
    int ordinal = 0;                   // which headIdentity: the number of the head's pin, 0 without
    QString label;                     // "L05H07", "median of layer 5"
    std::vector<double> x;             // component number, from 1
    std::vector<double> y;             // in the chosen quantity; shares in 0 … 1
    std::vector<double> lower, upper;  // a median's quartiles, or a head's range over windows; empty without
    std::optional<double> crossing;    // component at which the threshold is reached (k_τ), cumulative only
    std::vector<DegenerateRun> runs;   // of a head, where asked for: those that are runs in every window
    ScreeNumbers numbers;              // empty for a median
    int windows = 1;
};

struct Scree {
    ScreeQuantity quantity = ScreeQuantity::cumulative;
    bool logarithmic = false;            // of the y axis; for share and σ
    bool logarithmicComponents = false;  // of the x axis
    double threshold = 0.9;
    Variant field = Variant::field, interaction = Variant::interaction;  // what the two roles are
    std::vector<ScreeCurve> curves;
};

// Of the options it has what scree curves show besides themselves.
struct ScreeChoice : ChartOptions {
    ScreeChoice() { baseline = runs = windowRange = false; }

    ScreeQuantity quantity = ScreeQuantity::cumulative;
    bool logarithmic = false;
    double threshold = 0.9;
    Variant field = Variant::field;
    Variant interaction = Variant::interaction;
    std::vector<HeadRef> heads;  // the one in the foreground first
    std::vector<int> pins;       // the pin number of each, see headIdentity; empty: 0, 1, 2, … in their order
};

// The median over all finished heads of the model, or of the first head's layer, with its quartiles. Nothing for
// ScreeBand::none, or for a layer without a head.
std::optional<ScreeCurve> medianCurve(const Session& session, const ScreeChoice& choice, CurveRole role);

// Medians, then baselines, then heads: from the background to the front, but for the heads.
Scree makeScree(const Session& session, const ScreeChoice& choice);
ChartModel screeChart(const Scree& scree);

// makeScree for a window in which the pointer passes from head to head: keeps the medians of one session, which cost
// most and change least. Not thread-safe.
class ScreeCache {
public:
    void setSession(SessionPointer session);
    Scree make(const ScreeChoice& choice);  // empty without a session

    // Computes one of the medians that make() still lacks; false: none. With a large model each takes a frame or two.
    bool prepareOne(const ScreeChoice& choice);

private:
    using Key = std::tuple<Variant, ScreeQuantity, int>;  // the layer; −1: the model

    static Key keyOf(const ScreeChoice& choice, CurveRole role, int layer);

    SessionPointer m_session;
    std::map<Key, std::optional<ScreeCurve>> m_medians;
};

}  // namespace rankscope
