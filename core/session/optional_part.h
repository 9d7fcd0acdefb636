// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF WHAT A RUN CAN BE ASKED FOR beside what every run computes: the optional variants of variant.h, and what
// is no matrix with a spectrum. The command line, the run dialog, /run of a session, resuming and estimates iterate it.
// Pure functions; any thread.
#pragma once

#include <compare>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "core/session/variant.h"

namespace rankscope {

// A variant, or the second moments of queries and keys.
struct OptionalPart {
    constexpr OptionalPart(Variant of) : variant(of) {}
    static constexpr OptionalPart moments() { return OptionalPart(); }

    std::optional<Variant> variant{};  // nothing: the moments

    bool operator==(const OptionalPart&) const = default;
    friend bool operator<(const OptionalPart& a, const OptionalPart& b) { return a.variant < b.variant; }

private:
    constexpr OptionalPart() = default;
};

struct OptionalPartInfo {
    OptionalPart part;
    std::string_view option;    // "visible-keys" in `analyze --with`, "visible_keys" in a session
    std::string_view question;  // what the run dialog says of it
    bool fullRank = false;      // takes the most time and room
};
std::vector<OptionalPartInfo> optionalParts();  // variants in the order of their table, then the others

using OptionalParts = std::set<OptionalPart>;  // that a run was asked for

// How many of `asked` have full rank.
int countFullRank(const OptionalParts& asked);

}  // namespace rankscope
