// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A session of real numbers: the reference spectra of SmolLM2-135M on 512 tokens, 30 layers × 9 heads, computed in
// float64 outside this project (smollm2-wikitext-512.h5).
#pragma once

#include <memory>

#include "core/model/model_info.h"
#include "core/session/session.h"

namespace rankscope {

struct FixtureChoice {
    int finishedLayers = 30;  // the others are pending
    bool failedHead = false;  // L07H03 is failed, with a reason
    bool misread = false;     // the loss is worse than the unigram loss
    std::string control = "none";
    Variant fieldFrom = Variant::field;  // whose spectra Ẽ has: another one stands for another text
};

std::shared_ptr<const Session> smolSession(const FixtureChoice& choice = {});

// What inspectModel says of that model, as far as a run needs it before the first layer is done.
std::shared_ptr<const ModelInfo> smolInfo();

}  // namespace rankscope
