// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The options of the charts, what they show besides their curves, and THE TABLE OF CHART SETTINGS: menus, the small
// controls above the charts, the saved settings, the export dialog and the options of `rankscope figure` iterate it.
#pragma once

#include <QString>
#include <span>
#include <vector>

#include "core/session/causal.h"

namespace rankscope {

enum class ScreeBand { none, layer, model };            // over which heads the median and its quartiles are taken
enum class ChartMatrices { ranks, gap };                // Ẽ beside W_QᵀW_K, or the gap between them
enum class DistributionForm { cumulative, histogram };  // the share of heads at or below a value, or heads per bin
enum class CausalValue { delta, divergence, recovered, sameTop };

// What of the causal check is set against the spectrum: a head's rank for attention with directions of its field or of
// keys before rotation, what it costs alone, its causal rank, or that of a layer.
enum class RankAgainst { attention, attentionKeys, cost, head, layer };

struct ChartOptions {
    ScreeBand band = ScreeBand::model;
    bool baseline = true;                // the Gaussian baseline, where the session has one
    bool runs = true;                    // runs of σ too close to tell apart
    bool windowRange = true;             // the range over windows around the curve of the head in the foreground
    bool logarithmicComponents = false;  // of the scree curves
    ChartMatrices matrices = ChartMatrices::ranks;
    DistributionForm form = DistributionForm::cumulative;
    CausalValue causalValue = CausalValue::delta;
    CausalScope causalScope = CausalScope::all;  // of a layer or a head: that of the selection
    bool logarithmicCost = false;                // of the causal check: Δ and KL
    RankAgainst against = RankAgainst::attention;

    bool operator==(const ChartOptions&) const = default;
};

enum class ChartPart { scree, depth, distribution, lengths, causal, causalRanks };  // where a setting has a control

struct ChartSetting {
    struct Value {
        const char* text;
        const char* tip;
        const char* id = "";  // of a choice, on the command line
    };
    const char* key;            // of the saved settings
    const char* title;          // of a choice; of the switch itself
    std::vector<Value> values;  // of a choice, in the order of its numbers; one: a switch that is on or off
    std::vector<ChartPart> parts;
    int (*read)(const ChartOptions&);
    void (*write)(ChartOptions&, int);

    bool isSwitch() const { return values.size() == 1; }
    int count() const { return isSwitch() ? 2 : int(values.size()); }
    bool belongsTo(ChartPart part) const;
};

std::span<const ChartSetting> chartSettings();

QString settingText(const char* text);

}  // namespace rankscope
