// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A session with a causal check, for tests and pictures: means that were measured on SmolLM2-135M, spread over eight
// windows by a pattern that adds up to nothing; what single layers and heads cost follows their spectra.
#pragma once

#include "core/session/session.h"

namespace rankscope {

struct CausalFixture {
    int computed = -1;        // conditions, from the first one; −1: all
    bool layers = true;       // each layer alone
    bool heads = true;        // each head alone
    bool attention = true;    // errors of the attention of each head
    bool ownWindow = false;   // also the arm that knows later tokens
    int finishedLayers = 30;  // with spectra
    int windows = 8;
};

SessionPointer causalSession(const CausalFixture& choice = {});

// `session` with that check in place of its own.
SessionPointer withCausalCheck(Session session, const CausalFixture& choice = {});

}  // namespace rankscope
