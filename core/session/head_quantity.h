// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF NUMBERS that a head has besides its spectra: columns of LayerResult::numbers, known by their ids. Files,
// merging, tables, the grid and the head's tables iterate over it: to add a number, add its row here and compute it in
// a probe of core/analysis. Pure functions; any thread.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "core/session/session.h"

namespace rankscope {

// The ids that the program itself asks for; every other number is known by its row only.
inline constexpr std::string_view effectiveKeysId = "effective_keys", largestShareId = "largest_share",
                                  largestPositionId = "largest_position", positionShareId = "position_share",
                                  positionShareBeforeRotationId = "position_share_before_rotation",
                                  positionShareVisibleKeysId = "position_share_visible_keys",
                                  distanceMeansId = "distance_means", attentionRankId = "attention_rank",
                                  attentionRankKeysId = "attention_rank_keys_before_rotation",
                                  headDeltaId = "head_delta";

// What the numbers of a head are, and how those of several windows become one.
enum class NumberKind {
    value,        // [heads, windows], not negative: the median counts
    difference,   // [heads, windows], of either sign: the median counts
    keyPosition,  // [heads, windows], of a key from 0: the most frequent counts
    distances,    // [heads, 2T − 1], one for each distance from −(T − 1), means over windows already
};

struct HeadQuantity {
    std::string_view id;       // in a session file and in tables: "effective_keys"
    std::string_view label;    // "effective number of keys"
    std::string_view formula;  // what exactly it is, one line
    std::string_view unit;     // "1": none
    std::string_view matrix;   // that it is taken of: the id of a variant, or "attention"
    NumberKind kind = NumberKind::value;
    bool original = false;  // every file that has any has it; the others may be missing, in all layers or in some
    int decimals = 2;       // as it is shown

    std::string_view matrixFormula() const;
};

// All of them; those with a number for every window, which are numbers of a head.
std::span<const HeadQuantity> headColumns();
std::span<const HeadQuantity> headQuantities();
const HeadQuantity& headQuantity(std::string_view id);  // REQUIRES that there is one

// Whether at least one finished layer has it.
bool holds(const Session& session, const HeadQuantity& quantity);

// A head's numbers: one for each window or distance. Empty unless the head is done and its layer has them. Valid as
// long as `session` is.
std::span<const double> headNumbers(const Session& session, std::string_view id, HeadRef head);

// What they come to over windows, with their range. REQUIRES one for each window.
std::optional<HeadValue> headNumber(const Session& session, const HeadQuantity& quantity, HeadRef head);

// headNumber's median of every head that has one.
Distribution numberDistribution(const Session& session, const HeadQuantity& quantity);

}  // namespace rankscope
