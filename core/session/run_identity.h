// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which run a session belongs to: what must agree before a session is gone on with, or joined with others. Pure
// functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/session/session.h"

namespace rankscope {

struct RunDifference {
    std::string_view setting;  // "model fingerprint", "window length"
    std::string a, b;
};
// The first setting in which two sessions differ; nothing where they are of one run, or with `parts`, parts of one.
// What a run was asked for is compared where both say so.
std::optional<RunDifference> firstDifference(const Session& a, const Session& b, bool parts);

// SHA-256 of all settings of the forward pass: its activations belong to no other run.
std::string runDigest(const Session& session);

// Of the corpus, "4-7 of 16"; "0-7 of 8" where the session has them all.
std::string windowsText(const CorpusFacts& corpus);

// "4-7", "4"
std::string rangeText(int first, int last);

}  // namespace rankscope
