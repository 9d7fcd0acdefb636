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

// One of the sweep of `whole`, and its draws where they have that length.
SessionPointer standingAlone(const Session& whole, const Session& shorter) {
    auto chosen = std::make_shared<Session>(cutOff(whole, shorter.corpus.windowLength));
    chosen->layers = shorter.layers;
    chosen->baseline = shorter.baseline;
    addWeightsOf(whole, *chosen);
    for (const SessionPointer& draw : whole.draws) {
        const auto found = std::ranges::find(draw->sweep, shorter.corpus.windowLength, lengthOf);
        if (found != draw->sweep.end())
            chosen->draws.push_back(standingAlone(*draw, **found));
    }
    chosen->run.scope = whole.run.scope;
    chosen->run.finished = whole.run.finished;
    if (chosen->run.scope)
        chosen->run.scope->shorterLengths.clear();
    return chosen;
}

}  // namespace

SessionPointer sessionAtLength(const SessionPointer& session, int windowLength, std::string_view file) {
    const bool own = session->corpus.windowLength == windowLength;
    if (own && session->sweep.empty())
        return session;
    const auto found = std::ranges::find(session->sweep, windowLength, lengthOf);
    if (!own && found == session->sweep.end())
        throw Error(ErrorCode::missing, file, "window length", lengthsOf(*session), std::to_string(windowLength));
    if (!own)
        return standingAlone(*session, **found);
    auto chosen = std::make_shared<Session>(*session);
    chosen->sweep.clear();
    if (chosen->run.scope)
        chosen->run.scope->shorterLengths.clear();
    return chosen;
}

std::vector<SessionPointer> sessionsAtLengths(const Session& session) {
    std::vector<SessionPointer> sessions;
    for (const Session* at : sessionsByLength(session))
        sessions.push_back(at == &session ? SessionPointer(SessionPointer(), at) : standingAlone(session, *at));
    return sessions;
}

}  // namespace rankscope
