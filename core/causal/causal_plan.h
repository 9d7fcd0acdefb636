// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which conditions a causal check has, in which order they are computed, and which of them are the same by their
// definition. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/causal/causal_check.h"
#include "core/model/hyperparameters.h"

namespace rankscope {

// What is asked for, without repetitions: over all heads first, there a coarse curve of every arm, then heads at their
// own ranks, then the ranks between; then layer after layer, then head after head. Error naming `file` for an arm,
// scope, rank, share or head that cannot be, or where nothing is left.
std::vector<CausalCondition> plannedConditions(const CausalRequest& request, const Hyperparameters& model,
                                               int firstLayer, int lastLayer, const std::string& file);

// Ranks below the head size of which attention alone is measured, ascending.
std::vector<int> attentionRanks(const CausalRequest& request, int headSize);

// Every head keeps all of its directions: nothing changes.
bool changesNothing(const CausalCondition& condition, int headSize);

// An earlier condition that gives the same: at rank 0 nothing is left of any directions, so that all arms on one side
// of the rotation are one; where nothing rotates, so are both sides of an arm.
std::optional<std::size_t> sameEarlier(const std::vector<CausalCondition>& conditions, std::size_t at, bool rotated);

// The first layer that it changes.
int firstLayerOf(const CausalCondition& condition);

}  // namespace rankscope
