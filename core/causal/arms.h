// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// THE TABLE OF ARMS: which r directions of its keys a head is left with. All of them are legal: what a row becomes
// depends on earlier tokens and on the calibration text only. Immutable; any thread.
#pragma once

#include <span>
#include <string_view>

namespace rankscope {

enum class Arm { field, kvField, keyPca, fieldBefore, kvFieldBefore, keyPcaBefore, weights, random, randomBefore };

struct ArmInfo {
    Arm arm;
    std::string_view id;     // on the command line: "key-pca-before"
    std::string_view label;  // one line: what the directions are
    bool beforeRotation;
    bool perKvHead;  // one projector for all query heads of a group
};
std::span<const ArmInfo> armTable();
const ArmInfo& armInfo(Arm arm);

}  // namespace rankscope
