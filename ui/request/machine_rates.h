// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keeps in the settings how fast earlier runs computed on this machine (forward pass, spectra, reading weights, each
// per thread), so that the next estimate of a run's time need not measure. GUI thread.
#pragma once

#include <QString>

#include "core/analysis/cost_estimate.h"

namespace rankscope {

// Those that earlier runs have left; none is known() before a run took long enough to tell.
MachineRates rememberedRates();

// Remembers the parts of `rates` that are known, each as the mean of it and of what was remembered before.
void rememberRates(const MachineRates& rates);

// "about 40 s", "about 3 min", "about 2.5 h": as exact as an estimate can be.
QString roughDurationText(double seconds);
QString memoryText(double bytes);  // "310 MB", "2.4 GB"

}  // namespace rankscope
