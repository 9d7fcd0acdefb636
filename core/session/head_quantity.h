// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF NUMBERS that a head has in every window besides its spectra: what they are, where a layer keeps them,
// and what they come to over windows and heads. A number is a row here and a member of LayerResult: files, merging and
// tables take it from the row. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "core/session/session.h"

namespace rankscope {

struct HeadQuantity {
    // [heads, windows]; empty where the layer does not have them.
    using Numbers = std::variant<const std::vector<double>*, const std::vector<std::int32_t>*>;
    using NumbersToFill = std::variant<std::vector<double>*, std::vector<std::int32_t>*>;

    std::string_view id;       // in a session file and in tables: "effective_keys"
    std::string_view label;    // "effective number of keys"
    std::string_view formula;  // what exactly it is, one line
    std::string_view unit;     // "1": none
    Variant variant;           // the matrix that it is of
    bool position;             // of a key: over windows the most frequent one counts, not the median
    bool original;             // every file that has any has it; the others may be missing, in all layers or in some
    Numbers (*of)(const LayerResult& layer);
    NumbersToFill (*in)(LayerResult& layer);
};

std::span<const HeadQuantity> headQuantities();

inline constexpr std::string_view effectiveKeysId = "effective_keys", positionShareId = "position_share",
                                  positionShareBeforeRotationId = "position_share_before_rotation",
                                  positionShareVisibleKeysId = "position_share_visible_keys";
const HeadQuantity& headQuantity(std::string_view id);  // REQUIRES that there is one

// Whether at least one finished layer has it.
bool holds(const Session& session, const HeadQuantity& quantity);

// Median over windows, with its range; nothing unless the head is done and its layer has the numbers.
std::optional<HeadValue> headNumber(const Session& session, const HeadQuantity& quantity, HeadRef head);

// headNumber's median of every head that has one.
Distribution numberDistribution(const Session& session, const HeadQuantity& quantity);

// m(δ) of a head, mean over windows [2T − 1] from δ = −(T − 1); empty if the session does not hold it. Valid as long as
// `session` is.
std::span<const float> distanceMeans(const Session& session, HeadRef head);

}  // namespace rankscope
