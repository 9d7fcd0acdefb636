// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/chart_options.h"

#include <algorithm>

namespace rankscope {

namespace {

template <auto Member>
int readMember(const ChartOptions& options) {
    return int(options.*Member);
}

template <auto Member>
void writeMember(ChartOptions& options, int value) {
    using Type = std::remove_reference_t<decltype(options.*Member)>;
    options.*Member = Type(value);
}

template <auto Member>
ChartSetting settingOf(const char* key, const char* title, std::vector<ChartSetting::Value> values,
                       std::vector<ChartPart> parts) {
    return {key, title, std::move(values), std::move(parts), readMember<Member>, writeMember<Member>};
}

}  // namespace

bool ChartSetting::belongsTo(ChartPart part) const {
    return std::find(parts.begin(), parts.end(), part) != parts.end();
}

QString settingText(const char* text) {
    return QString::fromUtf8(text);
}

// To add a setting, add its row.
std::span<const ChartSetting> chartSettings() {
    using enum ChartPart;
    static const std::vector<ChartSetting> settings{
        settingOf<&ChartOptions::band>("charts/band", "Median and quartiles",
                                       {{"None", "Only the heads themselves", "none"},
                                        {"Of the layer", "Over the heads of the same layer", "layer"},
                                        {"Of the model", "Over all heads", "model"}},
                                       {scree}),
        settingOf<&ChartOptions::baseline>(
            "charts/baseline", "Gaussian baseline",
            {{"Gaussian baseline",
              "In grey: the same for Gaussian factors of the same shapes, where nothing is learned and nothing "
              "is said"}},
            {scree, depth, distribution, lengths}),
        settingOf<&ChartOptions::runs>(
            "charts/runs", "Degenerate runs",
            {{"Degenerate runs",
              "Wide, pale: components whose σ differ by less than 1 %; only the space they span is defined"}},
            {scree}),
        settingOf<&ChartOptions::windowRange>(
            "charts/window-range", "Range over windows",
            {{"Range over windows",
              "Around the curve of the head in the foreground: smallest to largest over the windows"}},
            {scree}),
        settingOf<&ChartOptions::logarithmicComponents>(
            "charts/logarithmic-components", "Logarithmic components",
            {{"Logarithmic components", "A logarithmic horizontal axis spreads the first components"}}, {scree}),
        settingOf<&ChartOptions::matrices>("charts/matrices", "Over heads show",
                                           {{"Both matrices", "The effective rank of Ẽ and of W_QᵀW_K", "ranks"},
                                            {"Gap", "The effective rank of W_QᵀW_K divided by that of Ẽ", "gap"}},
                                           {depth, distribution}),
        settingOf<&ChartOptions::form>("charts/distribution", "Distribution as",
                                       {{"Cumulative", "The share of heads at or below each value", "cumulative"},
                                        {"Histogram", "The number of heads per bin", "histogram"}},
                                       {distribution}),
        settingOf<&ChartOptions::causalValue>(
            "charts/causal-value", "Causal check shows",
            {{"Δ loss", "How much the next-token loss rises, in nats", "delta"},
             {"KL", "How far the prediction moves: KL(unchanged ‖ changed), in nats", "kl"},
             {"Recovered", "The share of the cost of rank 0 that a rank saves", "recovered"},
             {"Top 1", "The share of positions whose likeliest token stays the same", "top1"}},
            {causal}),
        settingOf<&ChartOptions::causalScope>("charts/causal-scope", "Causal check changes",
                                              {{"All", "Every head of every layer at once", "all"},
                                               {"Layer", "All heads of the selected head's layer", "layer"},
                                               {"Head", "The selected head alone", "head"}},
                                              {causal}),
        settingOf<&ChartOptions::logarithmicCost>(
            "charts/logarithmic-cost", "Logarithmic cost",
            {{"Log", "A logarithmic axis for Δ and KL shows where the cost becomes small"}}, {causal}),
        settingOf<&ChartOptions::against>(
            "charts/ranks-against", "Against the spectrum",
            {{"Attention", "A head's rank for attention, with directions of its field", "attention"},
             {"By keys", "A head's rank for attention, with directions of the keys before rotation", "attention-keys"},
             {"Cost", "What a head costs alone, in nats", "cost"},
             {"Head", "The causal rank of each head alone", "head"},
             {"Layer", "The causal rank of each layer alone", "layer"}},
            {causalRanks}),
    };
    return settings;
}

}  // namespace rankscope
