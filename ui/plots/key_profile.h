// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Key concentration along the text: the share c_j = ‖Ẽ[:, j]‖² / ‖Ẽ‖² of every key position. Pure functions; any
// thread.
#pragma once

#include "ui/plots/field_map.h"
#include "ui/viewmodels/head_tables.h"

namespace rankscope {

// From the stored components of window 0: Σ σ_k² v_jk² / ‖Ẽ‖², so each is at most c_j and they miss 1 − `stored`
// together. Empty without factors.
struct KeyProfile {
    std::vector<double> shares;  // [T]
    double stored = 0;           // Σ shares: how much of ‖Ẽ‖² the stored components hold
};
KeyProfile keyProfile(const Session& session, HeadRef head);

// What the shares are, and how far the missing components can move them.
QString keyProfileText(const Session& session, HeadRef head, const KeyProfile& profile);

// "key 0 “·⏎”, the first position: 61.2 %"
QString keyShareText(const Session& session, const KeyProfile& profile, int key);

// Positions by share, largest first, the `most` largest.
std::vector<int> largestKeys(const KeyProfile& profile, int most);

// The keys with the largest shares, with the tokens that hold them.
TableData makeLargestKeysTable(const Session& session, const KeyProfile& profile, int most = 20);

// The stored statistics of all c_j, in every window.
TableData makeKeysTable(const Session& session, HeadRef head);

}  // namespace rankscope
