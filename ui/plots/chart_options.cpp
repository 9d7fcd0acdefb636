// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/chart_options.h"

#include <QCoreApplication>
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
    return QCoreApplication::translate("ChartSettings", text);
}

// To add a setting, add its row.
std::span<const ChartSetting> chartSettings() {
    using enum ChartPart;
#define TEXT(text) QT_TRANSLATE_NOOP("ChartSettings", text)
    static const std::vector<ChartSetting> settings{
        settingOf<&ChartOptions::band>("charts/band", TEXT("Median and quartiles"),
                                       {{TEXT("None"), TEXT("Only the heads themselves")},
                                        {TEXT("Of the layer"), TEXT("Over the heads of the same layer")},
                                        {TEXT("Of the model"), TEXT("Over all heads")}},
                                       {scree}),
        settingOf<&ChartOptions::baseline>(
            "charts/baseline", TEXT("Gaussian baseline"),
            {{TEXT("Gaussian baseline"),
              TEXT("In grey: the same for Gaussian factors of the same shapes, where nothing is learned and nothing "
                   "is said")}},
            {scree, depth, distribution, lengths}),
        settingOf<&ChartOptions::runs>(
            "charts/runs", TEXT("Degenerate runs"),
            {{TEXT("Degenerate runs"),
              TEXT("Wide, pale: components whose σ differ by less than 1 %; only the space they span is defined")}},
            {scree}),
        settingOf<&ChartOptions::windowRange>(
            "charts/window-range", TEXT("Range over windows"),
            {{TEXT("Range over windows"),
              TEXT("Around the curve of the head in the foreground: smallest to largest over the windows")}},
            {scree}),
        settingOf<&ChartOptions::logarithmicComponents>(
            "charts/logarithmic-components", TEXT("Logarithmic components"),
            {{TEXT("Logarithmic components"), TEXT("A logarithmic horizontal axis spreads the first components")}},
            {scree}),
        settingOf<&ChartOptions::matrices>("charts/matrices", TEXT("Over heads show"),
                                           {{TEXT("Both matrices"), TEXT("The effective rank of Ẽ and of W_QᵀW_K")},
                                            {TEXT("Gap"), TEXT("The effective rank of W_QᵀW_K divided by that of Ẽ")}},
                                           {depth, distribution}),
        settingOf<&ChartOptions::form>("charts/distribution", TEXT("Distribution as"),
                                       {{TEXT("Cumulative"), TEXT("The share of heads at or below each value")},
                                        {TEXT("Histogram"), TEXT("The number of heads per bin")}},
                                       {distribution}),
    };
#undef TEXT
    return settings;
}

}  // namespace rankscope
