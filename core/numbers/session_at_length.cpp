// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numbers/session_at_length.h"

#include <algorithm>

#include "core/base/error.h"

namespace rankscope {
namespace {

void addWeightsOf(const Session& whole, Session& shorter) {
    for (std::size_t layer = 0; layer < shorter.layers.size(); ++layer) {
        if (!shorter.layers[layer] || !whole.layers[layer])
            continue;
        auto both = std::make_shared<LayerResult>(*shorter.layers[layer]);
        for (const LayerSpectra& spectra : whole.layers[layer]->spectra)
            if (!variantInfo(spectra.variant).perWindow)
                both->spectra.push_back(spectra);
        shorter.layers[layer] = std::move(both);
    }
    for (const LayerSpectra& spectra : whole.baseline)
        if (!variantInfo(spectra.variant).perWindow)
            shorter.baseline.push_back(spectra);
}

int lengthOf(const SessionPointer& session) {
    return session->corpus.windowLength;
}

std::string lengthsOf(const Session& session) {
    std::string text;
    for (const Session* at : sessionsByLength(session))
        text += (text.empty() ? "" : ", ") + std::to_string(at->corpus.windowLength);
    return text;
}

}  // namespace

SessionPointer sessionAtLength(const SessionPointer& session, int windowLength, std::string_view file) {
    if (session->corpus.windowLength == windowLength && session->sweep.empty())
        return session;
    const auto found = std::ranges::find(session->sweep, windowLength, lengthOf);
    if (session->corpus.windowLength != windowLength && found == session->sweep.end())
        throw Error(ErrorCode::missing, file, "window length", lengthsOf(*session), std::to_string(windowLength));
    const bool own = session->corpus.windowLength == windowLength;
    auto chosen = std::make_shared<Session>(own ? *session : **found);
    chosen->sweep.clear();
    if (!own) {
        addWeightsOf(*session, *chosen);
        for (const SessionPointer& draw : session->draws)  // at that length, where they have it
            if (std::ranges::find(draw->sweep, windowLength, lengthOf) != draw->sweep.end())
                chosen->draws.push_back(sessionAtLength(draw, windowLength, file));
        chosen->run.scope = session->run.scope;
        chosen->run.finished = session->run.finished;
    }
    if (chosen->run.scope)
        chosen->run.scope->shorterLengths.clear();
    return chosen;
}

}  // namespace rankscope
