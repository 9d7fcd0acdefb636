// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The stored components of a head's field: how large each is, and which query tokens and key tokens it loads on.
// Window 0. A singular pair is defined up to its sign: here the loading of largest magnitude among the queries is
// positive. Pure functions; any thread.
#pragma once

#include <optional>

#include "core/measures/degenerate_runs.h"
#include "ui/plots/field_map.h"
#include "ui/viewmodels/head_tables.h"

namespace rankscope {

struct FieldComponent {
    double sigma = 0, share = 0, cumulative = 0;  // p_r and p_1 + … + p_r, of ‖Ẽ‖²
    std::optional<DegenerateRun> run;             // the run it belongs to; may reach beyond the stored components
};
std::vector<FieldComponent> fieldComponents(const Session& session, HeadRef head);

enum class TokenSide { query, key };

// u_r or v_r with the sign convention above: [T], the sum of squares is 1. Empty without factors.
std::vector<float> loadingsOf(const Session& session, HeadRef head, int component, TokenSide side);

// Positions of the `most` loadings of largest magnitude, largest first; zero loadings are left out.
std::vector<int> largestLoadings(const std::vector<float>& loadings, int most);

// "Components 3–4 are one run: …", empty for a component on its own.
QString runText(const FieldComponent& component);
QString signConvention();

// σ, share and cumulative share of every stored component.
TableData makeComponentsTable(const Session& session, HeadRef head);

// The tokens that a component loads on most, query side and key side next to each other.
TableData makeLoadingsTable(const Session& session, HeadRef head, int component, int most = 8);

// "query 17 “·the”: u = −0.132, 1.7 % of the component"
QString loadingText(const Session& session, TokenSide side, int position, float loading);

}  // namespace rankscope
