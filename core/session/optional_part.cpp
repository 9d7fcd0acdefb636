// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/optional_part.h"

#include <algorithm>

namespace rankscope {

std::vector<OptionalPartInfo> optionalParts() {
    std::vector<OptionalPartInfo> parts;
    for (const VariantInfo& info : variantTable())
        if (!info.option.empty())
            parts.push_back({info.variant, info.option, info.question, info.fullRank});
    parts.push_back({OptionalPart::moments(), "grams", "Moments of queries and keys, to calibrate and to budget with"});
    return parts;
}

int countFullRank(const OptionalParts& asked) {
    return static_cast<int>(std::ranges::count_if(
        asked, [](const OptionalPart& part) { return part.variant && variantInfo(*part.variant).fullRank; }));
}

}  // namespace rankscope
