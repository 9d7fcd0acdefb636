// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The heads that a variant has: query heads, or KV heads, each once. Whoever takes statistics over heads walks these,
// never the query heads that share a spectrum. Pure functions; any thread.
#pragma once

#include <limits>
#include <vector>

#include "core/session/session.h"

namespace rankscope {

// Heads of a layer that have a spectrum of their own: query heads, or KV heads of a variant per KV head.
int headsOf(const ModelFacts& model, Variant variant);

// The first query head that reads head `index` of the variant.
HeadRef queryHeadOf(const ModelFacts& model, Variant variant, LayerIndex layer, int index);

// Medians over windows of one variant in one layer [headsOf]; NaN where there is none. A KV head has one only if all
// query heads that read it are done.
std::vector<double> layerMedians(const Session& session, LayerIndex layer, Variant variant,
                                 const MeasureChoice& measure);

// The same of all layers [layers, headsOf].
std::vector<double> headMedians(const Session& session, Variant variant, const MeasureChoice& measure);

// The interaction that a field is set against: of KV heads for a field of KV heads.
Variant interactionFor(Variant field);

// interaction / field; NaN where either is not known or the field is 0.
inline double gapOf(double interaction, double field) {
    return field > 0 ? interaction / field : std::numeric_limits<double>::quiet_NaN();
}

// False where the run was asked for other layers. A session that does not say what was asked for was asked for all.
bool isAskedFor(const Session& session, LayerIndex layer);

// stateText of the head; "not asked for" where it is pending and always will be.
std::string_view statusText(const Session& session, HeadRef head);
inline constexpr std::string_view notAskedFor = "not asked for";

// Query heads by what statusText says of them.
struct HeadCounts {
    int done = 0, failed = 0, pending = 0, notAskedFor = 0;
};
HeadCounts countHeads(const Session& session);

}  // namespace rankscope
