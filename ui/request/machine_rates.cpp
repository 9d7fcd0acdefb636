// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/request/machine_rates.h"

#include <QSettings>
#include <array>
#include <cmath>
#include <utility>

#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr std::array parts{std::pair{"machine/forward", &MachineRates::forward},
                           std::pair{"machine/spectra", &MachineRates::spectra},
                           std::pair{"machine/reading", &MachineRates::reading}};

// Two digits, no more: 47, 230, 1.8.
QString twoDigits(double value) {
    if (value < 10)
        return numberText(value, value < 9.95 && std::abs(value - std::round(value)) > 0.05 ? 1 : 0);
    const double step = value < 100 ? 1 : 10;
    return numberText(std::round(value / step) * step, 0);
}

}  // namespace

MachineRates rememberedRates() {
    const QSettings settings;
    MachineRates rates;
    for (const auto& [key, part] : parts) {
        const double value = settings.value(QLatin1String(key)).toDouble();
        rates.*part = std::isfinite(value) && value > 0 ? value : 0;
    }
    return rates;
}

void rememberRates(const MachineRates& rates) {
    const MachineRates before = rememberedRates();
    QSettings settings;
    for (const auto& [key, part] : parts)
        if (rates.*part > 0)
            settings.setValue(QLatin1String(key), before.*part > 0 ? (before.*part + rates.*part) / 2 : rates.*part);
}

QString roughDurationText(double seconds) {
    if (seconds < 1)
        return u"less than a second"_s;
    if (seconds < 90)
        return u"about %1 s"_s.arg(twoDigits(std::ceil(seconds)));
    if (seconds < 90 * 60)
        return u"about %1 min"_s.arg(twoDigits(seconds / 60));
    return u"about %1 h"_s.arg(twoDigits(seconds / 3600));
}

QString memoryText(double bytes) {
    if (bytes < 999.5e6)
        return u"%1 MB"_s.arg(twoDigits(std::max(1.0, bytes / 1e6)));
    return u"%1 GB"_s.arg(twoDigits(bytes / 1e9));
}

}  // namespace rankscope
