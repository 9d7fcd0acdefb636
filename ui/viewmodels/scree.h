// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Scree curves as data: what scree_chart draws, in the window and in figures. Made from a session by pure functions.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "core/session/session.h"

namespace rankscope {

enum class ScreeQuantity { share, cumulative, sigma };  // p_i, p_1 + … + p_r, σ_i
enum class CurveRole { field, interaction };            // decides the colour: Ẽ blue, W_QᵀW_K vermilion
enum class CurveScope { head, median };                 // one head, or the median over heads with a quartile band

struct ScreeCurve {
    CurveRole role = CurveRole::field;
    CurveScope scope = CurveScope::head;
    int ordinal = 0;                   // 0: the selected head; 1, 2, …: pinned heads, drawn with another dash
    QString label;                     // "L05H07"
    std::vector<double> x;             // component number, from 1
    std::vector<double> y;             // in the chosen quantity; shares in 0 … 1
    std::vector<double> lower, upper;  // band; empty without
    std::optional<double> crossing;    // component at which the threshold is reached (k_τ), cumulative only
};

struct Scree {
    ScreeQuantity quantity = ScreeQuantity::cumulative;
    bool logarithmic = false;  // of the y axis; for share and σ
    double threshold = 0.9;
    std::vector<ScreeCurve> curves;
};

struct ScreeChoice {
    ScreeQuantity quantity = ScreeQuantity::cumulative;
    bool logarithmic = false;
    double threshold = 0.9;
    Variant field = Variant::field;
    Variant interaction = Variant::interaction;
    std::vector<HeadRef> heads;  // the selected head first, then the pinned ones
    bool median = true;          // with the model's median and its band
};

// The median over all finished heads with its quartiles: what the window keeps while the pointer moves over heads.
std::optional<ScreeCurve> medianCurve(const Session& session, const ScreeChoice& choice, CurveRole role);

Scree makeScree(const Session& session, const ScreeChoice& choice);

}  // namespace rankscope
