// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measures/degenerate_runs.h"

#include <cstddef>

namespace rankscope {

std::vector<DegenerateRun> degenerateRuns(const SpectrumView& spectrum, double difference) {
    std::vector<DegenerateRun> runs;
    const double smallest = numericalBound(spectrum);
    bool open = false;  // whether the last run may still grow
    for (std::size_t i = 0; i + 1 < spectrum.sigma.size() && spectrum.sigma[i + 1] > smallest; ++i) {
        const bool close = spectrum.sigma[i] - spectrum.sigma[i + 1] < difference * spectrum.sigma[i];
        if (close && open)
            ++runs.back().count;
        else if (close)
            runs.push_back({.first = static_cast<int>(i), .count = 2});
        open = close;
    }
    return runs;
}

std::string_view degenerateRunRule() {
    return "each σᵢ differs from the next by less than 1 % of σᵢ; only the space they span together is defined";
}

}  // namespace rankscope
