// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How fast this machine was in earlier runs, kept in the settings: three numbers and nothing else. GUI thread.
#pragma once

#include <QString>

#include "core/analysis/cost_estimate.h"

namespace rankscope {

MachineRates rememberedRates();  // not known before the first long enough run

// Takes the part of `rates` that is known, half and half with what was known before.
void rememberRates(const MachineRates& rates);

// "about 40 s", "about 3 min", "about 2.5 h": as exact as an estimate can be.
QString roughDurationText(double seconds);
QString memoryText(double bytes);  // "310 MB", "2.4 GB"

}  // namespace rankscope
