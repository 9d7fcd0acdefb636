// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/causal/arms.h"

#include <algorithm>
#include <array>

namespace rankscope {
namespace {

constexpr std::array arms{
    ArmInfo{Arm::field, "field", "directions of the logit energy field, after rotation", false, false},
    ArmInfo{Arm::kvField, "kv-field", "the same for the queries of a whole KV group", false, true},
    ArmInfo{Arm::keyPca, "key-pca", "principal directions of the keys, after rotation", false, true},
    ArmInfo{Arm::fieldBefore, "field-before", "directions of the field before rotation", true, false},
    ArmInfo{Arm::kvFieldBefore, "kv-field-before", "the same for the queries of a whole KV group", true, true},
    ArmInfo{Arm::keyPcaBefore, "key-pca-before", "principal directions of the keys before rotation", true, true},
    ArmInfo{Arm::weights, "weights", "directions of the key weights alone, before rotation", true, true},
    ArmInfo{Arm::random, "random", "random directions, after rotation", false, false},
    ArmInfo{Arm::randomBefore, "random-before", "random directions, before rotation", true, false},
};

}  // namespace

std::span<const ArmInfo> armTable() {
    return arms;
}

const ArmInfo& armInfo(Arm arm) {
    return *std::ranges::find(arms, arm, &ArmInfo::arm);
}

}  // namespace rankscope
