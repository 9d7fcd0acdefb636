// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a head's field is spread over the key positions.
#include "core/analysis/probe.h"
#include "core/session/head_quantity.h"
#include "core/spectra/energy_field.h"

namespace rankscope {

void probeKeys(ProbedLayer& layer) {
    std::vector<double>&effective = layer.addColumn(effectiveKeysId), &largest = layer.addColumn(largestShareId),
    &position = layer.addColumn(largestPositionId);
    layer.forEachGroup(layer.field(), [&](int window, const auto& heads, const auto& queries, const Factor& key) {
        const std::vector<std::vector<double>> shares = keyShares(queries, key);
        for (std::size_t i = 0; i < heads.size(); ++i) {
            double squares = 0;
            for (const double share : shares[i])
                squares += share * share;
            const std::size_t at = layer.at(heads[i], window);
            const auto most = std::ranges::max_element(shares[i]);
            effective[at] = squares > 0 ? 1 / squares : 0.0;
            largest[at] = *most;
            position[at] = static_cast<double>(most - shares[i].begin());
        }
    });
}

}  // namespace rankscope
